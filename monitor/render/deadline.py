"""Tells of a day that a policy announced: how many days are left, and by which words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.render.facts import count, instant, iso, title
from monitor.render.links import links_of
from monitor.render.notice import Fact, Notice, Step, page_fact, reason_of, web_facts
from monitor.render.visible import encodable, one_line

if TYPE_CHECKING:
    from datetime import date

    from monitor.model import Change, DeadlineKind, Delivery, Source, Upcoming
    from monitor.render.webhook import Json

_NEWS: dict[DeadlineKind, tuple[str, str]] = {
    "effective": ("takes effect", "The text recorded as version {version} takes effect"),
    "upcoming": ("announced text takes effect", "The text that the page announces takes effect"),
    "objection": ("last day to object", "The last day to object to the change is"),
}


def of_deadline(
    delivery: Delivery, source: Source, upcoming: Upcoming, change: Change | None, web: str = ""
) -> Notice:
    """Remind of a deadline before it comes, or say that it has come."""
    deadline = upcoming.deadline
    short, long = _NEWS[deadline.kind]
    when = _when(_left(delivery, source, deadline.due_on))
    sentence = long.format(version=upcoming.version)
    on = "" if deadline.kind == "objection" else "on "
    return Notice(
        title=title(source),
        news=f"{short} {when} ({deadline.due_on})",
        summary=f"{sentence} {on}{deadline.due_on}, {when}.",
        remarks=(one_line(change.summary, 600),) if change and change.summary else (),
        facts=(
            Fact("Day", deadline.due_on.isoformat()),
            *((Fact("The page says", one_line(deadline.words, 300)),) if deadline.words else ()),
            Fact("First seen", instant(upcoming.seen_at)),
            page_fact(source.url),
            *web_facts(change, web),
        ),
        steps=(_step(upcoming, change), Step("What is to come", "monitor status --upcoming")),
        reason=reason_of(delivery, source),
    )


def describe_deadline(
    delivery: Delivery, source: Source, upcoming: Upcoming, change: Change | None, web: str = ""
) -> Json:
    """Describe a deadline for a webhook."""
    deadline = upcoming.deadline
    return {
        "deadline": {
            "kind": deadline.kind,
            "due_on": deadline.due_on.isoformat(),
            "days_left": _left(delivery, source, deadline.due_on),
            "words": encodable(deadline.words[:2000]),
            "first_seen_at": iso(upcoming.seen_at),
            "version": upcoming.version,
        },
        "change": upcoming.change,
        "summary": encodable(change.summary) if change else "",
        "links": links_of(source.url, change, web),
        "commands": {"show": _step(upcoming, change).command},
    }


def _step(upcoming: Upcoming, change: Change | None) -> Step:
    if change is None:
        return Step("What it says", f"monitor show {upcoming.source} {upcoming.version}")
    versions = f"{change.from_version} {change.to_version}"
    return Step("What changes", f"monitor diff {change.source} {versions}")


def _left(delivery: Delivery, source: Source, day: date) -> int:
    # Counted from the event, not from the attempt: a retry says the same.
    at = delivery.created_at.astimezone(ZoneInfo(source.schedule.timezone))
    return (day - at.date()).days


def _when(left: int) -> str:
    if left > 1:
        return f"in {count(left, 'day')}"
    if left < 0:
        return f"{count(-left, 'day')} ago"
    return "tomorrow" if left else "today"
