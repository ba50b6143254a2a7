"""A line to import into, and what it knows afterwards."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from warc_files import URL, day

from monitor.exchange.history import History
from monitor.exchange.index import Index
from monitor.fetch import Fetcher, Limits
from monitor.model import Source
from monitor.pipeline import Pipeline
from monitor.record import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.exchange.ahead import Ahead

SOURCE = Source("acme", "Acme", "privacy-policy", "Privacy policy", URL, notify=("mail",))


@dataclass
class Desk:
    """A pipeline over an archive of its own, and a clock that stands still."""

    pipeline: Pipeline

    @property
    def archive(self) -> Archive:
        return self.pipeline.archive

    def history(self, *files: Path, source: Source = SOURCE) -> History:
        """Open the captures of some files."""
        return History(self.pipeline, source, Index(files, [source.url]))

    def feed(self, *files: Path, stop: int | None = None, ahead: Ahead | None = None) -> History:
        """Import files, or only so many captures, as if the program had died behind the last."""
        history = self.history(*files)
        fed = history.feed(ahead)
        for number, _ in enumerate(fed, 1):
            if number == stop:
                fed.close()
                break
        return history

    def known(self) -> dict[str, Any]:
        """Everything there is to be known of the source, as one value."""
        return {
            "state": replace(self.archive.state("acme"), next_check_at=None),
            "versions": self.archive.versions("acme"),
            "changes": self.archive.history(["acme"]),
            "checks": [replace(row) for row in self.archive.checks("acme", limit=10_000)],
            "volatile": self.archive.volatile("acme"),
        }


@contextmanager
def open_desk(database: Path) -> Iterator[Desk]:
    """Open a desk over a database file."""
    with (
        Archive.open(f"sqlite:///{database}") as archive,
        Fetcher(Limits(), clock=lambda: day(400)) as fetcher,
    ):
        archive.adopt([SOURCE], day(400))
        dice = random.Random(1)  # noqa: S311 - jitter
        yield Desk(Pipeline(fetcher, archive, lambda: day(400), dice, "test"))
