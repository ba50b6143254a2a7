"""A source's captures from elsewhere, fed to the line in their order.

Knows nothing of where they are: a trove lists them and gives each one out. Whatever ends an import,
the next one goes on behind the last capture that was judged; so it may be run twice, and what it
finds is the same however often it was interrupted.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from monitor.exchange.skipped import UnusableError
from monitor.model.capture import MULTIPART

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from monitor.exchange.ahead import Ahead, Taken
    from monitor.exchange.skipped import Skipped
    from monitor.model import Capture, Source
    from monitor.pipeline import Checked, Pipeline

LEASE = timedelta(hours=6)
"""How long others leave a source alone at most; it is given back when its import ends."""


@contextmanager
def claimed(pipeline: Pipeline, source: Source, owner: str) -> Iterator[bool]:
    """Keep others from checking a source; tell whether nobody was doing so."""
    archive = pipeline.archive
    free = archive.claim(source.id, owner=owner, now=pipeline.clock(), lease=LEASE)
    try:
        yield free
    finally:
        archive.release(source.id, owner=owner)


class Dated(Protocol):
    """Where one capture is to be had."""

    @property
    def at(self) -> datetime:
        """When it was taken, UTC."""


Place = TypeVar("Place", bound=Dated)


class Trove(Protocol[Place]):
    """Captures that were made elsewhere."""

    def places(self, url: str) -> Iterator[Place]:
        """Yield where the captures of an address are, oldest first."""

    def count(self, url: str) -> int:
        """Count them."""

    def capture(self, url: str, place: Place) -> Capture:
        """Give one out, as a capture of an address; raises `UnusableError` where it is none."""

    @property
    def anywhere(self) -> Callable[[str, Place], Capture] | None:
        """What gives one out in another process as well; `None` where only this one can."""


@dataclass(slots=True)
class History(Generic[Place]):
    """The captures of one source; fed once."""

    pipeline: Pipeline
    source: Source
    trove: Trove[Place]
    deliver: bool = False
    skipped: Skipped = field(default_factory=Counter)
    released: Checked | None = None
    """What was taken for confirmed in the end, because no further capture can confirm it."""

    def feed(self, ahead: Ahead | None = None) -> Iterator[Checked]:
        """Send each new capture down the line, then release what is pending.

        With `ahead`, other processes read the captures before their turn.
        Raises `ArchiveError`, `WorkerError` where one of these died, and what the trove raises
        where no more can be had of it.
        """
        self.pipeline.rederive(self.source)
        for found, prepared in self._captures(self._taken(self._new_places(), ahead)):
            yield self.pipeline.ingest(self.source, found, deliver=self.deliver, prepared=prepared)
        self.released = self.pipeline.release(self.source, deliver=self.deliver)

    def _new_places(self) -> Iterator[Place]:
        known = self.pipeline.archive.seen_until(self.source.id)
        now = self.pipeline.clock()
        for place in self.trove.places(self.source.url):
            if known is not None and place.at <= known:
                self.skipped["known"] += 1
            elif place.at > now:
                self.skipped["future"] += 1
            else:
                yield place

    def _taken(
        self, places: Iterable[Place], ahead: Ahead | None
    ) -> Iterable[tuple[Place, Callable[[], Taken]]]:
        give = self.trove.anywhere
        if ahead is not None and give is not None:
            return ahead.read(self.source, give, places)
        return ((place, partial(self._take, place)) for place in places)

    def _take(self, place: Place) -> Taken:
        return self.trove.capture(self.source.url, place), None

    def _captures(self, taken: Iterable[tuple[Place, Callable[[], Taken]]]) -> Iterator[Taken]:
        before: datetime | None = None
        for place, take in taken:
            if place.at == before:
                # Which of them came first nobody knows.
                self.skipped["repeated"] += 1
                continue
            try:
                found, prepared = take()
            except UnusableError as error:
                self.skipped[error.reason] += 1
            else:
                before = place.at
                if len(self.source.urls) > 1 and found.media_type != MULTIPART:
                    self.skipped["single"] += 1
                else:
                    yield found, prepared
