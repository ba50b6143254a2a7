"""Composes the message of a delivery: subject, text, HTML and payload from the same facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from monitor.model import Message
from monitor.render import html, notice, webhook
from monitor.render.brief import brief
from monitor.render.deadline import describe_deadline, of_deadline
from monitor.render.text import text
from monitor.render.unified import attachment
from monitor.render.visible import one_line

if TYPE_CHECKING:
    from monitor.model import (
        Attachment,
        Change,
        ChannelOutage,
        Comparison,
        Delivery,
        Outage,
        Source,
        Upcoming,
        Version,
    )
    from monitor.render.notice import Notice

Fact = TypeVar("Fact")
Ended = TypeVar("Ended", "Outage", "ChannelOutage")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a delivery tells, before it takes a form."""

    notice: Notice
    content: webhook.Json
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """A delivery, and what it tells of."""

    delivery: Delivery
    source: Source
    change: Change | None = None
    comparison: Comparison | None = None
    """Where it is missing or empty, a change is told by the sections its history lists."""
    outage: Outage | None = None
    version: Version | None = None
    trouble: ChannelOutage | None = None
    upcoming: Upcoming | None = None

    def parts(self, web: str = "") -> Parts:
        """Say what it tells; raises `ValueError` as `compose` does."""
        delivery, source, comparison = self.delivery, self.source, self.comparison
        match delivery.event:
            case "channel.test":
                return Parts(notice.of_test(delivery), webhook.of_test(delivery))
            case "channel.failing" | "channel.recovered":
                failing = _as_told(self.trouble, delivery, "an outage of a channel")
                return Parts(notice.of_channel(delivery, failing), webhook.of_channel(failing))
            case "policy.changed" | "policy.silent_change":
                told = _given(self.change, delivery, "a change")
                shown = notice.of_change(delivery, source, told, comparison, web)
                files = (attachment(told, comparison),) if comparison and comparison.edits else ()
                return Parts(shown, webhook.of_change(told, comparison, web), files)
            case "policy.returned":
                told = _given(self.change, delivery, "a change")
                shown = notice.of_return(delivery, source, told, web)
                return Parts(shown, webhook.of_change(told, comparison, web))
            case "policy.first_seen":
                read = _given(self.version, delivery, "a version")
                shown = notice.of_first(delivery, source, read)
                return Parts(shown, webhook.of_first(source, read))
            case "policy.effective" | "policy.objection":
                upcoming = _given(self.upcoming, delivery, "a deadline")
                about = delivery, source, upcoming, self.change, web
                return Parts(of_deadline(*about), describe_deadline(*about))
            case _:
                outage = _as_told(self.outage, delivery, "an outage")
                shown = notice.of_outage(delivery, source, outage)
                return Parts(shown, webhook.of_outage(source, outage))


def compose(news: News, *, web: str = "") -> Message:
    """Write the message for what a delivery tells.

    The same arguments give the same message, byte for byte. `web` is where the web view stands;
    without it nothing links there.

    Raises `ValueError` where the event's own `change`, `outage` or the like is missing.
    """
    return _message(news.delivery, news.source, news.parts(web))


def _given(fact: Fact | None, delivery: Delivery, what: str) -> Fact:
    if fact is None:
        raise ValueError(f"delivery {delivery.id} tells of {what} and has none")
    return fact


def _as_told(fact: Ended | None, delivery: Delivery, what: str) -> Ended:
    """Forget an end that came after the event: a repeat says what the first try said."""
    outage = _given(fact, delivery, what)
    return outage if delivery.event.endswith(".recovered") else replace(outage, closed_at=None)


def _message(delivery: Delivery, source: Source, told: Parts) -> Message:
    labels = {
        "event": delivery.event,
        "source": source.id,
        "site": source.site,
        "kind": source.kind,
        "channel": delivery.channel,
    }
    return Message(
        key=delivery.key,
        thread=f"source-{source.id}",
        created_at=delivery.created_at,
        subject=told.notice.subject,
        text=text(told.notice),
        html=html.mail(told.notice),
        payload=webhook.payload(delivery, source, told.content),
        attachments=told.attachments,
        brief=brief(told.notice),
        labels={name: one_line(value, 100) for name, value in labels.items()},
    )
