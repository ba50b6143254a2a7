"""A comparison laid out whole: nothing is lost, and every place leads to the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import compare, extract
from monitor.model import Run
from monitor.render.excerpt import Line
from monitor.render.fold import Fold, Group, Passage, lay_out
from monitor.render.marking import Marker
from monitor.render.pairs import pairs
from monitor.render.prose import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.model import Comparison
    from monitor.render.fold import Layout, Shown

TOPICS = ("records", "partners", "payment", "cookies", "minors", "transfers", "rights", "notices")
INTRODUCTION = (
    "This policy explains what the company learns about the people who use its services, why it "
    "does so, how long it keeps what it has learned, and whom they can ask about all of that."
)
SENTENCES = [
    f"What this policy says about {topic} holds for {n} months in every country of the region."
    for topic in TOPICS
    for n in (3, 12)
]


def _document(sections: list[tuple[str, list[str]]]) -> bytes:
    body = "".join(
        f"<h2>On {topic}</h2>" + "".join(f"<p>{text}</p>" for text in texts)
        for topic, texts in sections
    )
    return f"<html lang=en><main><h1>Policy</h1><p>{INTRODUCTION}</p>{body}</main>".encode()


def _comparison(old: bytes, new: bytes) -> Comparison:
    found = (extract(body, url="https://x.example/", media_type="text/html") for body in (old, new))
    return compare(*found)


def _pages(comparison: Comparison) -> Iterator[Layout]:
    first = lay_out(comparison)
    yield first
    for page in range(2, first.pages + 1):
        yield lay_out(comparison, page)


def _parts(layouts: Iterable[Layout]) -> Iterator[Passage | Fold]:
    for layout in layouts:
        for group in layout.groups:
            yield from group.parts if isinstance(group, Group) else [group]


def _words(lines: Iterable[str]) -> list[str]:
    return re.findall(r"\w+", " ".join(lines))


def _side(shown: Iterable[Shown], other: str) -> list[str]:
    runs = [[run for run in one.line.runs if run.kind != other] for one in shown]
    return ["".join(run.text for run in line) for line in runs]


sections = st.lists(
    st.tuples(
        st.sampled_from(TOPICS), st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4)
    ),
    min_size=2,
    max_size=6,
    unique_by=lambda section: section[0],
)


@settings(max_examples=40, deadline=None)
@given(sections, sections)
def test_every_word_is_shown_once(
    old: list[tuple[str, list[str]]], new: list[tuple[str, list[str]]]
) -> None:
    """The new words stand there in order, headings of the sections shown aside; so do old ones."""
    comparison = _comparison(_document(old), _document(new))
    shown: list[str] = []
    gone: list[str] = []
    for part in _parts(_pages(comparison)):
        if isinstance(part, Fold):
            assert part.lines, "short texts are carried along"
            shown += ["".join(run.text for run in line.runs) for line in part.lines]
            continue
        around = ["".join(run.text for run in line.runs) for line in (*part.before, *part.after)]
        kept = _side(part.lines, "removed")
        shown += [*around[: len(part.before)], *kept, *around[len(part.before) :]]
        gone += _side(part.lines, "added")
        beside = pairs(part)
        assert _words(line for pair in beside for line in _side(pair.new, "removed")) == _words(
            part.hunk.new
        )
        assert _words(line for pair in beside for line in _side(pair.old, "added")) == _words(
            part.hunk.old
        )
    if not comparison.edits:
        return
    headings = {line for line in (*comparison.new_lines, *comparison.old_lines) if line[:1] == "#"}
    told = {word for heading in headings for word in _words([heading])}
    assert _bodies(shown, told) == _bodies(comparison.new_lines, told)
    removed = [line for hunk in comparison.hunks for line in hunk.old]
    assert _bodies(gone, told) == _bodies(removed, told)


def _bodies(lines: Iterable[str], headings: set[str]) -> list[str]:
    return [word for word in _words(lines) if word not in headings]


def test_long_comparisons_are_divided() -> None:
    """What is too long for one page goes on the next, and every section says on which it is."""
    many = [(f"topic {n}", [f"{n} is the number of {SENTENCES[n % 16]}"]) for n in range(300)]
    other = [(topic, [text.replace("holds", "counts")]) for topic, (text,) in many]
    comparison = _comparison(_document(many), _document(other))
    layouts = list(_pages(comparison))
    assert len(layouts) > 2
    assert layouts[0].places[0] == 1
    assert layouts[0].places[-1] == len(layouts)
    numbers = [part.number for part in _parts(layouts) if isinstance(part, Passage)]
    assert numbers == list(range(1, len(comparison.hunks) + 1))
    assert lay_out(comparison, 99).page == len(layouts)
    assert len(list(_pages_of(comparison, sides=2))) > len(layouts)


def _pages_of(comparison: Comparison, sides: int) -> Iterator[Layout]:
    for page in range(1, lay_out(comparison, sides=sides).pages + 1):
        yield lay_out(comparison, page, sides=sides)


def test_words_are_marked_across_runs() -> None:
    """Words of a finding are found on either side, also where the diff divides them."""
    line = Line((Run("same", "kept for "), Run("removed", "30"), Run("added", "90"), Run("same", " days.")))  # fmt: skip # noqa: E501
    marker = Marker([("30 days",), ("for 90 days", "x"), ("never there",)])
    pieces = marker.pieces(line)
    assert "".join(piece.text for piece in pieces) == "kept for 3090 days."
    marked = [(piece.kind, piece.text, piece.finding) for piece in pieces if piece.finding is not None]  # fmt: skip # noqa: E501
    assert ("removed", "30", 0) in marked
    assert ("added", "90", 1) in marked
    assert marker.met == {0, 1}
    beside = Line((Run("same", "30 days and "), Run("added", "more")))
    assert all(piece.finding is None for piece in marker.pieces(beside))
    assert [piece.finding for piece in pieces if piece.first] == [1, 0]


def test_a_mark_is_numbered_once_where_its_words_end() -> None:
    """Not after each part of it, nor at spaces that other words stand between."""
    line = Line((
        Run("same", "We "), Run("removed", "do not"), Run("same", " "), Run("added", "may"),
        Run("same", " sell it until "), Run("added", "10 May"), Run("same", " 2026."),
    ))  # fmt: skip
    pieces = Marker([("not sell",), ("10 May 2026",)]).pieces(line)
    marked = [(piece.text, piece.last) for piece in pieces if piece.finding is not None]
    assert marked == [
        ("not", True), (" sell", True), ("10 May", False), (" 2026", True),
    ]  # fmt: skip
    assert [piece.text for piece in pieces if piece.first] == ["not", "10 May"]


def test_blocks_of_a_document() -> None:
    """Headings, lists and tables are told apart by the marks of the text."""
    lines = ["# Policy", "Text.", "- one", "- two", "| a | b |", "| c | d |", "", "## End"]
    found = blocks(lines)
    assert [(block.kind, block.line) for block in found] == [
        ("heading", 0), ("text", 1), ("items", 2), ("rows", 4), ("heading", 7),
    ]  # fmt: skip
    assert found[3].cells == (("a", "b"), ("c", "d"))
