"""Writes deadlines as an iCalendar file (RFC 5545), one whole-day event each.

The same deadlines give the same bytes: events keep their UID, so that a calendar that reads the
file again moves nothing and doubles nothing.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from monitor.render.visible import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from icalendar import Event

    from monitor.model import DeadlineKind, Source, Upcoming

PRODUCT = "-//policy-monitor//deadlines//EN"
MEDIA_TYPE = "text/calendar; charset=utf-8"
_TITLES: dict[DeadlineKind, str] = {
    "effective": "takes effect",
    "upcoming": "announced text takes effect",
    "objection": "last day to object",
}


def calendar(
    upcoming: Iterable[Upcoming], sources: Mapping[str, Source], *, name: str = "Policy deadlines"
) -> bytes:
    """Write a calendar of deadlines; those of sources that are not given are left out."""
    # Imported here: only calendars need it, and start-up is a budget.
    from icalendar import Calendar

    file = Calendar()
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", name)
    for one in upcoming:
        if one.source in sources:
            file.add_component(_event(one, sources[one.source]))
    written: bytes = file.to_ical()
    return written


def _event(one: Upcoming, source: Source) -> Event:
    from icalendar import Event

    deadline = one.deadline
    event = Event()
    day = deadline.due_on
    event.add("uid", f"{deadline.kind}-{day:%Y%m%d}-{source.id}@policy-monitor")
    # When the event was made known, not when the file is written: equal in, equal out.
    event.add("dtstamp", one.seen_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", f"{one_line(source.title, 200)}: {_TITLES[deadline.kind]}")
    event.add("description", _description(one, source))
    if source.url.isascii():
        event.add("url", source.url)
    event.add("categories", [one_line(source.kind, 60)])
    return event


def _description(one: Upcoming, source: Source) -> str:
    versions = f"{one.version}" if one.change is None else f"{one.version}, change {one.change}"
    lines = [
        *([f"The page says: {visible(one.deadline.words)}"] if one.deadline.words else []),
        f"First seen {one.seen_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, version {versions}.",
        f"monitor history {source.id}",
    ]
    return "\n".join(lines)
