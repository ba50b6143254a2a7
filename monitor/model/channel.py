"""Where messages go: one frozen value for each kind of channel, secrets resolved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class EmailConfig:
    """An SMTP server and the people it writes to."""

    name: str
    host: str
    sender: str
    """Address in ``From``: ``Monitor <monitor@example.org>``."""
    to: tuple[str, ...]
    port: int = 587
    security: Security = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: timedelta = timedelta(seconds=30)
    allow_private: bool = True
    """Mail relays usually stand in a private network, so this is on unless switched off."""


@dataclass(frozen=True, slots=True)
class WebhookConfig:
    """An address that takes signed JSON (Standard Webhooks 1.0)."""

    name: str
    url: str = field(repr=False)
    """Often holds a token itself, so it is kept out of reprs and logs."""
    secret: str | tuple[str, ...] | None = field(default=None, repr=False)
    """``whsec_`` + base64; several sign side by side, unsigned where `None`."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    timeout: timedelta = timedelta(seconds=15)
    allow_private: bool = False


ChannelConfig = EmailConfig | WebhookConfig
