"""Words on the page that announce a text which is not in force yet, or an update just made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.assess.effective import day_of
from monitor.model import Deadline, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.assess.interval import Interval
    from monitor.assess.sentences import Sentence
    from monitor.assess.vocabulary import Vocabulary
    from monitor.model import Document, PolicyDate

UPCOMING = "effective.upcoming"
LONGEST = 400
"""Characters of a notice; what is longer is prose that happens to hold the words."""


def upcoming(
    sentences: Sequence[Sentence], new: Document, words: Vocabulary, interval: Interval
) -> tuple[tuple[Finding, ...], tuple[Deadline, ...]]:
    """Find the notice of another text that a change brought, and the day it names."""
    phrases = words.pattern("upcoming", "phrases")
    notices = [
        one
        for one in sentences
        if one.new and len(one.new) <= LONGEST and any(map(phrases.search, one.added))
    ]
    if not notices:
        return (), ()
    dated = ((one, day) for one in notices for day in _days(one.new, new, interval))
    notice, day = next(dated, (notices[0], None))
    if day is None:
        told = "The page announces a change in words."
        return (Finding(UPCOMING, told, (notice.new,), notice.path, new=notice.new),), ()
    told = f"The page announces a text that takes effect on {day.value}."
    finding = Finding(
        UPCOMING, told, (notice.new, day.evidence), notice.path, new=notice.new, weight=0.2
    )
    due_on = day_of(day)
    assert due_on is not None
    assert day.line is not None
    return (finding,), (Deadline("upcoming", due_on, new.lines[day.line]),)


def _days(notice: str, new: Document, interval: Interval) -> Iterator[PolicyDate]:
    """Yield the days to come that stand in the paragraph of a notice."""
    for found in new.dates.candidates:
        day, line = day_of(found.date), found.date.line
        if day is not None and line is not None and day > interval.seen_on:
            text = new.lines[line]
            if len(text) <= LONGEST and notice in text:
                yield found.date


def announced_before(sentences: Iterable[Sentence], old: Document, interval: Interval) -> bool:
    """Tell whether the old text said itself that it would change on a day of the interval."""
    days = {
        found.date.evidence.rpartition("\n")[2]
        for found in old.dates.candidates
        if (day := day_of(found.date)) and interval.unchanged_on <= day <= interval.seen_on
    }
    return any(day in one.old and day not in one.new for one in sentences for day in days)
