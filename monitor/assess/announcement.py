"""How a change was announced: what the policy's own dates did while its words changed.

All dates a policy states about itself count, wherever they stand: of its parts, and the rows of its
list of changes. A change is called silent only where none of them moved and nothing on the page
announces it; so renumbering, another part's date or a notice of a coming version never make one.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from monitor.assess.sentences import key, words_of
from monitor.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.assess.interval import Interval
    from monitor.model import Announcement, Comparison, Dates, Document, Edit, Hunk, PolicyDate

GRACE = timedelta(days=7)
"""A text may be dated this long before it is published without being called backdated."""
_LABELS = ("updated", "effective", "published", "bare")
_WEIGHTS: dict[Announcement, float] = {
    "silent": 0.3,
    "backdated": 0.3,
    "date_removed": 0.2,
    "date_added": 0.05,
}


@dataclass(frozen=True, slots=True)
class _Dates:
    """The dates a document states about itself."""

    shown: PolicyDate | None
    """The one to show."""
    chosen: tuple[PolicyDate, ...]
    own: tuple[PolicyDate, ...]
    """The chosen ones and those of parts and change logs."""
    seen: frozenset[str]
    """Values of every date seen."""


def announcement(
    old: Document, new: Document, comparison: Comparison, interval: Interval, *, told: bool
) -> tuple[Announcement, tuple[Finding, ...]]:
    """Classify a change; `told` says whether words on the page announce it.

    The finding names the dates it rests on; there is none where the policy states no date.
    """
    before, after = _dates(old), _dates(new)
    if not before.chosen or not after.chosen:
        return _one_sided(before, after)
    fresh = tuple(one for one in after.own if _is_fresh(one, before, old))
    if _only_dates(comparison, old, new):
        step = moved(old.dates, new.dates)
        only = (
            f"Only the date changed. {step}" if step else "Only the way a date is written changed."
        )
        return _found("date_only", only, after.shown, before.shown)
    if not fresh:
        if told:
            return _found("announced", "The page announces the change in words.", after.shown)
        return _found(
            "silent", f"The words changed; the date did not: {_value(after)}.", after.shown
        )
    late = _backdated(before, after, fresh, interval)
    if late:
        return _found("backdated", late, fresh[0])
    shown = after.shown if after.shown in fresh else None
    newest = shown or max(fresh, key=lambda one: one.value)
    which = "The policy's date" if newest in after.chosen else "Another date of the policy"
    return _found("announced", f"{which} moved too: {newest.value}.", newest)


def moved(old: Dates, new: Dates) -> str:
    """Say which of the dates to show went from where to where; empty where none did."""
    pairs = [(label, getattr(old, label), getattr(new, label)) for label in _LABELS]
    for label, was, now in (*pairs, ("", old.last_updated, new.last_updated)):
        if was and now and was.value != now.value:
            which = "The effective date" if label == "effective" else "The date"
            return f"{which} went from {was.value} to {now.value}."
    return ""


def _one_sided(before: _Dates, after: _Dates) -> tuple[Announcement, tuple[Finding, ...]]:
    if after.chosen:
        return _found("date_added", f"The policy now states a date: {_value(after)}.", after.shown)
    if before.chosen:
        gone = f"The policy no longer states a date; it was {_value(before)}."
        return _found("date_removed", gone, before.shown)
    return "none", ()


def _found(
    kind: Announcement, summary: str, *rest_on: PolicyDate | None
) -> tuple[Announcement, tuple[Finding, ...]]:
    words = tuple(one.evidence for one in rest_on if one is not None)
    return kind, (Finding(f"announcement.{kind}", summary, words, weight=_WEIGHTS.get(kind, 0.0)),)


def _dates(document: Document) -> _Dates:
    dates = document.dates
    chosen = tuple(
        one for one in (dates.updated, dates.effective, dates.published, dates.bare) if one
    )
    own = chosen + tuple(found.date for found in dates.candidates if found.own)
    seen = frozenset(one.value for one in own) | {found.date.value for found in dates.candidates}
    return _Dates(dates.last_updated, chosen, tuple(dict.fromkeys(own)), seen)


def _is_fresh(one: PolicyDate, before: _Dates, old: Document) -> bool:
    """Whether a date is news: no date of the old text, nor of its words."""
    if one.value in before.seen:
        return False
    words = key(one.evidence)
    return not words or words not in words_of(old)


def _value(dates: _Dates) -> str:
    return dates.shown.value if dates.shown else ""


def _backdated(
    before: _Dates, after: _Dates, fresh: Iterable[PolicyDate], interval: Interval
) -> str:
    """Say why the new date cannot be that of the change; empty where it can."""
    if before.shown and after.shown and after.shown in set(fresh):
        same = before.shown.precision == after.shown.precision
        if same and after.shown.value < before.shown.value:
            return f"The date went back, from {before.shown.value} to {after.shown.value}."
    latest = max(_last_day(one) for one in fresh)
    if latest < interval.unchanged_on - GRACE:
        days = (interval.unchanged_on - latest).days
        return (
            f"The policy dates the change {latest}; the old text was still seen on "
            f"{interval.unchanged_on}, {days} days later."
        )
    return ""


def _last_day(one: PolicyDate) -> date:
    """Return the last day that a date may mean."""
    parts = [int(part) for part in one.value.split("-")]
    year = parts[0]
    month = parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else monthrange(year, month)[1])  # noqa: PLR2004 - year, month, day


def _only_dates(comparison: Comparison, old: Document, new: Document) -> bool:
    """Whether nothing differs but the policy's own dates."""
    return bool(comparison.edits) and not without_dates(comparison, old, new)


def without_dates(comparison: Comparison, old: Document, new: Document) -> tuple[Edit, ...]:
    """Return the edits that change more than the policy's own dates."""
    gone, come = _by_line(old), _by_line(new)

    def more(hunk: Hunk) -> bool:
        before = _without(hunk.old, hunk.old_line, gone)
        return before != _without(hunk.new, hunk.new_line, come)

    return tuple(edit for edit in comparison.edits if any(map(more, edit.hunks)))


def _by_line(document: Document) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for one in _dates(document).own:
        if one.line is not None:
            # Where the label stands on the line above, that is the first line of the evidence.
            found.setdefault(one.line, []).append(one.evidence.rpartition("\n")[2])
    return found


def _without(lines: Iterable[str], first: int, evidence: dict[int, list[str]]) -> list[str]:
    """Return the words of lines without those of the dates that stand in them."""
    return sorted(filter(None, _rests(lines, first, evidence)))


def _rests(lines: Iterable[str], first: int, evidence: dict[int, list[str]]) -> Iterator[str]:
    for number, line in enumerate(lines, first):
        for words in evidence.get(number, ()):
            line = re.sub(re.escape(words), " ", line)  # noqa: PLW2901 - each date in turn
        yield key(line)
