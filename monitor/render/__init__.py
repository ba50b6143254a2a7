"""Change or outage → words: messages, diffs and payloads. Pure."""

from monitor.render.message import compose

__all__ = ["compose"]
