from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unidiff import PatchSet

from monitor.model import Comparison, Edit, Hunk, PolicyDate, Run, SectionChange
from monitor.model.document import Dates
from monitor.render import News, compose
from monitor.render.excerpt import Limits, excerpt
from monitor.render.facts import dates_phrase, span
from monitor.render.terminal import diff_sections, diff_unified, diff_words
from monitor.render.unified import cut, unified
from monitor.render.visible import clip, clip_start, one_line, visible
from monitor.render.words import abridged, lines_of, marked, phrases, words

if TYPE_CHECKING:
    from conftest import Bench

WORDS = st.sampled_from(["", " ", "a ", " b", "c", "\n", " \n", "- ", "word word "])
RUNS = st.lists(st.builds(Run, st.sampled_from(["same", "added", "removed"]), WORDS), max_size=12)


def _side(runs: tuple[Run, ...] | list[Run], kind: str) -> str:
    return "".join(run.text for run in runs if run.kind in {"same", kind})


@given(runs=RUNS)
def test_phrases_keep_both_texts(runs: list[Run]) -> None:
    """Joining changes into phrases alters neither the old text nor the new one."""
    joined = phrases(runs)
    assert _side(joined, "removed") == _side(runs, "removed")
    assert _side(joined, "added") == _side(runs, "added")


def test_phrases_read_as_one_change() -> None:
    """Changed words with only spaces between them are one removal and one addition."""
    runs = (
        Run("same", "within "),
        *(Run("removed", "30"), Run("added", "24"), Run("same", " ")),
        *(Run("removed", "days"), Run("added", "months"), Run("same", " of it")),
    )
    assert marked(phrases(runs)) == "within [-30 days-]{+24 months+} of it"


@given(runs=RUNS)
def test_lines_lose_no_word(runs: list[Run]) -> None:
    """Splitting into lines keeps every word, in order, with what happened to it."""
    shown = [run for line in lines_of(runs) for run in line]
    for kind in ("added", "removed"):
        # A space beside a change is shown as unchanged; the words are what counts.
        assert "".join(_side(shown, kind).split()) == "".join(_side(runs, kind).split())


@given(text=st.text(), limit=st.integers(2, 50))
def test_clipping_keeps_within_its_limit(text: str, limit: int) -> None:
    """What was cut says so, and nothing is longer than asked for."""
    for found in (clip(text, limit), clip_start(text, limit)):
        assert len(found) <= limit
        assert found == text or "…" in found
    assert len(one_line(text, limit)) <= limit


@given(text=st.text(st.characters(exclude_categories=())))
def test_visible_text_is_settled(text: str) -> None:
    """Making text visible twice is making it visible once."""
    assert visible(visible(text)) == visible(text)


def test_long_unchanged_stretches_are_abridged() -> None:
    """Only the surroundings of a change are shown."""
    line = (
        Run("same", "start " * 50),
        Run("removed", "x"),
        Run("same", " middle" * 100),
        Run("added", "y"),
        Run("same", " end" * 50),
    )
    shown = marked(abridged(line, 30))
    assert shown.startswith("…start")
    assert shown.endswith("end…")
    assert shown.count("…") == 3
    assert len(shown) < 150


@pytest.mark.parametrize(
    ("old", "new", "phrase"),
    [
        ((None, None), (None, None), "no date"),
        (("2024-01-01", None), ("2024-01-01", None), "date unchanged"),
        (("2024-01-01", None), ("2025-02-02", None), "date 2024-01-01 → 2025-02-02"),
        ((None, None), ("2025-02-02", None), "date added (2025-02-02)"),
        (("2024-01-01", None), (None, None), "date removed (was 2024-01-01)"),
        (
            ("2024-01-01", "2024-02-01"),
            ("2024-01-01", "2024-03-01"),
            "effective date 2024-02-01 → 2024-03-01",
        ),
        (("2024-01-01", "2024-02-01"), (None, "2024-02-01"), "date 2024-01-01 → 2024-02-01"),
    ],
)
def test_subject_says_what_happened_to_the_dates(
    old: tuple[str | None, ...], new: tuple[str | None, ...], phrase: str, bench: Bench
) -> None:
    """Each fate of the policy's own dates has its words."""
    assert dates_phrase(bench.dated(*old), bench.dated(*new)) == phrase


def test_a_date_under_another_label_is_unchanged() -> None:
    """The same date found by other words is no news."""
    date = PolicyDate("2024-01-01", "day", "updated", "x", 1.0)
    assert dates_phrase(Dates(updated=date), Dates(bare=date)) == "date unchanged"


@pytest.mark.parametrize(
    ("lasted", "words_for_it"),
    [
        (timedelta(seconds=30), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=25), "1 day"),
        (timedelta(days=90), "90 days"),
    ],
)
def test_spans_are_told_in_one_unit(lasted: timedelta, words_for_it: str) -> None:
    """A duration is rounded down to its largest unit."""
    assert span(lasted) == words_for_it


def test_a_section_that_only_moved_is_told_once(bench: Bench) -> None:
    """Its words are neither added nor removed, in no rendering."""
    body = ("## Law", "Irish law applies.", "It always did.")
    edit = Edit("moved", ("Law",), ("Law",), (Hunk(0, 0, (), body), Hunk(1, 4, body, ())))
    comparison = Comparison("changed", "moved", (edit,), ("## A", *body), (*body, "## A"))
    change = bench.changed(comparison)
    message = compose(News(bench.delivery(), bench.source, change=change, comparison=comparison))
    assert "1 section moved." in message.text
    assert "moved to another place, same words" in message.text
    assert "Irish law" not in message.text
    assert message.payload["data"]["sections"][0]["hunks"] == []  # type: ignore[index]  # JSON
    assert message.attachments


