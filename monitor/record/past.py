"""Questions about the past that take more than one table to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.record import passages, reading
from monitor.record import sightings as seen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.model import Change, Gap, Hit, InForce
    from monitor.record.engine import Database


class Past:
    """What stood where, when, and how sure that is; one transaction a question."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def in_force(self, source: str, when: datetime, now: datetime) -> InForce | None:
        """Return what a source showed at a time.

        `None` where it had not been seen by then, or what it showed has been pruned.
        """
        with self._database.read() as connection:
            return seen.in_force(connection, source, when, now)

    def gaps(self, source: str, now: datetime) -> tuple[Gap, ...]:
        """Return the times in which nobody saw a source, oldest first; the last may go on."""
        with self._database.read() as connection:
            return seen.sightings(connection, source).gaps(now)

    def search(self, words: str, sources: Sequence[str] = (), limit: int = 20) -> tuple[Hit, ...]:
        """Return passages of all versions that hold all of the words, the last recorded first.

        Words are compared without case and accents; ``"several words"`` stand side by side, and
        ``begin*`` may go on. Without `sources`, those of every source.
        """
        with self._database.read() as connection:
            return passages.search(connection, words, sources, limit)

    def unsearched(self) -> int:
        """Return how many versions `search` does not know yet; `Upkeep.index` takes them in."""
        with self._database.read() as connection:
            return passages.waiting(connection)

    def change_between(self, source: str, old: int, new: int) -> Change | None:
        """Return the change that leads from one version of a source to another."""
        with self._database.read() as connection:
            return reading.change_between(connection, source, old, new)
