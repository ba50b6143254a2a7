"""Where messages go: one frozen value for each kind of channel, secrets resolved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal

Security = Literal["starttls", "tls", "none"]
Digest = Literal["hourly", "daily", "weekly"]


@dataclass(frozen=True, slots=True)
class Wants:
    """What a channel is told of: whatever matches all that is set; everything where nothing is."""

    sites: tuple[str, ...] = ()
    """Globs of site names, as are `kinds` and `tags` of theirs; case does not matter."""
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """BCP 47 tags; ``en`` means ``en-GB`` too."""
    findings: tuple[str, ...] = ()
    """Globs of the rules of findings; where set, only changes with such a finding are told."""
    events: tuple[str, ...] = ()
    first: bool = False
    """Whether the first version of a source is told too."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When a channel may be told; at once where nothing is set."""

    quiet: tuple[time, time] | None = None
    """From and until, by the clock on the wall; over midnight where the second is earlier."""
    digest: Digest | None = None
    """How often what has gathered is told in one message."""
    at: time = time(8)
    """When a daily or weekly digest is due; weekly means Mondays."""
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Route:
    """A channel that is to be told, and when at the earliest."""

    channel: str
    due_at: datetime


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
    wants: Wants = Wants()
    pace: Pace = Pace()


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
    wants: Wants = Wants()
    pace: Pace = Pace()


@dataclass(frozen=True, slots=True)
class AppriseConfig:
    """A service that the library Apprise knows, by its address."""

    name: str
    url: str = field(repr=False)
    """Holds the token of the service."""
    timeout: timedelta = timedelta(seconds=15)
    wants: Wants = Wants()
    pace: Pace = Pace()


ChannelConfig = EmailConfig | WebhookConfig | AppriseConfig
