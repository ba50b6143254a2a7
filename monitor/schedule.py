"""When a source is due next; pure but for the dice it is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from random import Random

    from monitor.model import Rhythm, Schedule

FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(days=1)
LOOKS_A_CHANGE = 30
"""How often an adaptive schedule looks between two changes, on average: a change is then seen
after a sixtieth of the time that passes between two."""
UNKNOWN = timedelta(days=30)
"""How long a policy is supposed to stay as it is before anything is known of it."""


def next_due(
    schedule: Schedule, now: datetime, dice: Random, rhythm: Rhythm | None = None
) -> datetime:
    """Return the first regular check after `now`, in UTC, moved later by the schedule's jitter.

    `rhythm` is for an adaptive schedule; without one the policy is taken for new.
    """
    if schedule.cron:
        due = _cron_due(schedule, now)
    elif schedule.adaptive:
        due = now + adapted(schedule, now, rhythm)
    else:
        due = now + (schedule.every or LONGEST_RETRY)
    return due + schedule.jitter * dice.random()


def adapted(schedule: Schedule, now: datetime, rhythm: Rhythm | None) -> timedelta:
    """Return the time between two checks that suits how often a policy has changed.

    The mean time between two changes so far, one more in 30 days supposed, over thirty; between
    the bounds of the schedule.
    """
    assert schedule.least is not None
    assert schedule.most is not None
    watched = max(now - rhythm.since, timedelta()) if rhythm else timedelta()
    changes = rhythm.changes if rhythm else 0
    wanted = (watched + UNKNOWN) / (changes + 1) / LOOKS_A_CHANGE
    return min(max(wanted, schedule.least), schedule.most)


def retry_due(
    schedule: Schedule,
    now: datetime,
    failures: int,
    dice: Random,
    *,
    retry_after: timedelta | None = None,
    rhythm: Rhythm | None = None,
) -> datetime:
    """Return when to look again after the `failures`-th failure in a row.

    Five minutes, doubling, never later than a day nor than the regular check; a server's
    Retry-After is a lower bound that wins over both.
    """
    doubled: timedelta = FIRST_RETRY * (1 << min(failures - 1, 10))
    wait = min(doubled, LONGEST_RETRY) * (0.75 + 0.5 * dice.random())
    due = min(now + wait, next_due(schedule, now, dice, rhythm))
    return max(due, now + retry_after) if retry_after else due


def _cron_due(schedule: Schedule, now: datetime) -> datetime:
    from apscheduler.triggers.cron import CronTrigger

    trigger = CronTrigger.from_crontab(schedule.cron, timezone=ZoneInfo(schedule.timezone))
    # The trigger answers with a time at or after the one it is given; due means strictly after.
    found = trigger.get_next_fire_time(None, now + timedelta(seconds=1))
    if not isinstance(found, datetime):
        # A line that never fires (30 February) is refused when sources are read.
        return now + LONGEST_RETRY
    return found.astimezone(UTC)
