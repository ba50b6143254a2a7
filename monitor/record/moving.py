"""The archive's way to another database: records that leave, and records that arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.errors import RecordError
from monitor.record import accepting
from monitor.record.arriving import Arriving, Numbers
from monitor.record.leaving import Leaving, Seal, written
from monitor.record.schema import HEAD
from monitor.record.shapes import shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.record.engine import Connection, Database
    from monitor.record.leaving import Record

FORMAT = 1
"""Of the records; a program refuses those of a later one."""
_EMPTY = ("snapshots", "changes", "outages", "checks", "deliveries")


class Moving:
    """Reads an archive out as records, and takes those of another one in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def records(
        self, sources: Sequence[str], *, deliveries: bool = False
    ) -> Iterator[Iterator[Record]]:
        """Yield the records of these sources, a group each; the first one is about the archive.

        All are of one instant. A group has to be read before the next one is asked for.

        Raises:
            ArchiveError: what is stored is damaged.

        """
        with self._database.read() as connection:
            leaving = Leaving(connection, deliveries=deliveries)
            yield self._surroundings(connection, leaving, deliveries=deliveries)
            for slug in sources:
                yield leaving.source(slug)

    def _surroundings(
        self, connection: Connection, leaving: Leaving, *, deliveries: bool
    ) -> Iterator[Record]:
        row = connection.row("SELECT instance, created_at FROM archive")
        assert row is not None
        yield {
            "type": "archive",
            "format": FORMAT,
            "schema": HEAD,
            "instance": row["instance"],
            "created_at": written(row["created_at"]),
            "deliveries": deliveries,
        }
        yield from leaving.surroundings()

    def seal(self, source: str, *, deliveries: bool = False) -> Seal | None:
        """Sum up the records of a source; `None` where it has no history here."""
        seal = Seal()
        with self._database.read() as connection:
            if not _has_history(connection, source):
                return None
            for record in Leaving(connection, deliveries=deliveries).source(source):
                seal.add(record)
        return seal

    def arrive(self, header: Record) -> Arrival:
        """Begin to take over the records of an archive.

        Raises `RecordError` where they are not of one, or of a later format.
        """
        if header.get("type") != "archive" or not isinstance(header.get("format"), int):
            raise RecordError("is no export of an archive: its first record does not say so")
        if header["format"] > FORMAT:
            raise RecordError(f"is of format {header['format']}; upgrade this program")
        instance = header.get("instance")
        if not isinstance(instance, str):
            raise RecordError("does not say which archive it is of")
        made_at = accepting.time(header.get("created_at"), "created_at")
        with self._database.write() as connection:
            whole = _is_empty(connection)
            if whole:
                sql = "UPDATE archive SET instance = :instance, created_at = :made_at"
                connection.run(sql, instance=instance, made_at=made_at)
            elif connection.value("SELECT instance FROM archive") == instance:
                # An interrupted move goes on.
                whole = True
        return Arrival(self._database, whole=whole, deliveries=header.get("deliveries") is True)


class Arrival:
    """The records of one archive on their way in; one transaction a source."""

    def __init__(self, database: Database, *, whole: bool, deliveries: bool) -> None:
        self._database = database
        self._numbers = Numbers()
        self.whole = whole
        """Whether this archive becomes the one that was left, with its numbers and deliveries."""
        self.deliveries = deliveries and whole

    def surroundings(self, records: Iterable[Record]) -> None:
        """Take over what belongs to no source."""
        with self._database.write() as connection:
            arriving = self._arriving(connection)
            for record in records:
                if self.whole:
                    arriving.surrounding(record)

    def source(self, records: Iterable[Record]) -> str:
        """Take over a source, and read it back: it is equal, or nothing of it is written.

        Raises `RecordError` where a record cannot be used, and `ArchiveError`.
        """
        with self._database.write() as connection:
            return self._arriving(connection).source(records, deliveries=self.deliveries)

    def end(self) -> None:
        """Let later rows be numbered behind those that came with their numbers."""
        if not self.whole:
            return
        with self._database.write() as connection:
            for shape in shapes().values():
                if shape.numbered or shape.type == "delivery":
                    connection.catch_up(shape.table)

    def _arriving(self, connection: Connection) -> Arriving:
        return Arriving(connection, whole=self.whole, known=self._numbers)


def _has_history(connection: Connection, source: str) -> bool:
    row: dict[str, Any] | None = connection.row(
        "SELECT s.checks FROM sources s WHERE s.slug = :source AND (s.checks > 0 "
        "OR EXISTS (SELECT 1 FROM snapshots n WHERE n.source_id = s.id))",
        source=source,
    )
    return row is not None


def _is_empty(connection: Connection) -> bool:
    return all(
        connection.value(f"SELECT 1 FROM {table} LIMIT 1") is None  # noqa: S608 - our own words
        for table in _EMPTY
    )
