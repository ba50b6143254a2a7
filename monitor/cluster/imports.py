"""Imports as jobs: one a source, of files that every worker can read under the same name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cluster.jobs import IMPORT
from monitor.errors import UsageError
from monitor.exchange.history import History, claimed
from monitor.exchange.index import Index
from monitor.model import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from procrastinate import App
    from procrastinate.jobs import JobDeferrer

    from monitor.daemon import Report
    from monitor.model import Source
    from monitor.wiring import Station

AGAIN = timedelta(minutes=1)
"""After which an import is tried again whose source somebody else was checking."""


def import_job(app: App, source: str, *, wait: timedelta | None = None) -> JobDeferrer:
    """Prepare the import of a source; one at a time, whoever asked for it."""
    later = {"seconds": int(wait.total_seconds())} if wait else None
    return app.configure_task(IMPORT, lock=f"{IMPORT}:{source}", schedule_in=later)


def put(app: App, source: str, files: Sequence[Path], *, deliver: bool) -> None:
    """Put the import of a source in the queue; twice does no harm, one finds nothing new."""
    import_job(app, source).defer(
        source=source, files=[str(file.resolve()) for file in files], deliver=deliver
    )


@dataclass(frozen=True, slots=True)
class Imports:
    """Does imports in threads of a worker."""

    station: Station
    report: Report
    stopping: Callable[[], bool]

    def run(self, source: Source, files: Sequence[str], owner: str, *, deliver: bool) -> bool:
        """Import what the files hold of a source; tell whether that is done.

        It is not where another program holds the source, or this one is to end. What was imported
        stays, and the next one goes on behind it. Raises `ArchiveError`.
        """
        with claimed(self.station.pipeline, source, owner) as free:
            try:
                return free and self._feed(source, files, deliver=deliver)
            except UsageError as error:
                # The file is not there, or is none: for whoever reads the log to mend.
                self.report.say(f"{source.id}: not imported: {error}")
                return True

    def _feed(self, source: Source, files: Sequence[str], *, deliver: bool) -> bool:
        index = Index([Path(name) for name in files], [source.url])
        history = History(self.station.pipeline, source, index, deliver=deliver)
        counts: Counter[str] = Counter()
        for checked in history.feed():
            counts[kind_of(checked.check.outcome)] += 1
            if self.stopping():
                return False
        found = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
        left = f"; left out: {history.skipped.total()}" if history.skipped else ""
        self.report.say(f"{source.id}: imported: {found or 'nothing new'}{left}")
        return True
