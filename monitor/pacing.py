"""When a channel may be told: digests and quiet hours, by the clock on the wall; pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import time

    from monitor.model import Pace

_HOUR = timedelta(hours=1)
_DAYS = {"daily": 1, "weekly": 7}


def due(pace: Pace, now: datetime) -> datetime:
    """Return when news of `now` may be sent: with the next digest, and not in quiet hours."""
    return awake(pace, _digest_after(pace, now) if pace.digest else now)


def awake(pace: Pace, at: datetime) -> datetime:
    """Return `at`, or the end of the quiet hours it falls into, in UTC.

    Where clocks are put back, hours that are shown twice are quiet both times; where they are put
    forward, an end that is skipped comes as much later as the clocks have gone forward.
    """
    local = at.astimezone(ZoneInfo(pace.timezone))
    if pace.quiet is None or not _within(pace.quiet, local.time()):
        return at
    until = pace.quiet[1]
    days = 1 if local.time() >= until else 0
    ends = (_on(local, days, until, fold) for fold in (0, 1))
    return next(end for end in ends if end > at)


def is_quiet(pace: Pace, now: datetime) -> bool:
    """Tell whether nothing may be sent now."""
    return awake(pace, now) > now


def _within(quiet: tuple[time, time], shown: time) -> bool:
    start, until = quiet
    if start <= until:
        return start <= shown < until
    return shown >= start or shown < until


def _on(local: datetime, days: int, at: time, fold: int = 0) -> datetime:
    day = local.date() + timedelta(days=days)
    return datetime.combine(day, at, local.tzinfo).replace(fold=fold).astimezone(UTC)


def _digest_after(pace: Pace, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(pace.timezone))
    if pace.digest == "hourly":
        past = timedelta(minutes=local.minute, seconds=local.second)
        return now - past - timedelta(microseconds=local.microsecond) + _HOUR
    step = _DAYS[pace.digest or "daily"]
    first = (-local.weekday()) % 7 if step > 1 else 0
    slots = (_on(local, first + step * number, pace.at) for number in range(3))
    return next(slot for slot in slots if slot > now)