def test_limits_hold_and_are_counted(bench: Bench) -> None:
    """What is left out of an excerpt is counted, never dropped in silence."""
    old = "\n".join(f"## {n}\nold {n}\nkept\nold\nkept {n}" for n in range(9))
    new = old.replace("old", "new")
    shown = excerpt(bench.difference(old, new), Limits(sections=5, passages=7))
    assert shown.more == 4
    assert sum(len(part.passages) for part in shown.sections) == 7
    assert sum(part.more for part in shown.sections) == 3
    assert shown.shortened


def test_the_title_of_the_document_is_no_place(bench: Bench) -> None:
    """One heading above all others is left out of heading paths."""
    old = "# Privacy policy\n## Sharing\nNo."
    shown = excerpt(bench.difference(old, old.replace("No", "Yes")))
    assert shown.sections[0].path == ("Sharing",)


def test_terminal_marks_words_without_color(bench: Bench) -> None:
    """Where nothing can be styled, signs say what was added and removed."""
    comparison = bench.difference("## A\nWe will not sell.", "## A\nWe may sell.")
    (shown,) = diff_sections(comparison, color=False)
    assert shown.plain.splitlines()[0] == "A"
    assert "We [-will not-] {+may+} sell." in shown.plain
    assert "We [-will not-] {+may+} sell." in diff_words(comparison, color=False).plain
    assert words(comparison) == "We [-will not-] {+may+} sell.\n"


def test_terminal_styles_are_more_than_color(bench: Bench) -> None:
    """With colours, words added are underlined and words removed struck through."""
    (shown,) = diff_sections(bench.difference("We will not sell.", "We may sell."))
    styles = {str(span.style) for span in shown.spans}
    assert {"bold green underline", "red strike"} <= styles
    assert "will not may" in shown.plain


def test_terminal_shows_whole_lines_with_a_sign(bench: Bench) -> None:
    """A line that is all new is led by a sign rather than underlined from end to end."""
    comparison = bench.difference("## A\n- one\nkept", "## A\n- one\n- two\nkept")
    (shown,) = diff_sections(comparison)
    assert shown.plain.splitlines()[-3:] == ["  • one", "  + • two", "  kept"]
    assert "underline" not in str(shown.spans)


def test_terminal_tells_what_it_cut(bench: Bench) -> None:
    """Words and passages beyond the limits are counted in their section."""
    old = "## A\nold\nkept\nkept too\nold"
    comparison = bench.difference(old, old.replace("old", "word " * 500))
    (shown,) = diff_sections(comparison, limits=Limits(passages=1, passage=100))
    assert "more words here" in shown.plain
    assert shown.plain.endswith("… 1 more passage")


def test_terminal_limits_are_told(bench: Bench) -> None:
    """A shortened diff on a terminal says how much is missing."""
    old = "\n".join(f"## {n}\nold" for n in range(4))
    shown = diff_sections(bench.difference(old, old.replace("old", "new")), limits=Limits(2))
    assert [block.plain.splitlines()[0] for block in shown] == ["0", "1", "… 2 more sections"]


def test_unified_is_shown_line_for_line(bench: Bench) -> None:
    """A unified diff on a terminal has the lines of the diff."""
    comparison = bench.difference("a\nb", "a\nc")
    diff = unified(bench.changed(comparison), comparison)
    assert diff.startswith("--- acme-privacy/version-3\n+++ acme-privacy/version-4\n@@ ")
    assert diff_unified(diff).plain == diff.rstrip("\n")


@given(edited=st.sets(st.integers(0, 99)), limit=st.integers(0, 4000))
def test_cut_diffs_still_apply(bench: Bench, edited: set[int], limit: int) -> None:
    """A diff is cut between hunks, and only where it is too long."""
    old = [f"line {number}" for number in range(100)]
    new = [f"{line} edited now" if at in edited else line for at, line in enumerate(old)]
    comparison = bench.difference("\n".join(old), "\n".join(new))
    diff = comparison.unified()
    kept, missing = cut(diff, limit)
    assert diff.startswith(kept)
    assert len(kept) <= max(limit, 0)
    assert missing == (kept != diff)
    hunks = [hunk for file in PatchSet(kept) for hunk in file]
    assert sum(hunk.added for hunk in hunks) <= len(edited)


def test_an_event_without_its_record_is_a_defect(bench: Bench) -> None:
    """A delivery never becomes an empty message."""
    for event in ("policy.changed", "source.failing"):
        with pytest.raises(ValueError, match="has none"):
            compose(News(bench.delivery(event), bench.source))  # type: ignore[arg-type]  # both events


def test_only_the_date_changed_is_said(bench: Bench) -> None:
    """Where a finding says so, the subject does too."""
    from monitor.model import Finding

    message = bench.alert(
        "Updated: 1",
        "Updated: 2",
        dates=(bench.dated("2024-01-01"), bench.dated("2025-01-01")),
        findings=(Finding("announcement.date_only", "Only the date changed."),),
    )
    assert message.subject.endswith("only the date changed, date 2024-01-01 → 2025-01-01")


def test_listed_sections_give_the_counts_where_words_are_missing(bench: Bench) -> None:
    """A subject counts what the history lists."""
    listed = tuple(SectionChange((name,), "added", 2, 0) for name in "ab")
    change = bench.changed(None, sections=listed)
    message = compose(News(bench.delivery(), bench.source, change=change))
    assert message.subject == "Acme – Privacy policy: 2 sections added, no date"
