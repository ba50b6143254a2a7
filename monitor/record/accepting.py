"""Values of a record as columns take them, or why they do not; knows nothing of SQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from monitor.errors import RecordError
from monitor.model import Dates, Document, Edit, Finding, Hop, Rules, SectionChange, Source
from monitor.record import codec

if TYPE_CHECKING:
    from monitor.record.shapes import Column

_UNFIT = (TypeError, KeyError, AttributeError, ValueError, RecursionError)
_SIMPLE: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_MODELS: dict[tuple[str, str], type] = {
    ("source", "definition"): Source,
    ("rules", "definition"): Rules,
    ("version", "dates"): Dates,
    ("change", "old_dates"): Dates,
    ("change", "new_dates"): Dates,
}
_LISTS: dict[tuple[str, str], type] = {
    ("capture", "hops"): Hop,
    ("change", "sections"): SectionChange,
    ("change", "findings"): Finding,
}
"""What JSON has to be, where it is read as one value or as a list of them."""


def value(kind: str, column: Column, found: Any) -> Any:  # noqa: ANN401 - any column's value
    """Return what a column takes for a value of a record of this type.

    Raises `RecordError` where it takes no such value.
    """
    match column.kind:
        case "time":
            return time(found, column.key)
        case "digest":
            return _digest(found, column.key)
        case "packed":
            return codec.pack(_pairs(found))
        case "heads":
            return codec.pack(_heads(found))
        case "comparison":
            return _comparison(found)
        case "json":
            return _json((kind, column.key), found)
        case _:
            mixed = isinstance(found, bool) is not (column.kind == "boolean")
            if mixed or not isinstance(found, _SIMPLE[column.kind]):
                raise RecordError(f"{column.key} of a {kind} is no {column.kind}: {found!r}")
            return found


def document(found: object) -> bytes:
    """Return a document as it is stored; raises `RecordError` where it is none."""
    written = codec.write(found)
    try:
        codec.read(Document, written)
    except _UNFIT as error:
        raise RecordError(f"a document cannot be read: {error}") from None
    return written


def _digest(found: object, key: str) -> bytes:
    try:
        return bytes.fromhex(found) if isinstance(found, str) else b""
    except ValueError:
        raise RecordError(f"{key} is no digest: {found!r}") from None


def _json(place: tuple[str, str], value: object) -> str:
    text = codec.dump(value)
    try:
        if place in _MODELS:
            codec.load(_MODELS[place], text)
        elif place in _LISTS:
            codec.load_all(_LISTS[place], text)
    except _UNFIT as error:
        raise RecordError(f"{place[1]} of a {place[0]} cannot be read: {error}") from None
    return text


def _comparison(value: object) -> object:
    try:
        assert isinstance(value, dict)
        codec.built_all(Edit, value["edits"])
        assert isinstance(value["clear"], bool)
    except (AssertionError, *_UNFIT) as error:
        raise RecordError(f"a comparison cannot be read: {error}") from None
    return value


def _pairs(value: object) -> object:
    pairs = value if isinstance(value, list) else [None]
    for pair in pairs:
        if not (isinstance(pair, list) and [type(part) for part in pair] == [str, str]):
            raise RecordError("headers are no list of names and values")
    return value


def _heads(value: object) -> object:
    for head in value if isinstance(value, list) else [None]:
        if not (isinstance(head, list) and [type(part) for part in head] == [str, int, str]):
            raise RecordError("heads are no list of sources, numbers and digests")
    return value


def time(found: object, key: str) -> datetime:
    """Read a time; raises `RecordError` where it is none, or has no zone."""
    try:
        at = datetime.fromisoformat(str(found))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise RecordError(f"{key} is no time with a zone: {found!r}")
    return at.astimezone(UTC)
