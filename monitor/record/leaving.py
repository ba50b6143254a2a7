"""An archive as records that any program can read; `monitor.record.arriving` takes them in.

A record is what JSON holds. Nothing in it depends on the database it came from, but for `id`.
"""

# ruff: noqa: S608 - statements are put together from this package's own words; values are parameters

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from monitor.record import codec, contents, documents, versions
from monitor.record.shapes import NUMBERED, shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from monitor.record.engine import Connection, Row
    from monitor.record.shapes import Column, Shape

Record = dict[str, Any]

OF_SOURCE = ("version", "change", "review", "link", "deadline", "check", "passage", "outage")
"""What follows a source and its captures, in order."""
_NAMED = {"version": "number", "batch": "key"}
"""What rows are referred to by, where that is not their place."""
_RULES = (
    "SELECT * FROM rules WHERE revision IN ("
    "SELECT rules FROM snapshots WHERE source_id = :source_id "
    "UNION SELECT rules FROM versions WHERE source_id = :source_id) ORDER BY revision"
)
_DELIVERIES = "source_id = :source_id"
_OF_CHANNELS = "source_id IS NULL"


class Seal:
    """Sums up records, so that those that arrived can be compared with those that left."""

    def __init__(self) -> None:
        self.count = 0
        self._sum = hashlib.sha256()

    def add(self, record: Record) -> None:
        """Take one more record; the numbers that a database gave it do not count."""
        plain = {key: value for key, value in record.items() if key != "id"}
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
        self._sum.update(text.encode() + b"\n")
        self.count += 1

    @property
    def sha256(self) -> str:
        """The sum, hexadecimal."""
        return self._sum.hexdigest()


class Leaving:
    """Reads what leaves, inside one transaction: one state of the archive."""

    def __init__(self, connection: Connection, *, deliveries: bool) -> None:
        self._connection = connection
        self._deliveries = deliveries
        self._places: dict[str, dict[int, Any]] = {}
        """By type of record, what a row's number is called in records."""

    def surroundings(self) -> Iterator[Record]:
        """Yield what belongs to no source.

        Time stamps; and with deliveries digests, channels that refuse, and who is told of it.
        """
        yield from self._rows(shapes()["seal"], "SELECT * FROM seals ORDER BY id")
        if not self._deliveries:
            return
        yield from self._rows(shapes()["batch"], "SELECT * FROM batches ORDER BY id")
        yield from self._rows(shapes()["trouble"], "SELECT * FROM troubles ORDER BY id")
        yield from self._owed(_OF_CHANNELS)

    def source(self, slug: str) -> Iterator[Record]:
        """Yield all there is of a source, one body in memory at a time."""
        row = self._connection.row("SELECT * FROM sources WHERE slug = :slug", slug=slug)
        assert row is not None
        yield self._record(shapes()["source"], row)
        of = {"source_id": row["id"]}
        yield from self._rows(shapes()["rules"], _RULES, **of)
        yield from self._captures(row["id"])
        for kind in OF_SOURCE:
            shape = shapes()[kind]
            if shape.of_source:
                sql = f"SELECT * FROM {shape.table} WHERE source_id = :source_id ORDER BY id"
            else:
                sql = (
                    f"SELECT t.* FROM {shape.table} t JOIN changes c ON c.id = t.change_id "
                    "WHERE c.source_id = :source_id ORDER BY c.id"
                )
            yield from self._rows(shape, sql, **of)
        if self._deliveries:
            yield from self._owed(_DELIVERIES, **of)

    def _captures(self, source_id: int) -> Iterator[Record]:
        sql = (
            "SELECT n.*, c.digest FROM snapshots n JOIN contents c ON c.id = n.body "
            "WHERE n.source_id = :source_id ORDER BY n.id"
        )
        told: set[bytes] = set()
        found = self._connection.rows(sql, source_id=source_id)
        self._name("capture", found)
        for row in found:
            if row["digest"] not in told:
                told.add(row["digest"])
                yield body_record(row["digest"].hex(), contents.get(self._connection, row["body"]))
            yield self._record(shapes()["capture"], row)

    def _owed(self, where: str, **given: Any) -> Iterator[Record]:  # noqa: ANN401 - any column's value
        sql = f"SELECT * FROM deliveries WHERE {where} ORDER BY id"
        tries = "SELECT * FROM attempts WHERE delivery_id = :id ORDER BY id"
        for row in self._connection.rows(sql, **given):
            record = self._record(shapes()["delivery"], row) | {"id": row["id"]}
            attempts = self._connection.rows(tries, id=row["id"])
            shape = shapes()["attempt"]
            record["attempts"] = [self._values(shape, attempt) for attempt in attempts]
            yield record

    def _rows(self, shape: Shape, sql: str, **given: Any) -> Iterator[Record]:  # noqa: ANN401 - any column's value
        found = self._connection.rows(sql, **given)
        self._name(shape.type, found)
        for row in found:
            yield self._record(shape, row)

    def _name(self, kind: str, found: Sequence[Row]) -> None:
        if kind in _NAMED:
            self._places[kind] = {row["id"]: row[_NAMED[kind]] for row in found}
        elif kind in NUMBERED:
            self._places[kind] = {row["id"]: place for place, row in enumerate(found, 1)}

    def _place(self, kind: str, number: int) -> Any:  # noqa: ANN401 - a number, or a batch's key
        if kind not in self._places:
            # Of no source, and so perhaps not read before.
            table = shapes()[kind].table
            self._name(kind, self._connection.rows(f"SELECT * FROM {table} ORDER BY id"))
        return self._places[kind].get(number)

    def _record(self, shape: Shape, row: Row) -> Record:
        record: Record = {"type": shape.type}
        if shape.numbered:
            record |= {shape.type: self._places[shape.type][row["id"]], "id": row["id"]}
        return record | self._values(shape, row)

    def _values(self, shape: Shape, row: Row) -> Record:
        columns = (column for column in shape.columns if column.to != "delivery")
        return {column.key: self._value(column, row) for column in columns}

    def _value(self, column: Column, row: Row) -> Any:  # noqa: ANN401 - what JSON holds
        value = row[column.name]
        if value is None:
            return None
        match column.kind:
            case "content":
                return row["digest"].hex()
            case "document":
                text = documents.written(self._connection, value).decode("utf-8", "surrogatepass")
                return json.loads(text)
            case "comparison":
                return codec.unpack_plain(value, self._base(row))
            case "reference":
                return self._place(column.to, value)
            case _:
                return _PLAIN.get(column.kind, _as_it_is)(value)

    def _base(self, row: Row) -> bytes:
        """Return the documents that a change's edits are packed against."""
        if not row["against_documents"]:
            return b""
        pair = (
            versions.current(self._connection, row["source_id"], row[name])["document"]
            for name in ("from_version", "to_version")
        )
        return b"".join(documents.written(self._connection, number) for number in pair)


def written(at: datetime) -> str:
    """Write a time as records hold it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _as_it_is(value: object) -> object:
    return value


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "boolean": bool,
    "digest": bytes.hex,
    "time": written,
    "json": json.loads,
    "packed": codec.unpack_plain,
    "heads": codec.unpack_plain,
}
"""How values become what JSON holds, where they are not already."""


def body_record(digest: str, body: bytes) -> Record:
    """Return the record of a body: as text where it is UTF-8, so that people can read it."""
    try:
        return {"type": "body", "sha256": digest, "text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"type": "body", "sha256": digest, "base64": base64.b64encode(body).decode()}
