"""The archive's lists: pages over all sources and all changes, for interfaces that show many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.record import overview

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.model import Change, Choices, Filters, Gauges, Neighbours, Overview, Source
    from monitor.record.engine import Database


class Lists:
    """What is asked about many sources at once; every answer has a bound, whatever is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sources(
        self, filters: Filters, now: datetime, *, limit: int = 50, offset: int = 0
    ) -> Overview:
        """Return one page of the sources that match, those that need a person first."""
        with self._database.read() as connection:
            return overview.page(connection, filters, now, limit, offset)

    def choices(self) -> Choices:
        """Return the values to filter by."""
        with self._database.read() as connection:
            return overview.choices(connection)

    def changes(
        self,
        filters: Filters,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[Change, ...]:
        """Return changes first seen from `since` and before `until`, newest first."""
        with self._database.read() as connection:
            return overview.recent(connection, filters, since, until, limit, offset)

    def neighbours(self, change_id: int) -> Neighbours:
        """Return the changes of the same source before and after one."""
        with self._database.read() as connection:
            return overview.neighbours(connection, change_id)

    def source(self, ident: str) -> Source | None:
        """Return one source, as last configured."""
        with self._database.read() as connection:
            return overview.source(connection, ident)

    def named(self, idents: Sequence[str]) -> dict[str, Source]:
        """Return these sources by id; those that are not known are missing."""
        with self._database.read() as connection:
            return overview.sources(connection, idents)

    def gauges(self, now: datetime, *, most: int = 0) -> Gauges:
        """Count what there is; times of single sources only where there are at most `most`."""
        with self._database.read() as connection:
            return overview.gauges(connection, now, most)
