"""Words for the facts of a change: how many sections, which dates, between which instants."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING

from monitor.render.excerpt import words_changed
from monitor.render.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from monitor.model import Change, Comparison, Dates, Operation, PolicyDate, Source

_VERBS: dict[Operation, str] = {
    "added": "added",
    "removed": "removed",
    "edited": "changed",
    "moved": "moved",
    "renamed": "renamed",
}
START = "Start of the document"
LABELS = (
    ("updated", "Last updated"),
    ("effective", "Effective"),
    ("published", "Published"),
    ("bare", "Dated"),
)


def instant(at: datetime) -> str:
    """Write an instant in UTC, to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def iso(at: datetime) -> str:
    """Write an instant as ISO 8601 in UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def span(duration: timedelta) -> str:
    """Write a duration in its largest unit, rounded down: ``3 hours``."""
    seconds = int(duration.total_seconds())
    for name, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            return count(seconds // size, name)
    return "less than a minute"


def count(number: int, noun: str) -> str:
    """Write a number with its noun: ``1 word``, ``2 words``, ``1,200 words``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def title(source: Source) -> str:
    """Name the source on one line, as people know it."""
    return one_line(source.title, 90)


def heading(path: Iterable[str], separator: str = " › ") -> str:
    """Join a heading path on one line."""
    return separator.join(one_line(part, 100) or "…" for part in path) or START


def sections_phrase(change: Change, comparison: Comparison | None) -> str:
    """Say how many sections are affected and how: ``3 sections changed``."""
    if comparison is not None and comparison.edits:
        operations = Counter(edit.operation for edit in comparison.edits)
    else:
        operations = Counter(part.operation for part in change.sections)
    total = operations.total()
    if not total:
        return "changed"
    verb = _VERBS[next(iter(operations))] if len(operations) == 1 else "changed"
    return f"{count(total, 'section')} {verb}"


def stats(change: Change, comparison: Comparison | None) -> tuple[int, int]:
    """Count words added and removed over all sections."""
    if comparison is not None and comparison.edits:
        pairs = [words_changed(edit) for edit in comparison.edits]
    else:
        pairs = [(part.words_added, part.words_removed) for part in change.sections]
    return sum(added for added, _ in pairs), sum(removed for _, removed in pairs)


def words_phrase(added: int, removed: int) -> str:
    """Say how many words came and went; empty where none did."""
    parts = [
        f"{number:,} {'word' if number == 1 else 'words'} {verb}"
        for number, verb in ((added, "added"), (removed, "removed"))
        if number
    ]
    return " and ".join(parts)


def dates_state(old: Dates, new: Dates) -> str:
    """Name what happened to the policy's own dates.

    One of ``none``, ``unchanged``, ``changed``, ``added``, ``removed``.
    """
    before, after = _values(old), _values(new)
    if not before and not after:
        return "none"
    if before == after:
        return "unchanged"
    if not before:
        return "added"
    return "changed" if after else "removed"


def dates_phrase(old: Dates, new: Dates) -> str:
    """Say in a subject line what happened to the policy's own dates."""
    state = dates_state(old, new)
    if state in {"none", "unchanged"}:
        return "no date" if state == "none" else "date unchanged"
    was, now = _value(old.last_updated), _value(new.last_updated)
    return f"date {_step(was, now)}" if was != now else _label_phrase(old, new)


def _label_phrase(old: Dates, new: Dates) -> str:
    for label, name in LABELS:
        was, now = _value(getattr(old, label)), _value(getattr(new, label))
        if was != now:
            return f"{name.lower()} date {_step(was, now)}"
    return "date unchanged"


def _step(was: str | None, now: str | None) -> str:
    if was is None:
        return f"added ({now})"
    return f"{was} → {now}" if now else f"removed (was {was})"


def date_rows(old: Dates, new: Dates) -> tuple[tuple[str, str | None, str | None], ...]:
    """List label, old and new value of each date that either version states."""
    rows = (
        (name, _value(getattr(old, label)), _value(getattr(new, label))) for label, name in LABELS
    )
    return tuple(row for row in rows if row[1] or row[2])


def date_text(was: str | None, now: str | None) -> str:
    """Say in a few words what became of one date."""
    if was == now:
        return f"{now} (unchanged)"
    if was is None:
        return f"{now} (none before)"
    return f"{was} → {now or 'no longer stated'}"


def _values(dates: Dates) -> set[str]:
    # Without labels: the same date, found by other words, is no news.
    found = {_value(getattr(dates, label)) for label, _ in LABELS}
    return {value for value in found if value}


def _value(date: PolicyDate | None) -> str | None:
    return one_line(date.value, 20) if date else None
