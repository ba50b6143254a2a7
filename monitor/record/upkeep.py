"""What keeps an archive sound and small; nothing that is read changes by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.record import passages, repacking
from monitor.record.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from monitor.record.engine import Database


class Upkeep:
    """The archive's own chores; one transaction a call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def inspect(self) -> None:
        """Read a whole SQLite file and compare its parts; PostgreSQL looks after itself.

        Raises:
            ArchiveError: the file is damaged.

        """
        if isinstance(self._database, SqliteDatabase):
            self._database.check()

    def repack(self, limit: int = 50) -> int:
        """Pack a part of what earlier schemas kept alone; return how much, 0 once all is done.

        A power cut may undo the last of it.
        """
        with self._database.write(durable=False) as connection:
            return repacking.repack(connection, limit)

    def index(self, limit: int = 50) -> int:
        """Make a part of what earlier schemas kept searchable; return how much, 0 in the end.

        A power cut may undo the last of it.
        """
        with self._database.write(durable=False) as connection:
            return passages.catch_up(connection, limit)
