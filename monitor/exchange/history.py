"""A source's captures from elsewhere, fed to the line in their order.

Knows nothing of where they are: a trove lists them and gives each one out. Whatever ends an import,
the next one goes on behind the last capture that was judged; so it may be run twice, and what it
finds is the same however often it was interrupted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from monitor.exchange.skipped import UnusableError
from monitor.model.capture import MULTIPART

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from monitor.exchange.ahead import Ahead
    from monitor.exchange.skipped import Skipped
    from monitor.model import Capture, Source
    from monitor.pipeline import Checked, Pipeline
    from monitor.reading import Prepared


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
        captures = self._captures(self._new_places())
        for found, prepared in _read(self.source, captures, ahead):
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

    def _captures(self, places: Iterable[Place]) -> Iterator[Capture]:
        before: datetime | None = None
        for place in places:
            if place.at == before:
                # Which of them came first nobody knows.
                self.skipped["repeated"] += 1
                continue
            try:
                found = self.trove.capture(self.source.url, place)
            except UnusableError as error:
                self.skipped[error.reason] += 1
            else:
                before = place.at
                if len(self.source.urls) > 1 and found.media_type != MULTIPART:
                    self.skipped["single"] += 1
                else:
                    yield found


def _read(
    source: Source, captures: Iterable[Capture], ahead: Ahead | None
) -> Iterable[tuple[Capture, Prepared | None]]:
    if ahead is None:
        return ((found, None) for found in captures)
    return ahead.read(source, captures)
