"""robots.txt as RFC 9309 wants it read: cached a day, absent means allowed, broken means wait."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from protego import Protego

from monitor.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    Read = Callable[[httpx.URL], "Reply"]

SIZE: Final = 512_000
"""Bytes of a robots.txt that are read; RFC 9309, 2.5, asks for at least 500 KiB."""
_DAY: Final = 86_400.0
_TRY_AGAIN: Final = 600.0
_FORGIVEN_AFTER: Final = 30 * _DAY
_LONGEST_DELAY: Final = 30.0
_PRUNE_ABOVE: Final = 20_000
_SERVER_ERRORS: Final = 500


@dataclass(frozen=True, slots=True)
class Reply:
    """What was found at the place of a robots.txt."""

    status: int
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class _Entry:
    packed: bytes | None
    """The compressed file, empty where everything is allowed; `None` where none was ever read."""
    expires_at: float
    failing_since: float | None = None
    """Since when the file has been unreachable; `None` where it is not."""


@lru_cache(maxsize=128)
def _parsed(packed: bytes) -> Protego:
    # Kept compressed and parsed again when needed: thousands of parsed files take much memory.
    return Protego.parse(zlib.decompress(packed).decode("utf-8", "replace"))


class Robots:
    """The rules of every host visited, as they apply to one product name."""

    def __init__(self, product: str, *, monotonic: Callable[[], float]) -> None:
        self._product = product
        self._monotonic = monotonic
        self._entries: dict[str, _Entry] = {}

    def check(self, url: httpx.URL, read: Read) -> float:
        """Return the pause in seconds that the host asks for between visits, often zero.

        Calls `read` with the address of the robots.txt where no fresh copy is at hand.

        Raises:
            FetchError: ``robots``: permanent where the address is disallowed, transient where
                the robots.txt cannot be read.

        """
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        entry = self._entries.get(origin)
        if entry is None or entry.expires_at <= self._monotonic():
            entry = self._renew(entry, read(url.join("/robots.txt")))
            self._keep(origin, entry)
        if entry.packed is None and not self._is_forgiven(entry):
            raise _unreadable(url.host)
        if not entry.packed:
            return 0.0
        rules = _parsed(entry.packed)
        if not rules.can_fetch(str(url), self._product):
            raise FetchError(
                "robots",
                f"robots.txt of {url.host} disallows this address: ask the publisher, "
                "or set robots = false for the source",
                permanent=True,
            )
        return min(rules.crawl_delay(self._product) or 0.0, _LONGEST_DELAY)

    def _renew(self, old: _Entry | None, reply: Reply) -> _Entry:
        now = self._monotonic()
        if reply.status < _SERVER_ERRORS:
            found = bool(reply.body.strip()) and reply.status < 300  # noqa: PLR2004
            return _Entry(zlib.compress(reply.body) if found else b"", now + _DAY)
        # A copy once read outlives its day while the server is in trouble (RFC 9309, 2.4).
        since = now if old is None or old.failing_since is None else old.failing_since
        return _Entry(old.packed if old else None, now + _TRY_AGAIN, since)

    def _is_forgiven(self, entry: _Entry) -> bool:
        # RFC 9309, 2.3.1.4: unreachable for very long counts as absent.
        return (
            entry.failing_since is not None
            and self._monotonic() - entry.failing_since > _FORGIVEN_AFTER
        )

    def _keep(self, origin: str, entry: _Entry) -> None:
        if len(self._entries) > _PRUNE_ABOVE:
            now = self._monotonic()
            fresh = {name: kept for name, kept in self._entries.items() if kept.expires_at > now}
            self._entries = fresh
        self._entries[origin] = entry


def _unreadable(host: str) -> FetchError:
    return FetchError(
        "robots",
        f"robots.txt of {host} cannot be read because of an error of its server; fetching waits "
        "until it can, or set robots = false for the source",
    )
