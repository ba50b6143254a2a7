"""Model values as JSON and compressed JSON, and back; knows nothing of SQL.

A field that a model gains later, with a default, is stored and read without a change here, and
values stored before it existed are read with its default.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

from monitor.errors import ArchiveError
from monitor.model import (
    Candidate,
    Comparison,
    Dates,
    Document,
    Edit,
    Finding,
    Hop,
    Hunk,
    Page,
    PolicyDate,
    Rules,
    Run,
    Schedule,
    Section,
    SectionChange,
    Source,
)
from monitor.record import packing

if TYPE_CHECKING:
    from collections.abc import Iterable

Value = TypeVar("Value")

CANDIDATES_KEPT = 12
"""Dates passed over that are kept with a version, besides those chosen; its own come first."""

# Fields that hold model values, times or durations; all others hold what JSON holds, and tuples.
_NESTED: dict[type, dict[str, type]] = {
    Document: {"sections": Section, "dates": Dates},
    Dates: {
        "updated": PolicyDate,
        "effective": PolicyDate,
        "published": PolicyDate,
        "bare": PolicyDate,
        "candidates": Candidate,
    },
    Candidate: {"date": PolicyDate},
    Comparison: {"edits": Edit},
    Edit: {"hunks": Hunk},
    Hunk: {"runs": Run},
    Finding: {},
    Hop: {},
    PolicyDate: {},
    Page: {"rules": Rules},
    Rules: {"pages": Page},
    Run: {},
    Schedule: dict.fromkeys(("every", "least", "most", "jitter"), timedelta),
    Section: {},
    SectionChange: {},
    Source: {
        "schedule": Schedule,
        "rules": Rules,
        "timeout": timedelta,
        "confirm_after": timedelta,
        "remind_after": timedelta,
        "keep_for": timedelta,
        "remind_before": timedelta,
        "mute_until": datetime,
    },
}

# Names and defaults of every field.
_FIELDS: dict[type, tuple[tuple[str, object], ...]] = {
    kind: tuple(
        (
            field.name,
            field.default if field.default_factory is MISSING else field.default_factory(),
        )
        for field in fields(kind)
    )
    for kind in _NESTED
}


def dump(value: object) -> str:
    """Write a model value, or a tuple of them, as compact JSON."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def load(kind: type[Value], text: str) -> Value:
    """Read one model value that `dump` wrote."""
    return _built(kind, json.loads(text))


def load_all(kind: type[Value], text: str) -> tuple[Value, ...]:
    """Read a tuple of model values that `dump` wrote."""
    return tuple(_built(kind, item) for item in json.loads(text))


def built_all(kind: type[Value], found: Iterable[dict[str, Any]]) -> tuple[Value, ...]:
    """Build model values from what `unpack_plain` read."""
    return tuple(_built(kind, item) for item in found)


def write(value: object) -> bytes:
    """Write a model value as JSON in UTF-8; half a surrogate pair is kept as it is."""
    return dump(value).encode("utf-8", "surrogatepass")


def read(kind: type[Value], written: bytes) -> Value:
    """Read one model value that `write` wrote."""
    return load(kind, written.decode("utf-8", "surrogatepass"))


def pack(value: object, base: bytes = b"") -> bytes:
    """Write a model value as compressed JSON, against `base` where it repeats much of that."""
    return packing.pack(write(value), base)


def unpack_plain(packed: bytes, base: bytes = b"") -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Read plain JSON that `pack` wrote against the same base; arrays become tuples.

    Raises:
        ArchiveError: it is damaged.

    """
    try:
        text = packing.unpack(packed, base).decode("utf-8", "surrogatepass")
        return _tupled(json.loads(text))
    except ValueError as error:
        raise ArchiveError(f"a record is damaged ({error}). Restore a backup") from error


def trimmed(document: Document) -> Document:
    """Leave out what a stored version does not need: dropped parts and most passed-over dates."""
    return replace(document, dates=_trimmed_dates(document.dates), dropped=())


def without_candidates(dates: Dates) -> Dates:
    """Keep the dates that were chosen, for a history's summary."""
    return replace(dates, candidates=())


def _trimmed_dates(dates: Dates) -> Dates:
    if len(dates.candidates) <= CANDIDATES_KEPT:
        return dates
    passed = sorted(
        (found for found in dates.candidates if not found.chosen), key=lambda found: not found.own
    )[:CANDIDATES_KEPT]
    kept = (found for found in dates.candidates if found.chosen or found in passed)
    return replace(dates, candidates=tuple(kept))


def _plain(value: object) -> object:
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in cast("Iterable[object]", value)]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime):
        return value.isoformat()
    if not is_dataclass(value):
        return value
    pairs = ((name, getattr(value, name), default) for name, default in _FIELDS[type(value)])
    return {name: _plain(item) for name, item, default in pairs if item != default}


def _built(kind: type[Value], found: dict[str, Any]) -> Value:
    nested = _NESTED[kind]
    known = dict(_FIELDS[kind])
    values = {
        name: _part(nested[name], item) if name in nested else _tupled(item)
        for name, item in found.items()
        if name in known
    }
    return kind(**values)


def _part(kind: type, found: Any) -> Any:  # noqa: ANN401 - JSON has no narrower type
    if found is None:
        return None
    if kind is timedelta:
        return timedelta(seconds=found)
    if kind is datetime:
        return datetime.fromisoformat(found)
    if isinstance(found, (list, tuple)):
        return tuple(_built(kind, item) for item in found)
    return _built(kind, found)


def _tupled(found: Any) -> Any:  # noqa: ANN401 - JSON has no narrower type
    if isinstance(found, list):
        return tuple(_tupled(item) for item in found)
    if isinstance(found, dict):
        return {key: _tupled(item) for key, item in found.items()}
    return found
