"""A source's captures from elsewhere, fed to the line in their order.

Whatever ends an import, the next one goes on behind the last capture that was judged; so it may be
run twice, and what it finds is the same however often it was interrupted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.errors import UsageError
from monitor.exchange.skipped import UnusableError
from monitor.exchange.warc import capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from monitor.exchange.ahead import Ahead
    from monitor.exchange.index import Index, Place
    from monitor.exchange.skipped import Skipped
    from monitor.model import Capture, Source
    from monitor.pipeline import Checked, Pipeline, Prepared


@dataclass(slots=True)
class History:
    """The captures of one source; fed once."""

    pipeline: Pipeline
    source: Source
    index: Index
    deliver: bool = False
    skipped: Skipped = field(default_factory=Counter)
    released: Checked | None = None
    """What was taken for confirmed in the end, because no further capture can confirm it."""

    def feed(self, ahead: Ahead | None = None) -> Iterator[Checked]:
        """Send each new capture down the line, then release what is pending.

        With `ahead`, other processes read the captures before their turn.
        Raises `ArchiveError`, `WorkerError` where one of these died, or `UsageError` where a file
        is gone.
        """
        self.pipeline.rederive(self.source)
        captures = self._captures(self._new_places())
        for found, prepared in _read(self.source, captures, ahead):
            yield self.pipeline.ingest(self.source, found, deliver=self.deliver, prepared=prepared)
        self.released = self.pipeline.release(self.source, deliver=self.deliver)

    def _new_places(self) -> Iterator[Place]:
        known = self.pipeline.archive.seen_until(self.source.id)
        now = self.pipeline.clock()
        for place in self.index.places(self.source.url):
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
                found = self._capture(place)
            except UnusableError as error:
                self.skipped[error.reason] += 1
            else:
                before = place.at
                yield found

    def _capture(self, place: Place) -> Capture:
        path = self.index.files[place.file]
        try:
            # There may be more files than a program may have open.
            with path.open("rb") as file:
                return capture(file, place.offset, self.source.url, place.at)
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None


def _read(
    source: Source, captures: Iterable[Capture], ahead: Ahead | None
) -> Iterable[tuple[Capture, Prepared | None]]:
    if ahead is None:
        return ((found, None) for found in captures)
    return ahead.read(source, captures)
