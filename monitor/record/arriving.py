"""Records of another archive, written into this one: each is checked, and all are read back."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING, Any

from monitor.errors import ArchiveError, RecordError
from monitor.model import Finding
from monitor.record import accepting, codec, contents, documents, passages, snapshots, versions
from monitor.record.engine import inserting
from monitor.record.leaving import Leaving, Seal
from monitor.record.shapes import shapes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.record.engine import Connection, Row
    from monitor.record.leaving import Record
    from monitor.record.shapes import Column, Shape

SLUG = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_LONGEST = 100
_ID = "id"
_SURROUNDINGS = frozenset({"batch", "trouble"})


class Arriving:
    """Writes records inside one transaction; what a source's refer to has to come before them."""

    def __init__(self, connection: Connection, *, whole: bool, known: Numbers) -> None:
        self._connection = connection
        self._whole = whole
        """Whether the archive was empty: it then takes over the numbers that people know."""
        self._numbers = known
        self._source_id: int | None = None
        self._bodies: dict[str, int] = {}

    def surrounding(self, record: Record) -> None:
        """Write a record that belongs to no source."""
        kind = str(record.get("type"))
        if kind == "delivery":
            self._delivery(record)
        elif kind == "seal":
            columns = self._columns(shapes()["seal"], record)
            held = "SELECT id FROM seals WHERE token = :token"
            if self._connection.value(held, token=columns["token"]) is None:
                self._connection.insert("seals", **columns)
        elif kind in _SURROUNDINGS:
            shape = shapes()[kind]
            name, number = self._there(shape, record)
            if number is None:
                self._add(shape, record)
            else:
                self._numbers.note(shape.type, name, number)
        else:
            raise RecordError(f"a record of type {kind!r} belongs to a source")

    def source(self, records: Iterable[Record], *, deliveries: bool) -> str:
        """Write a source with all its records; return its id.

        Raises:
            RecordError: a record cannot be used; nothing is written.
            ArchiveError: what was written does not read back the same; nothing is written.

        """
        seal = Seal()
        slug = ""
        for record in records:
            if record.get("type") == "delivery" and not deliveries:
                continue
            if not slug:
                slug = self._begin(record)
            else:
                self._take(record)
            seal.add(record)
        assert self._source_id is not None
        passages.take_in(self._connection, self._source_id)
        back = Seal()
        for record in Leaving(self._connection, deliveries=deliveries).source(slug):
            back.add(record)
        if (back.count, back.sha256) != (seal.count, seal.sha256):
            raise ArchiveError(f"{slug}: what was written does not read back the same; left out")
        return slug

    def _there(self, shape: Shape, record: Record) -> tuple[object, int | None]:
        """Return what a record is called, and its row where an interrupted move has written it."""
        called: object
        if shape.type == "batch":
            column, name = "key", record.get("key")
            called = name if isinstance(name, str) else None
        else:
            column, name = _ID, record.get(_ID)
            called = self._number(record.get(shape.type))
        sql = f"SELECT id FROM {shape.table} WHERE {column} = :name"  # noqa: S608 - our own words
        found = self._connection.value(sql, name=name) if isinstance(name, str | int) else None
        return called, found

    def _begin(self, record: Record) -> str:
        if record.get("type") != "source":
            raise RecordError("a source has to come before its records")
        slug = record.get("source")
        if not isinstance(slug, str) or len(slug) > _LONGEST or not SLUG.fullmatch(slug):
            raise RecordError(f"{slug!r} is no id of a source")
        columns = self._columns(shapes()["source"], record)
        # What was configured here before it had any history makes way.
        self._connection.run("DELETE FROM sources WHERE slug = :slug", slug=slug)
        self._source_id = self._connection.insert("sources", **columns)
        self._numbers.of_source()
        return slug

    def _take(self, record: Record) -> None:
        kind = str(record.get("type"))
        if kind == "body":
            self._body(record)
        elif kind == "delivery":
            self._delivery(record)
        elif kind == "rules":
            columns = self._columns(shapes()["rules"], record)
            sql = inserting("rules", columns) + " ON CONFLICT (revision) DO NOTHING"
            self._connection.run(sql, **columns)
        elif kind in shapes() and kind not in {"source", "attempt", "seal", *_SURROUNDINGS}:
            self._add(shapes()[kind], record)
        else:
            raise RecordError(f"records of type {kind!r} are not known; upgrade this program")

    def _body(self, record: Record) -> None:
        text, packed = record.get("text"), record.get("base64")
        try:
            if isinstance(text, str):
                body = text.encode()
            else:
                body = base64.b64decode(packed or "", validate=True)
        except (UnicodeEncodeError, binascii.Error, TypeError):
            raise RecordError("a body is neither text nor base64") from None
        digest = hashlib.sha256(body).hexdigest()
        if digest != record.get("sha256"):
            raise RecordError(f"a body is not the one it says it is: {record.get('sha256')}")
        assert self._source_id is not None
        near = snapshots.near(self._connection, self._source_id, strange=False)
        self._bodies = {digest: contents.put(self._connection, body, near)}

    def _add(self, shape: Shape, record: Record) -> int:
        columns = self._columns(shape, record)
        if shape.of_source:
            columns["source_id"] = self._source_id
        if shape.type == "change":
            columns |= self._compared(columns)
        if shape.numbered:
            place = self._number(record.get(shape.type))
            number = self._insert(shape, record, columns)
            self._numbers.note(shape.type, place, number)
        else:
            number = self._insert(shape, record, columns)
        if shape.type == "version":
            self._numbers.note("version", columns["number"], number)
        elif shape.type == "batch":
            self._numbers.note("batch", columns["key"], number)
        elif shape.type == "change":
            findings = codec.load_all(Finding, columns["findings"])
            versions.note_findings(self._connection, number, findings)
        return number

    def _insert(self, shape: Shape, record: Record, columns: Row) -> int:
        if shape.type == "review":
            self._connection.run(inserting("reviews", columns), **columns)
            return 0
        if self._whole and _ID in record:
            number = self._number(record[_ID])
            taken = f"SELECT 1 FROM {shape.table} WHERE id = :id"  # noqa: S608 - our own words
            if self._connection.value(taken, id=number) is None:
                columns = columns | {"id": number}
        return self._connection.insert(shape.table, **columns)

    def _number(self, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31:
            return value
        raise RecordError(f"{value!r} is no number of a record")

    def _delivery(self, record: Record) -> None:
        given = dict(record)
        attempts = given.pop("attempts", [])
        if not isinstance(attempts, list):
            raise RecordError("attempts are no list")
        columns = self._columns(shapes()["delivery"], given)
        columns["source_id"] = self._source_id
        held = "SELECT id FROM deliveries WHERE key = :key"
        if self._source_id is None and self._connection.value(held, key=columns["key"]):
            return
        number = self._insert(shapes()["delivery"], given, columns)
        shape = shapes()["attempt"]
        for attempt in attempts:
            tried = self._columns(shape, attempt if isinstance(attempt, dict) else {})
            self._connection.insert("attempts", **tried, delivery_id=number)

    def _compared(self, columns: Row) -> Row:
        """Pack the edits of a change against the documents of its versions."""
        assert self._source_id is not None
        between = columns["from_version"], columns["to_version"]
        base = versions.documents_of(self._connection, self._source_id, *between)
        packed = codec.pack(columns["comparison"], base)
        return {"comparison": packed, "against_documents": bool(base)}

    def _columns(self, shape: Shape, record: Record) -> Row:
        known = {column.key for column in shape.columns} | {"type", _ID, shape.type}
        if strange := sorted(record.keys() - known):
            raise RecordError(f"a {shape.type} has {strange[0]!r}, which is not known here")
        columns: Row = {}
        for column in shape.columns:
            if column.to == "delivery":
                continue
            if column.key in record:
                columns[column.name] = self._value(shape.type, column, record[column.key])
            elif column.needed:
                raise RecordError(f"a {shape.type} lacks {column.key!r}")
            elif column.default is not None:
                columns[column.name] = column.default
        return columns

    def _value(self, kind: str, column: Column, value: Any) -> Any:  # noqa: ANN401 - any column's
        if value is None:
            if column.nullable:
                return None
            raise RecordError(f"{column.key} of a {kind} is missing")
        match column.kind:
            case "content":
                return self._known_body(value)
            case "reference":
                return self._numbers.find(column.to, value)
            case "document":
                assert self._source_id is not None
                near = documents.near(self._connection, self._source_id)
                return contents.put(self._connection, accepting.document(value), near)
            case _:
                return accepting.value(kind, column, value)

    def _known_body(self, digest: object) -> int:
        if isinstance(digest, str):
            known = self._bodies.get(digest) or contents.find(self._connection, digest)
            if known is not None:
                return known
        raise RecordError(f"the body {digest!r} is missing")


class Numbers:
    """What records are called, and the numbers this database gave their rows."""

    def __init__(self) -> None:
        self._found: dict[str, dict[Any, int]] = {"batch": {}, "trouble": {}}

    def of_source(self) -> None:
        """Begin another source: its records are counted from 1 again."""
        kept = ("batch", "trouble")
        self._found = {kind: self._found[kind] for kind in kept}

    def note(self, kind: str, name: object, number: int) -> None:
        """Note the number of a row."""
        self._found.setdefault(kind, {})[name] = number

    def find(self, kind: str, name: object) -> int:
        """Return the number of a row; raises `RecordError` where it has not come yet."""
        found = self._found.get(kind, {}).get(name if isinstance(name, str | int) else None)
        if found is None:
            raise RecordError(f"there is no {kind} {name!r} before what refers to it")
        return found
