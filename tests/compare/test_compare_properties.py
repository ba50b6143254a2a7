"""The algebra of comparison: what always holds, whatever the two texts are."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
import unidiff
from compare_documents import document
from hypothesis import given
from hypothesis import strategies as st

from monitor.compare.noise import Reader
from monitor.compare.verdict import compare

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.model import Comparison, Document, Hunk

WORDS = [
    "alpha",
    "bravo",
    "charlie",
    "delta",
    "echo",
    "foxtrot",
    "golf",
    "hotel",
    "india",
    "juliet",
    "kilo",
    "lima",
]
PLAIN = st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join)
LINES = st.one_of(PLAIN, PLAIN.map(lambda text: f"## on {text}"))
TEXTS = st.lists(LINES, max_size=12)
ANY_LINES = st.lists(st.text(st.characters(exclude_characters="\n\r"), max_size=30), max_size=8)
ODD_LINES = st.lists(
    st.text(
        st.sampled_from("ab -+@#|\\\x0b\x0c\x1c\x1e\x85\u2028\u2029\u3000漢字ไท\u0301"), max_size=9
    ),
    max_size=8,
)


@st.composite
def revisions(draw: st.DrawFn) -> tuple[Document, Document]:
    """Draw a text and a later state of it, no line said twice: gone, new, edited, elsewhere."""
    old = draw(TEXTS)
    new = list(old)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(new)))
        stop = min(len(new), at + draw(st.integers(0, 2)))
        new[at:stop] = draw(st.lists(LINES, max_size=2))
    if draw(st.booleans()) and len(new) > 3:
        new = new[2:] + new[:2]
    return document(*dict.fromkeys(old)), document(*dict.fromkeys(new))


def words_of(hunk: Hunk, *kinds: str) -> str:
    """Join the runs of the given kinds."""
    return "".join(run.text for run in hunk.runs if run.kind in kinds)


def check_form(comparison: Comparison) -> None:
    """Assert what holds for every comparison."""
    at = 0
    for hunk in comparison.hunks:
        assert hunk.old_line >= at
        assert hunk.old or hunk.new
        assert comparison.old_lines[hunk.old_line :][: len(hunk.old)] == hunk.old
        assert comparison.new_lines[hunk.new_line :][: len(hunk.new)] == hunk.new
        assert any(run.kind != "same" and run.text for run in hunk.runs)
        at = hunk.old_line + len(hunk.old)
    assert all(edit.hunks for edit in comparison.edits)
    assert (comparison.verdict == "same") == (not comparison.edits)
    assert comparison.reason


@given(revisions())
def test_edits_lead_to_the_new_text(pair: tuple[Document, Document]) -> None:
    """Applying every hunk to the old lines gives the new lines, where nothing is noise."""
    old, new = pair
    comparison = compare(old, new)

    check_form(comparison)
    assert comparison.apply() == new.lines


@given(revisions())
def test_runs_read_as_both_sides(pair: tuple[Document, Document]) -> None:
    """What stayed and went is the old text, what stayed and came is the new one."""
    for hunk in compare(*pair).hunks:
        assert words_of(hunk, "same", "removed").split() == "\n".join(hunk.old).split()
        assert words_of(hunk, "same", "added").split() == "\n".join(hunk.new).split()


SAID = [f"{who} may {what} whatever you give us here." for who in "ab" for what in WORDS[:6]]
ORDERS = st.permutations([*SAID[:9], "## on alpha", "## on bravo", "## on charlie"])


@given(ORDERS, ORDERS)
def test_what_only_moved_has_no_words(old: list[str], new: list[str]) -> None:
    """Whatever the order, sentences that stand elsewhere came from where they were, once."""
    comparison = compare(document(*old), document(*new))

    check_form(comparison)
    assert comparison.apply() == tuple(new)
    moved = [hunk for hunk in comparison.hunks if hunk.elsewhere is not None]
    went = sorted(line for hunk in moved if hunk.departs for line in hunk.old)
    came = sorted(line for hunk in moved if hunk.arrives for line in hunk.new)
    assert went == came
    marked = {line for hunk in comparison.hunks if hunk not in moved for line in hunk.old}
    assert not marked & set(SAID)


@given(ANY_LINES | ODD_LINES, ANY_LINES | ODD_LINES)
def test_any_text_keeps_the_form(old: list[str], new: list[str]) -> None:
    """Whatever the characters, hunks are sound and nothing but noise is lost."""
    comparison = compare(document(*old), document(*new))
    reader = Reader()

    check_form(comparison)
    said = sorted(" ".join(reader.keys(comparison.apply())).split())
    assert said == sorted(" ".join(reader.keys(comparison.new_lines)).split())


@given(ANY_LINES | ODD_LINES)
def test_a_text_equals_itself(lines: list[str]) -> None:
    """Comparing a document with itself finds nothing."""
    comparison = compare(document(*lines), document(*lines))

    assert (comparison.verdict, comparison.edits, comparison.unified()) == ("same", (), "")


@pytest.mark.hypothesis
def test_patch_and_unidiff_read_the_unified_diff(tmp_path: Path) -> None:
    """GNU patch turns the old text into the applied one, and unidiff counts the same lines."""

    @given(
        revisions() | st.tuples(ODD_LINES, ODD_LINES).map(lambda p: tuple(document(*x) for x in p))
    )
    def check(pair: tuple[Document, Document]) -> None:
        comparison = compare(*pair)
        text = comparison.unified()
        if not text:
            return
        patch = unidiff.PatchSet(text)
        assert patch.added == sum(len(hunk.new) for hunk in comparison.hunks)
        assert patch.removed == sum(len(hunk.old) for hunk in comparison.hunks)
        assert patched(tmp_path, comparison, text) == written(comparison.apply())

    check()


def written(lines: tuple[str, ...]) -> bytes:
    """Return lines as a file holds them."""
    return "".join(f"{line}\n" for line in lines).encode()


def patched(folder: Path, comparison: Comparison, diff: str) -> bytes:
    """Let GNU patch apply a diff to the old text."""
    target = folder / "old"
    target.write_bytes(written(comparison.old_lines))
    (folder / "diff").write_bytes(diff.encode())
    command = [
        "patch",
        "--silent",
        "--posix",
        "--no-backup-if-mismatch",
        "-o",
        "out",
        "old",
        "diff",
    ]
    (folder / "out").unlink(missing_ok=True)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "out").read_bytes() if (folder / "out").exists() else b""
