"""One visitor at a time at each host, and a pause between visits.

A visit is the time one fetch spends at one host: robots.txt, the page, and redirects within the
host belong to one visit. Knows nothing of HTTP.
"""

from __future__ import annotations

import time
from math import inf
from threading import TIMEOUT_MAX, Condition
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    import httpx

_PRUNE_ABOVE: Final = 1000
_STANDARD_PORTS: Final = frozenset({None, 80, 443})


def host_of(url: httpx.URL) -> str:
    """Name the host a visit is paid to; http and https on their usual ports are one host."""
    return url.host if url.port in _STANDARD_PORTS else f"{url.host}:{url.port}"


class Turns:
    """Whose turn it is at each host; shared by all threads."""

    def __init__(
        self, spacing: float, *, monotonic: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self.spacing = spacing
        self._monotonic = monotonic
        self._sleep = sleep
        self._changed = Condition()
        self._visited: set[str] = set()
        self._free_at: dict[str, float] = {}

    def enter(self, host: str, patience: float = inf) -> bool:
        """Wait for the turn at a host, and for nothing else; tell whether it came in time."""
        began = self._monotonic()
        with self._changed:
            left = min(patience, TIMEOUT_MAX)
            if not self._changed.wait_for(lambda: host not in self._visited, left):
                return False
            now = self._monotonic()
            wait = self._free_at.get(host, now) - now
            if wait > patience - (now - began):
                return False
            self._visited.add(host)
        if wait > 0:
            try:
                self._sleep(wait)
            except BaseException:
                self.leave(host, 0.0)
                raise
        return True

    def leave(self, host: str, pause: float) -> None:
        """End a visit; the next one starts `pause` seconds later at the earliest."""
        now = self._monotonic()
        with self._changed:
            self._visited.discard(host)
            self._free_at[host] = max(now + pause, self._free_at.get(host, now))
            if len(self._free_at) > _PRUNE_ABOVE:
                self._free_at = {name: at for name, at in self._free_at.items() if at > now}
            self._changed.notify_all()

    def busy(self, host: str) -> bool:
        """Tell whether entering now would mean waiting."""
        with self._changed:
            free_at = self._free_at.get(host)
            return host in self._visited or (free_at is not None and free_at > self._monotonic())

    def pause(self, host: str) -> float:
        """Return how many seconds the host is to be left alone from now."""
        with self._changed:
            now = self._monotonic()
            return max(self._free_at.get(host, now) - now, 0.0)


class Visit:
    """The one host a fetch is at; leaving the block ends the visit.

    All its waiting for turns together has an end: where many redirects lead to one slow host, the
    fetches that queue there would hold up the checks of other sources.
    """

    def __init__(self, turns: Turns, *, patience: float) -> None:
        self._turns = turns
        self._patience = patience
        self.waited = 0.0
        """Seconds spent waiting for turns so far."""
        self._host: str | None = None
        self._pause = turns.spacing

    def go(self, url: httpx.URL) -> bool:
        """Be at the host of `url`, leaving any other first; tell whether its turn came."""
        host = host_of(url)
        if host == self._host:
            return True
        self.end()
        began = time.monotonic()
        came = self._turns.enter(host, self._patience - self.waited)
        self.waited += time.monotonic() - began
        if came:
            self._host = host
        return came

    def slow_down(self, pause: float) -> None:
        """Ask for a longer pause than usual after this visit."""
        self._pause = max(self._pause, pause)

    def end(self) -> None:
        """Leave the host, if at one."""
        if self._host is not None:
            host, self._host = self._host, None
            self._turns.leave(host, self._pause)
            self._pause = self._turns.spacing

    def __enter__(self) -> Self:
        """Begin at no host."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the visit."""
        self.end()
