"""The clock of effective dates: days of notice, in force since, days to object."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from monitor.model import Deadline, Finding

if TYPE_CHECKING:
    from monitor.assess.interval import Interval
    from monitor.model import Dates, PolicyDate

NOTICE, IN_FORCE, OBJECTION = "effective.notice", "effective.in_force", "effective.objection"
SHORT = 7
"""Days of notice below which taking effect is worth more attention."""


def day_of(stated: PolicyDate | None) -> date | None:
    """Return the day a policy states; `None` where it states none, or only a month or a year."""
    if stated is None or stated.precision != "day":
        return None
    return date.fromisoformat(stated.value)


def clock(
    old: Dates, new: Dates, interval: Interval
) -> tuple[tuple[Finding, ...], tuple[Deadline, ...]]:
    """Say when a text takes effect, where its effective date is new."""
    day, before = day_of(new.effective), day_of(old.last_updated)
    if new.effective is None or day is None or day == day_of(old.effective):
        return (), ()
    if before is not None and day <= before:
        # Of an older text, or taken back: that is no clock.
        return (), ()
    words = (new.effective.evidence,)
    left = (day - interval.seen_on).days
    if left > 0:
        told = f"It takes effect on {day}, {_ahead(day, interval)}."
        found = Finding(NOTICE, told, words, weight=0.1 if left < SHORT else 0.0)
        return (found,), (Deadline("effective", day, new.effective.evidence),)
    since = f"It is in force since {day}"
    if day > interval.unchanged_on:
        return (Finding(IN_FORCE, f"{since}.", words),), ()
    seen = f"{since}; the old text was still seen on {interval.unchanged_on}."
    return (Finding(IN_FORCE, seen, words, weight=0.1),), ()


def objection(
    allowed: int | None, interval: Interval
) -> tuple[tuple[Finding, ...], tuple[Deadline, ...]]:
    """Say until when one may object, where a source grants days for that."""
    if not allowed:
        return (), ()
    last = interval.seen_on + timedelta(days=allowed)
    early = interval.unchanged_on + timedelta(days=allowed)
    summary = f"One may object until {last}, {days(allowed)} after it was first seen"
    if early < last:
        summary += f"; until {early} only if it was published when the old text was last seen"
    return (Finding(OBJECTION, f"{summary}."),), (Deadline("objection", last),)


def first(dates: Dates, seen_on: date) -> tuple[Deadline, ...]:
    """Return the day on which a source's first version takes effect, where that is to come."""
    day = day_of(dates.effective)
    if dates.effective is None or day is None or day <= seen_on:
        return ()
    return (Deadline("effective", day, dates.effective.evidence),)


def _ahead(day: date, interval: Interval) -> str:
    least, most = interval.notice(day)
    if most - least > 1:
        return f"{least} to {days(most)} after it was published"
    return f"{days(least)} after it was first seen"


def days(number: int) -> str:
    """Count days in English."""
    return "1 day" if number == 1 else f"{number} days"
