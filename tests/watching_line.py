"""A line with a real publisher, client and archive; only the clock is the test's."""

from __future__ import annotations

import random
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pages import page
from surroundings import Answer, Site

from monitor.fetch import Fetcher, Limits
from monitor.model import Source
from monitor.pipeline import Pipeline
from monitor.record import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.model import Outcome

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEW_SECTION = b"<h2>4. Training</h2><p>We may use what you write to train our models.</p>"
REST = (
    b"".join(
        b"<h2>%d. Service %d</h2><p>Service number %d is offered under the rules above.</p>"
        % (number, number, number)
        for number in range(4, 24)
    )
    + b"</main>"
)
"""Makes a page long enough for one edited sentence to be a small part of it."""


class Line:
    """A pipeline with a clock that moves when told to."""

    def __init__(self, archive: Archive, fetcher: Fetcher, site: Site) -> None:
        self.archive = archive
        self.site = site
        self.now = START
        dice = random.Random(1)  # noqa: S311 - jitter
        self.pipeline = Pipeline(fetcher, archive, lambda: self.now, dice, "test")
        self.source = Source(
            "acme",
            "Acme",
            "privacy-policy",
            "Privacy policy",
            site.url("/policy"),
            notify=("mail", "hook"),
            allow_private=True,
            robots=False,
            alert_after=2,
        )
        archive.adopt([self.source], START)

    def check(self, after: timedelta = timedelta(hours=12)) -> Outcome:
        """Let time pass, then check."""
        self.now += after
        return self.pipeline.check(self.source).check.outcome

    def serve(self, body: bytes, **headers: str) -> None:
        """Publish a page."""
        self.site.answers["/policy"] = Answer(
            body, headers={"Content-Type": "text/html", **headers}
        )

    @property
    def told(self) -> list[str]:
        """The events in the outbox, oldest first."""
        return [row.event for row in reversed(self.archive.outbox.deliveries(limit=100))]


@contextmanager
def opened(site: Site, folder: Path) -> Iterator[Line]:
    """Open an archive and a client, and publish a first page."""
    limits = Limits(host_spacing=timedelta())
    with (
        Archive.open(f"sqlite:///{folder / 'monitor.db'}") as archive,
        Fetcher(limits, clock=lambda: built.now) as fetcher,
    ):
        built = Line(archive, fetcher, site)
        built.serve(page("english"))
        yield built
