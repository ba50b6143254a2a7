"""Change or outage → words: messages, diffs and payloads. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.render.digest import compose_digest
    from monitor.render.message import News, compose

__all__ = ["News", "compose", "compose_digest"]


def __getattr__(name: str) -> object:
    """Load messages when they are composed; commands that only read need a fraction of them."""
    if name in __all__:
        from monitor.render import digest, message

        return getattr(digest if name == "compose_digest" else message, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
