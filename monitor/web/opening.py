"""Opens the web view over an archive: who is let in, where it listens."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.web.access import Access
from monitor.web.app import build
from monitor.web.desk import Desk
from monitor.web.pulse import Pulse
from monitor.web.server import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from monitor.record import Archive


@dataclass(frozen=True, slots=True)
class Opening:
    """Where the web view is to be reached, and by whom."""

    host: str
    port: int
    hosts: tuple[str, ...] = ()
    """Names it is reached by, besides its own address."""
    token: str | None = field(default=None, repr=False)
    address: str = ""
    """What people reach it by, without a slash at the end; empty where that is its own address."""


@contextmanager
def open_view(
    archive: Archive,
    opening: Opening,
    clock: Callable[[], datetime],
    pulse: Pulse | None = None,
) -> Iterator[str]:
    """Serve the web view until the block ends; give its address.

    Raises:
        UsageError: it may not, or cannot, listen there; the message says what to do.

    """
    access = Access(opening.host, opening.hosts, opening.token)
    closed = opening.token is not None
    desk = Desk(archive, clock, pulse or Pulse(), opening.address, closed)
    with serving(build(desk, access), opening.host, opening.port) as address:
        yield address
