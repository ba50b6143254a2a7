"""Tells of deadlines before they come and when they come: decided here, once, whoever asks.

What is told is recorded with its deliveries in one transaction, so that neither a restart, nor a
second daemon, nor a clock that goes back tells it twice. A program that slept through a day tells
of it late, for a few days; what is older is in `monitor status` and in the history.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.model import Route
from monitor.pacing import due
from monitor.routing import chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from monitor.model import ChannelConfig, EventType, Finding, Source, Upcoming
    from monitor.record import Archive

LATE = timedelta(days=3)
"""A day that passed while nothing ran is told this long after it."""
BEFORE, ON_THE_DAY = 1, 2


def remind(
    archive: Archive,
    sources: Iterable[Source],
    channels: Mapping[str, ChannelConfig],
    now: datetime,
) -> int:
    """Record what is to be told of deadlines at this moment; return how many reminders."""
    watched = {source.id: source for source in sources if source.enabled}
    earliest = now.date() - LATE - timedelta(days=1)
    told = 0
    for one in archive.deadlines.upcoming(tuple(watched), since=earliest):
        source = watched[one.source]
        muted = source.mute_until is not None and now < source.mute_until
        reminder = 0 if muted else reminder_due(one, source, now)
        if reminder > one.reminders:
            change = archive.change(one.change) if one.change else None
            findings = change.findings if change else ()
            objection = one.deadline.kind == "objection"
            event: EventType = "policy.objection" if objection else "policy.effective"
            routes = _routes(source, channels, event, findings, now)
            told += archive.deadlines.remind(one.id, reminder, routes, event=event, now=now)
    return told


def reminder_due(one: Upcoming, source: Source, now: datetime) -> int:
    """Return which reminder of a deadline is due: 0 for none.

    Never one that the alert itself has just told: a deadline seen when the time of a reminder had
    come already is not told again at once.
    """
    zone = ZoneInfo(source.schedule.timezone)
    today, seen_on = (at.astimezone(zone).date() for at in (now, one.seen_at))
    day = one.deadline.due_on
    if one.deadline.kind != "objection" and _came(day, seen_on, today, day + LATE):
        return ON_THE_DAY
    before = day - source.remind_before
    if source.remind_before and _came(before, seen_on, today, day - timedelta(days=1)):
        return BEFORE
    return 0


def _came(moment: date, seen_on: date, today: date, last: date) -> bool:
    return seen_on < moment <= today <= last


def _routes(
    source: Source,
    channels: Mapping[str, ChannelConfig],
    event: EventType,
    findings: Sequence[Finding],
    now: datetime,
) -> tuple[Route, ...]:
    wants = {name: config.wants for name, config in channels.items()}
    names = chosen(wants, source, event, findings=findings)
    return tuple(
        Route(name, due(channels[name].pace, now) if name in channels else now) for name in names
    )
