"""Writes several deliveries as one message: a table of contents, then each as it is told alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.model import CHANGES, Message
from monitor.render import html, webhook
from monitor.render.brief import LIMIT
from monitor.render.facts import count, iso
from monitor.render.text import text
from monitor.render.visible import clip, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.model import Attachment
    from monitor.render.message import News, Parts
    from monitor.render.notice import Notice

ROOM = 1_000_000
"""Characters of a payload's events; what comes after is told without its words."""
_RULE = "═" * 30


def compose_digest(members: Sequence[News], *, key: str, web: str = "") -> Message:
    """Write the message of a batch: the same members give the same message, byte for byte."""
    told = [member.parts(web) for member in members]
    notices = [replace(part.notice, reason="") for part in told]
    created = max(member.delivery.created_at for member in members)
    channel = members[0].delivery.channel
    subject = _subject(members, notices)
    events = _events(members, told)
    return Message(
        key=key,
        thread=f"digest-{channel}",
        created_at=created,
        subject=subject,
        text=_text(subject, notices, channel),
        html=_html(subject, notices, channel),
        payload={
            "type": "policy.digest",
            "timestamp": iso(created),
            "data": {"channel": channel, "count": len(events), "events": events},
        },
        attachments=_attachments(told),
        brief=clip(_contents(notices), LIMIT),
        labels={"event": "policy.digest", "channel": one_line(channel, 100)},
    )


def _subject(members: Sequence[News], notices: Sequence[Notice]) -> str:
    if len(notices) == 1:
        return f"Digest: {notices[0].subject}"
    titles = tuple(dict.fromkeys(notice.title for notice in notices))
    changes = sum(member.delivery.event in CHANGES for member in members)
    rest = len(members) - changes
    news = [count(changes, "change")] if changes else []
    news += [count(rest, "other event")] if rest and changes else []
    news += [count(rest, "event")] if rest and not changes else []
    named = one_line(", ".join(titles[:3]), 110)
    more = f" and {len(titles) - 3} more" if len(titles) > 3 else ""  # noqa: PLR2004 - those named
    return f"Digest: {', '.join(news)}: {named}{more}"


def _reason(channel: str) -> str:
    return f"You get this because the channel {one_line(channel, 60)} gathers its messages."


def _text(subject: str, notices: Sequence[Notice], channel: str) -> str:
    blocks = [f"{subject}\n\n{_contents(notices)}\n"]
    blocks += [f"{_RULE}\n{at}. {text(notice)}" for at, notice in enumerate(notices, 1)]
    return "\n".join([*blocks, _RULE, _reason(channel), ""])


def _contents(notices: Sequence[Notice]) -> str:
    return "\n".join(f"{at}. {notice.subject}" for at, notice in enumerate(notices, 1))


def _html(subject: str, notices: Sequence[Notice], channel: str) -> str:
    template = html.environment().get_template("digest.html")
    return template.render(subject=subject, notices=notices, reason=_reason(channel))


def _events(members: Sequence[News], told: Sequence[Parts]) -> list[webhook.Json]:
    room, events = ROOM, []
    for member, part in zip(members, told, strict=True):
        content = part.content
        room -= len(str(content))
        if room < 0 and "sections" in content:
            content = content | {"sections": [], "unified_diff": "", "truncated": True}
        event = webhook.payload(member.delivery, member.source, content)
        events.append({"id": member.delivery.key, **event})
    return events


def _attachments(told: Sequence[Parts]) -> tuple[Attachment, ...]:
    # A change and its return tell the same difference; one file of a name is enough.
    return tuple({file.name: file for part in told for file in part.attachments}.values())
