"""How often a source is looked at, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cli import output

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import Rhythm, Schedule


def configured(schedule: Schedule) -> str:
    """Say what the configuration says."""
    from monitor.sources.durations import write

    if schedule.cron:
        return schedule.cron
    if schedule.least is not None and schedule.most is not None:
        return f"auto {write(schedule.least)} to {write(schedule.most)}"
    return f"every {write(schedule.every)}" if schedule.every else ""


def explained(schedule: Schedule, now: datetime, rhythm: Rhythm | None) -> str:
    """Say why an adaptive schedule looks as often as it does."""
    from monitor.schedule import adapted
    from monitor.sources.durations import write

    every = write(adapted(schedule, now, rhythm))
    if rhythm is None:
        return f"checked every {every}: nothing is known of it yet"
    days = max((now - rhythm.since).days, 1)
    changes, age = output.count(rhythm.changes, "change"), output.count(days, "day")
    return f"checked every {every}: {changes} in {age}"
