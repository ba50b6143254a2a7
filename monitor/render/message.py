"""Composes the message of a delivery: subject, text, HTML and payload from the same facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.model import Message
from monitor.render import html, notice, webhook
from monitor.render.text import text
from monitor.render.unified import attachment
from monitor.render.visible import one_line

if TYPE_CHECKING:
    from monitor.model import Attachment, Change, Comparison, Delivery, Outage, Source, Version
    from monitor.render.notice import Notice


def compose(
    delivery: Delivery,
    *,
    source: Source,
    change: Change | None = None,
    comparison: Comparison | None = None,
    outage: Outage | None = None,
    version: Version | None = None,
) -> Message:
    """Write the message for what a delivery tells.

    The same arguments give the same message, byte for byte. A change whose `comparison` is missing
    or empty is told by the sections its history lists.

    Raises `ValueError` where the event's own `change`, `outage` or `version` is missing.
    """
    if delivery.event == "channel.test":
        return _message(delivery, source, notice.of_test(delivery), webhook.of_test(delivery))
    if delivery.event in {"policy.changed", "policy.returned"}:
        if change is None:
            raise ValueError(f"delivery {delivery.id} tells of a change and has none")
        if delivery.event == "policy.returned":
            shown = notice.of_return(delivery, source, change)
            return _message(delivery, source, shown, webhook.of_change(change, comparison))
        shown = notice.of_change(delivery, source, change, comparison)
        content = webhook.of_change(change, comparison)
        files = (attachment(change, comparison),) if comparison and comparison.edits else ()
        return _message(delivery, source, shown, content, files)
    if delivery.event == "policy.first_seen":
        if version is None:
            raise ValueError(f"delivery {delivery.id} tells of a version and has none")
        shown = notice.of_first(delivery, source, version)
        return _message(delivery, source, shown, webhook.of_first(source, version))
    if outage is None:
        raise ValueError(f"delivery {delivery.id} tells of an outage and has none")
    shown = notice.of_outage(delivery, source, outage)
    return _message(delivery, source, shown, webhook.of_outage(source, outage))


def _message(
    delivery: Delivery,
    source: Source,
    shown: Notice,
    content: webhook.Json,
    attachments: tuple[Attachment, ...] = (),
) -> Message:
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
        subject=shown.subject,
        text=text(shown),
        html=html.mail(shown),
        payload=webhook.payload(delivery, source, content),
        attachments=attachments,
        labels={name: one_line(value, 100) for name, value in labels.items()},
    )
