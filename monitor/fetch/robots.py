"""robots.txt as RFC 9309 wants it read: kept a day, absent means allowed, broken means wait."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from protego import Protego

from monitor.errors import FetchError
from monitor.model.robots import RobotsCopy

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import httpx

    Read = Callable[[httpx.URL], "Reply"]

SIZE: Final = 512_000
"""Bytes of a robots.txt that are read; RFC 9309, 2.5, asks for at least 500 KiB."""
_DAY: Final = timedelta(days=1)
_TRY_AGAIN: Final = timedelta(minutes=10)
_FORGIVEN_AFTER: Final = timedelta(days=30)
_LONGEST_DELAY: Final = 30.0
_PRUNE_ABOVE: Final = 20_000
_SERVER_ERRORS: Final = 500


@dataclass(frozen=True, slots=True)
class Reply:
    """What was found at the place of a robots.txt."""

    status: int
    body: bytes = b""


class Shelf(Protocol):
    """Where copies are kept beyond the life of a program."""

    def get(self, origin: str) -> RobotsCopy | None:
        """Return the copy that was read last, fresh or not."""

    def put(self, origin: str, copy: RobotsCopy) -> None:
        """Keep a copy in place of the one before."""


@lru_cache(maxsize=128)
def _parsed(packed: bytes) -> Protego:
    # Kept compressed and parsed again when needed: thousands of parsed files take much memory.
    return Protego.parse(zlib.decompress(packed).decode("utf-8", "replace"))


class Robots:
    """The rules of every host visited, as they apply to one product name."""

    def __init__(
        self, product: str, *, clock: Callable[[], datetime], shelf: Shelf | None = None
    ) -> None:
        self._product = product
        self._clock = clock
        self._shelf = shelf
        self._copies: dict[str, RobotsCopy] = {}

    def check(self, url: httpx.URL, read: Read) -> float:
        """Return the pause in seconds that the host asks for between visits, often zero.

        Calls `read` with the address of the robots.txt where no fresh copy is at hand.

        Raises:
            FetchError: ``robots``: permanent where the address is disallowed, transient where
                the robots.txt cannot be read.

        """
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        copy = self._copies.get(origin)
        if copy is None and self._shelf is not None:
            copy = self._shelf.get(origin)
        if copy is None or not self._is_fresh(copy):
            copy = self._renew(copy, read(url.join("/robots.txt")))
            if self._shelf is not None:
                self._shelf.put(origin, copy)
        self._keep(origin, copy)
        if copy.packed is None and not self._is_forgiven(copy):
            raise _unreadable(url.host)
        if not copy.packed:
            return 0.0
        rules = _parsed(copy.packed)
        if not rules.can_fetch(str(url), self._product):
            raise FetchError(
                "robots",
                f"robots.txt of {url.host} disallows this address: ask the publisher, "
                "or set robots = false for the source",
                permanent=True,
            )
        return min(rules.crawl_delay(self._product) or 0.0, _LONGEST_DELAY)

    def _is_fresh(self, copy: RobotsCopy) -> bool:
        # Where the clock went back, what was read before would stay for as long as that.
        return timedelta() < copy.expires_at - self._clock() <= _DAY

    def _renew(self, old: RobotsCopy | None, reply: Reply) -> RobotsCopy:
        now = self._clock()
        if reply.status < _SERVER_ERRORS:
            found = bool(reply.body.strip()) and reply.status < 300  # noqa: PLR2004
            return RobotsCopy(zlib.compress(reply.body) if found else b"", now + _DAY)
        # A copy once read outlives its day while the server is in trouble (RFC 9309, 2.4).
        since = now if old is None or old.failed_at is None else old.failed_at
        return RobotsCopy(old.packed if old else None, now + _TRY_AGAIN, since)

    def _is_forgiven(self, copy: RobotsCopy) -> bool:
        # RFC 9309, 2.3.1.4: unreachable for very long counts as absent.
        return copy.failed_at is not None and self._clock() - copy.failed_at > _FORGIVEN_AFTER

    def _keep(self, origin: str, copy: RobotsCopy) -> None:
        if len(self._copies) > _PRUNE_ABOVE:
            # Another thread may be adding one.
            known = self._copies.copy()
            self._copies = {name: kept for name, kept in known.items() if self._is_fresh(kept)}
        self._copies[origin] = copy


def _unreadable(host: str) -> FetchError:
    return FetchError(
        "robots",
        f"robots.txt of {host} cannot be read because of an error of its server; fetching waits "
        "until it can, or set robots = false for the source",
    )
