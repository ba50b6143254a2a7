"""What of each table travels to another archive, and under which names.

Made from the tables themselves, so that a column added there travels too. Numbers that a database
gives are of no use elsewhere: rows are named by their place among those of their source.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Boolean, DateTime, Float, Integer, LargeBinary
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel import SQLModel

from monitor.record import tables

if TYPE_CHECKING:
    from sqlalchemy import Column as SqlColumn
    from sqlalchemy import Table

Kind = Literal[
    "text",
    "integer",
    "number",
    "boolean",
    "time",
    "json",
    "packed",
    "heads",
    "content",
    "document",
    "comparison",
    "digest",
    "reference",
]

TYPES = {
    "sources": "source",
    "snapshots": "capture",
    "versions": "version",
    "changes": "change",
    "reviews": "review",
    "links": "link",
    "deadlines": "deadline",
    "checks": "check",
    "volatile": "passage",
    "outages": "outage",
    "troubles": "trouble",
    "seals": "seal",
    "batches": "batch",
    "deliveries": "delivery",
    "attempts": "attempt",
    "rules": "rules",
}
"""The type of a record, by the table that its rows are of."""
NUMBERED = frozenset({"capture", "change", "deadline", "outage", "trouble"})
"""Records that others refer to by their place; `id` is the number that people know."""
DERIVED = frozenset({"archive", "change_findings", "contents", "passages", "robots"})
"""Tables that are made anew from what travels, or that say which installation this is."""
LEFT = {
    "sources": {"lease_owner", "lease_expires_at", "indexed"},
    "changes": {"against_documents"},
    "deliveries": {"lease_owner", "lease_expires_at"},
}
"""Columns that mean nothing elsewhere."""
_KINDS: dict[tuple[str, str], Kind] = {
    ("sources", "definition"): "json",
    ("rules", "definition"): "json",
    ("snapshots", "body"): "content",
    ("snapshots", "headers"): "packed",
    ("snapshots", "hops"): "json",
    ("versions", "dates"): "json",
    ("versions", "document"): "document",
    ("changes", "sections"): "json",
    ("changes", "old_dates"): "json",
    ("changes", "new_dates"): "json",
    ("changes", "findings"): "json",
    ("changes", "comparison"): "comparison",
    ("checks", "words"): "json",
    ("sources", "tags"): "json",
    ("seals", "heads"): "heads",
}
_KEYS = {("sources", "slug"): "source", ("snapshots", "body"): "sha256"}
_REFERENCES = {("checks", "change_id"): "changes"}
"""Columns that refer to a row without the database knowing."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column, as it travels."""

    name: str
    key: str
    """Its name in a record."""
    kind: Kind
    nullable: bool
    needed: bool
    """Whether every record has to have it: no older program can have left it out."""
    default: Any
    """What stands for one that is missing; `None` where the database knows."""
    to: str = ""
    """The type of record that a reference is to."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One table, as its rows travel."""

    table: str
    type: str
    columns: tuple[Column, ...]
    of_source: bool
    """Whether each row is of one source."""

    @property
    def numbered(self) -> bool:
        """Whether rows are named by their place."""
        return self.type in NUMBERED


@cache
def shapes() -> dict[str, Shape]:
    """Return every shape by the type of its records."""
    assert tables.__all__
    found = {table.name: table for table in SQLModel.metadata.sorted_tables}
    return {kind: _shape(found[name], kind) for name, kind in TYPES.items()}


def _shape(table: Table, kind: str) -> Shape:
    left = LEFT.get(table.name, set()) | {"id", "source_id"}
    columns = tuple(_column(table, column) for column in table.columns if column.name not in left)
    return Shape(table.name, kind, columns, "source_id" in table.columns)


def _column(table: Table, column: SqlColumn[Any]) -> Column:
    place = table.name, column.name
    target = next((key.column.table.name for key in column.foreign_keys), "")
    target = _REFERENCES.get(place, target)
    default = column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
    nullable = bool(column.nullable)
    needed = not nullable and default is None and column.server_default is None
    rules = nullable, needed, default
    if place not in _KINDS and target:
        return Column(column.name, TYPES[target], "reference", *rules, TYPES[target])
    kind = _KINDS.get(place) or _kind(column)
    return Column(column.name, _KEYS.get(place, column.name), kind, *rules)


def _kind(column: SqlColumn[Any]) -> Kind:
    for sql, kind in _SIMPLE:
        if isinstance(column.type, sql):
            return kind
    return "text"


_SIMPLE: tuple[tuple[type, Kind], ...] = (
    (Boolean, "boolean"),
    (DateTime, "time"),
    (Integer, "integer"),
    (Float, "number"),
    (LargeBinary, "digest"),
)
