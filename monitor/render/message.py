"""Composes the message of a delivery: subject, text, HTML and payload from the same facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.model import Message
from monitor.render import html, notice, webhook
from monitor.render.brief import brief
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
        Version,
    )
    from monitor.render.notice import Notice


@dataclass(frozen=True, slots=True)
class Parts:
    """What a delivery tells, before it takes a form."""

    notice: Notice
    content: webhook.Json
    attachments: tuple[Attachment, ...] = ()


def compose(
    delivery: Delivery,
    *,
    source: Source,
    change: Change | None = None,
    comparison: Comparison | None = None,
    outage: Outage | None = None,
    version: Version | None = None,
    trouble: ChannelOutage | None = None,
) -> Message:
    """Write the message for what a delivery tells.

    The same arguments give the same message, byte for byte. A change whose `comparison` is missing
    or empty is told by the sections its history lists.

    Raises `ValueError` where the event's own `change`, `outage` or `version` is missing.
    """
    told = parts(
        delivery,
        source=source,
        change=change,
        comparison=comparison,
        outage=outage,
        version=version,
        trouble=trouble,
    )
    return _message(delivery, source, told)


def parts(
    delivery: Delivery,
    *,
    source: Source,
    change: Change | None = None,
    comparison: Comparison | None = None,
    outage: Outage | None = None,
    version: Version | None = None,
    trouble: ChannelOutage | None = None,
) -> Parts:
    """Say what a delivery tells, as `compose` writes it; raises the same."""
    if delivery.event == "channel.test":
        return Parts(notice.of_test(delivery), webhook.of_test(delivery))
    if delivery.event in {"channel.failing", "channel.recovered"}:
        if trouble is None:
            raise ValueError(f"delivery {delivery.id} tells of a channel and has no outage of it")
        return Parts(notice.of_channel(delivery, trouble), webhook.of_channel(trouble))
    if delivery.event in {"policy.changed", "policy.returned"}:
        if change is None:
            raise ValueError(f"delivery {delivery.id} tells of a change and has none")
        if delivery.event == "policy.returned":
            shown = notice.of_return(delivery, source, change)
            return Parts(shown, webhook.of_change(change, comparison))
        shown = notice.of_change(delivery, source, change, comparison)
        content = webhook.of_change(change, comparison)
        files = (attachment(change, comparison),) if comparison and comparison.edits else ()
        return Parts(shown, content, files)
    if delivery.event == "policy.first_seen":
        if version is None:
            raise ValueError(f"delivery {delivery.id} tells of a version and has none")
        shown = notice.of_first(delivery, source, version)
        return Parts(shown, webhook.of_first(source, version))
    if outage is None:
        raise ValueError(f"delivery {delivery.id} tells of an outage and has none")
    return Parts(notice.of_outage(delivery, source, outage), webhook.of_outage(source, outage))


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
