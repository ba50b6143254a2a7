"""Captures of a web archive, asked for politely: the Wayback Machine, or any pywb.

The archive is asked for its list of captures, and then for the bytes of each one that differs from
the one before it. It is given time whenever it asks for time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlencode

from monitor.errors import FetchError
from monitor.exchange.cdx import Listed, rows, stamp, worth_asking
from monitor.exchange.payload import decoded
from monitor.exchange.skipped import UnusableError
from monitor.model import Capture, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from monitor.exchange.cdx import Row
    from monitor.fetch import Fetcher

PUBLIC = "https://web.archive.org/web"
PUBLIC_CDX = "https://web.archive.org/cdx/search/cdx"
PAGE = 5_000
"""Lines of a list that are asked for at a time."""
_TRIES = 5
_FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
"""An archive that asks for more time than this is left alone, for the next run."""
_TIMEOUT = timedelta(seconds=90)
_IN_A_ROW = 3
"""Captures that cannot be had, after which it is the archive that is in trouble."""
_TROUBLE = 500
_TOO_MANY = 429
_THEIRS = frozenset(
    {"connection", "content-location", "date", "link", "memento-datetime", "transfer-encoding"}
)
"""Headers of an answer that are about the archive and not about the page."""
_ORIGINAL = "x-archive-orig-"
_REPLAYED = re.compile(r"/(\d{14})id_/")


@dataclass(frozen=True, slots=True)
class Server:
    """Where an archive is."""

    address: str = PUBLIC
    """What stands before the time and the address of a capture."""
    cdx: str = ""
    """Where its list is asked for; beside `address` as pywb has it, unless it is the public one."""
    allow_private: bool = False
    """Whether it may have a private address."""

    @property
    def listing(self) -> str:
        """The address of the list."""
        address = self.address.rstrip("/")
        return self.cdx or (PUBLIC_CDX if address == PUBLIC else f"{address}/cdx")

    def raw(self, listed: Listed) -> str:
        """Return the address of the bytes of a capture, as they were sent."""
        return f"{self.address.rstrip('/')}/{listed.stamp}id_/{listed.url}"


@dataclass(slots=True)
class Wayback:
    """The captures of one address in a web archive.

    Whatever it raises, the captures it gave out before are good, and it can be asked again.
    """

    fetcher: Fetcher
    server: Server
    since: datetime | None
    until: datetime | None
    limit: int | None
    """Captures at most, the oldest first."""
    wait: Callable[[timedelta], None]
    """Told how long the archive is to be left alone; returns when that is over."""
    page: int = PAGE
    _listed: list[Listed] | None = field(default=None, init=False)
    _before: tuple[str, Capture] | None = field(default=None, init=False)
    _broken: int = field(default=0, init=False)

    @property
    def anywhere(self) -> None:
        """Nothing: only this process has them."""

    def places(self, url: str) -> Iterator[Listed]:
        """Yield the captures worth asking for, oldest first."""
        yield from self._list(url)

    def count(self, url: str) -> int:
        """Count them."""
        return len(self._list(url))

    def capture(self, url: str, place: Listed) -> Capture:
        """Ask for the bytes of a capture, unless they are those of the one before.

        Raises:
            UnusableError: the archive lists it and does not serve it.
            FetchError: the archive gives out nothing more for the time being.

        """
        if self._before is not None and place.digest and place.digest == self._before[0]:
            return replace(self._before[1], fetched_at=place.at)
        found = self._replayed(url, place, self._serve(place))
        self._before = place.digest, found
        return found

    def _list(self, url: str) -> list[Listed]:
        if self._listed is None:
            chosen = worth_asking(self._rows(urldefrag(url).url))
            self._listed = sorted(chosen)[: self.limit]
        return self._listed

    def _rows(self, url: str) -> Iterator[Row]:
        """Yield the whole list; each page of it goes on where the one before ended."""
        start = stamp(self.since) if self.since else ""
        seen: set[Row] = set()
        while True:
            query = {"url": url, "output": "json", "limit": str(self.page)}
            query |= {"from": start} if start else {}
            query |= {"to": stamp(self.until)} if self.until else {}
            found = rows(self._ask(f"{self.server.listing}?{urlencode(query)}").body)
            fresh = [row for row in found if row not in seen]
            yield from fresh
            if len(found) < self.page or not fresh:
                return
            start, seen = found[-1].stamp, {row for row in found if row.stamp == found[-1].stamp}

    def _serve(self, place: Listed) -> Capture:
        try:
            answer = self._ask(self.server.raw(place))
        except FetchError as error:
            status = error.status or 0
            if error.kind in {"status", "redirect_loop", "bad_redirect"} and status != _TOO_MANY:
                self._broken += status >= _TROUBLE
                if self._broken < _IN_A_ROW:
                    raise UnusableError("unserved") from None
            elif error.kind in {"too_large", "encoding"}:
                raise UnusableError(
                    "too_large" if error.kind == "too_large" else "encoded"
                ) from None
            raise
        self._broken = 0
        return answer

    def _ask(self, url: str) -> Capture:
        # An archive's own robots.txt is for crawlers; this is its interface for programs.
        asked = Source(
            "archive", "", "", "", url,
            timeout=_TIMEOUT, robots=False, allow_private=self.server.allow_private,
        )  # fmt: skip
        tried = 0
        while True:
            try:
                answer = self.fetcher.fetch(asked)
            except FetchError as error:
                tried += 1
                pause = max(error.retry_after or timedelta(0), _FIRST_WAIT * 2 ** (tried - 1))
                if not _passing(error) or tried == _TRIES or pause > LONGEST_WAIT:
                    raise
                self.wait(pause)
            else:
                assert isinstance(answer, Capture)
                return answer

    def _replayed(self, url: str, place: Listed, answer: Capture) -> Capture:
        """Make of the archive's answer the capture it holds."""
        served = _REPLAYED.search(answer.final_url)
        if served is None or served[1] != place.stamp:
            # It leads to another capture instead.
            raise UnusableError("unserved")
        headers = {name.lower(): value for name, value in answer.headers}
        return replace(
            answer,
            url=url,
            final_url=place.url,
            fetched_at=place.at,
            headers=_original(answer),
            # Some archives replay the bytes as they were packed, and say so in a header of theirs.
            body=decoded(
                answer.body,
                chunked=False,
                encoding=headers.get(f"{_ORIGINAL}content-encoding", ""),
            ),
            hops=(),
            claimed=False,
        )


def _passing(error: FetchError) -> bool:
    if error.kind == "status":
        return error.status == _TOO_MANY or (error.status or 0) >= _TROUBLE
    return error.kind in {"connect", "timeout", "protocol", "dns"}


def _original(answer: Capture) -> tuple[tuple[str, str], ...]:
    """Return the headers of the page, without those of the archive."""
    theirs = [(name, value) for name, value in answer.headers if name.lower().startswith(_ORIGINAL)]
    if theirs:
        return tuple((name[len(_ORIGINAL) :], value) for name, value in theirs)
    return tuple(
        (name, value)
        for name, value in answer.headers
        if name.lower() not in _THEIRS and not name.lower().startswith("x-archive-")
    )
