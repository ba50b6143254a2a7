"""An archive as lines of JSON, one record each: docs/exporting.md and docs/export.schema.json.

::

    archive, rules …, (batch, trouble …,) end
    source, body, capture …, version …, change …, review …, …, end     a group a source
    end

Each group ends in a line that says how many records it has and what they sum up to, and so does
the whole.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple, cast

from monitor.errors import RecordError, UsageError
from monitor.record.leaving import Seal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from monitor.record import Archive
    from monitor.record.leaving import Record

_GZIP = b"\x1f\x8b"
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST = 512 * 1024 * 1024
"""Bytes of the longest line that is read."""

Came = Literal["added", "equal", "different"]


class Arrived(NamedTuple):
    """What became of a source of an export."""

    source: str
    came: Came
    """``equal`` where all of it was there already, ``different`` where something else was."""


def lines(
    archive: Archive, sources: Sequence[str], *, deliveries: bool = False
) -> Iterator[tuple[str, bytes]]:
    """Yield an export line by line, each with the source it is of; empty for the others."""
    groups = 0
    names = ["", *sources]
    for name, group in zip(
        names, archive.moving.records(sources, deliveries=deliveries), strict=True
    ):
        seal = Seal()
        for record in group:
            seal.add(record)
            yield name, _line(record)
        groups += 1
        yield name, _line(_end(seal, name))
    yield "", _line({"type": "end", "groups": groups})


def _end(seal: Seal, source: str) -> Record:
    return {"type": "end", "source": source, "records": seal.count, "sha256": seal.sha256}


def _line(record: Record) -> bytes:
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    if _SURROGATE.search(text):
        # Half a pair, out of a page's own JSON or entities, is no UTF-8.
        text = json.dumps(record, separators=(",", ":"))
    return text.encode() + b"\n"


def take(archive: Archive, stream: BinaryIO) -> Iterator[Arrived]:
    """Take an export over, source by source; those that have a history here are left alone.

    Raises:
        UsageError: A line cannot be used; the message has its number. The sources before it are
            there whole, and the one it is of not at all.
        ArchiveError: It cannot be written, or does not read back equal.

    """
    reading = _Reading(stream)
    try:
        arrival = archive.moving.arrive(next(reading.group(), {}))
        arrival.surroundings(reading.rest())
        for slug in reading.sources():
            before = archive.moving.seal(slug, deliveries=arrival.deliveries)
            if before is None:
                arrival.source(reading.group())
                came: Came = "added"
            else:
                same = reading.passed(deliveries=arrival.deliveries) == before.sha256
                came = "equal" if same else "different"
            yield Arrived(slug, came)
        arrival.end()
    except RecordError as error:
        raise UsageError(f"line {reading.number}: {error}") from None


class _Reading:
    """The lines of an export; a group is read until its end, and its sum is compared."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.number = 0
        self._first: Record | None = None
        """The first record of a group, where that was looked at already."""
        self._group: Iterator[Record] | None = None
        self._groups = 1

    def group(self) -> Iterator[Record]:
        """Yield the records of a group; raises `RecordError` where it is not what left."""
        self._group = self._read_group()
        return self._group

    def rest(self) -> Iterator[Record]:
        """Go on with the group that was begun."""
        assert self._group is not None
        return self._group

    def sources(self) -> Iterator[str]:
        """Yield the source that comes next, until there is none."""
        while True:
            record = self._record()
            if record.get("type") == "end" and "groups" in record:
                if record["groups"] != self._groups:
                    raise RecordError(f"{self._groups} groups came, of {record['groups']}")
                return
            self._first = record
            self._groups += 1
            yield str(record.get("source"))

    def passed(self, *, deliveries: bool) -> str:
        """Read over a group; return what its records sum up to."""
        seal = Seal()
        for record in self.group():
            if deliveries or record.get("type") != "delivery":
                seal.add(record)
        return seal.sha256

    def _read_group(self) -> Iterator[Record]:
        seal = Seal()
        while True:
            record, self._first = self._first or self._record(), None
            if record.get("type") == "end":
                if (record.get("records"), record.get("sha256")) != (seal.count, seal.sha256):
                    raise RecordError("the records before it are not those that were exported")
                return
            seal.add(record)
            yield record

    def _record(self) -> Record:
        line = self._stream.readline(_LONGEST)
        self.number += 1
        if not line:
            raise RecordError("the export is cut short; what came before it was taken over")
        try:
            found: Any = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise RecordError(f"is no JSON object: {line[:60]!a}")
        return cast("Record", found)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open an export, gzipped or not; raises `UsageError` where it cannot be read."""
    try:
        with path.open("rb") as file:
            packed = file.peek(2)[:2] == _GZIP
            if not packed:
                yield file
                return
            with gzip.open(file) as unpacked:
                yield cast("BinaryIO", unpacked)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None
