"""Writes a notice in a few lines, for chats and telephones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.render.facts import heading
from monitor.render.visible import clip, one_line

if TYPE_CHECKING:
    from monitor.render.notice import Notice

LIMIT = 1_000
"""Characters of the whole, link included."""
_NAMES = 8


def brief(notice: Notice) -> str:
    """Write what happened, where in the policy, its dates, and the link: at most `LIMIT`."""
    links = [fact.url for fact in notice.facts if fact.url]
    # The last one shows the words, where there is a web view.
    link = clip(links[-1], LIMIT // 2) if links else ""
    names = [heading(section.path) for section in notice.excerpt.sections]
    names += [name or heading(()) for name in notice.names]
    more = len(names) - _NAMES + notice.excerpt.more
    lines = [
        notice.summary,
        *(f"! {remark}" for remark in notice.remarks),
        *(f"• {one_line(name, 80)}" for name in names[:_NAMES]),
        *([f"… and {more} more"] if more > 0 else []),
        *(f"{fact.label}: {fact.text}" for fact in notice.facts if not fact.url),
    ]
    body = clip("\n".join(lines), LIMIT - len(link) - 1)
    return f"{body}\n{link}".rstrip()
