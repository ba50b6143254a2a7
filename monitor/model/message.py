"""What is told: one message in every form a channel may want."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A finished text, ignorant of the wire that carries it."""

    key: str
    """Stable across retries and restarts: ``webhook-id``, and the left part of ``Message-ID``."""
    thread: str
    """Equal for all messages about one source: the left part of ``References``."""
    created_at: datetime
    """UTC; when the event happened, not when it is sent."""
    subject: str
    """One line, no control characters."""
    text: str
    html: str
    payload: Mapping[str, object]
    """The JSON body of a webhook; its schema is published in `docs/`."""
    attachments: tuple[Attachment, ...] = ()
    labels: Mapping[str, str] | None = None
    """For filters: source, site, kind, event; become ``X-Monitor-…`` headers."""
    brief: str = ""
    """The text in at most 1,000 characters, for chats; without the subject."""
