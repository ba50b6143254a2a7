"""What keeps an archive sound and small; nothing that is read changes by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.record import copies, passages, pruning, repacking
from monitor.record.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from monitor.model import Pruned, Source
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

    def prune(self, source: Source, now: datetime, *, dry_run: bool = False) -> Pruned:
        """Take away what a source's retention no longer asks for; with `dry_run`, only tell what.

        The last version stays, as do the shown one, what was seen in the last thirty days, what
        has not been told yet, and everything a change that is still listed stands on. The chain
        says what was pruned, and holds.
        """
        with self._database.write() as connection:
            connection.run("SAVEPOINT trial")
            found = pruning.prune(connection, source, now)
            if dry_run:
                connection.run("ROLLBACK TO SAVEPOINT trial")
        return found

    def back_up(self, file: Path, *, replace: bool = False) -> None:
        """Write a copy into a file, as the archive is now; everybody else goes on meanwhile.

        Raises:
            ArchiveError: the file is there already, unless it may be replaced, or cannot be
                written.

        """
        copies.back_up(self._database, file, replace=replace)

    def size(self) -> int:
        """Return the bytes the archive takes; those it will use again are not counted."""
        with self._database.read() as connection:
            return int(connection.value(self._database.sized))

    def compact(self) -> None:
        """Give back to the disk what is free inside a SQLite file; everybody else waits."""
        if isinstance(self._database, SqliteDatabase):
            self._database.vacuum()
