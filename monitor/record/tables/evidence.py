"""Tables that let others check what was kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from monitor.record.tables.columns import Time


class LinkTable(SQLModel, table=True):
    """One link of a source's chain, written in the transaction that writes what it stands for."""

    __tablename__: ClassVar[Any] = "links"
    __table_args__ = (
        UniqueConstraint("source_id", "number", name="links_number"),
        Index("links_of_snapshot", "snapshot_id", unique=True,
              sqlite_where=text("snapshot_id IS NOT NULL"),
              postgresql_where=text("snapshot_id IS NOT NULL")),
        Index("links_of_version", "version_id", unique=True,
              sqlite_where=text("version_id IS NOT NULL"),
              postgresql_where=text("version_id IS NOT NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    number: int
    kind: str = Field(sa_type=Text)
    """``capture``, ``version``, ``pruned`` or ``upgraded``."""
    digest: bytes = Field(sa_type=LargeBinary)
    """SHA-256 of the link's canonical text."""
    snapshot_id: int | None = Field(default=None, foreign_key="snapshots.id")
    """What a ``capture`` stands for; `NULL` once that was pruned."""
    version_id: int | None = Field(default=None, foreign_key="versions.id")
    """What a ``version`` stands for; `NULL` once that was pruned."""
    note: str | None = Field(default=None, sa_type=Text)
    """JSON: what the other kinds say."""


class SealTable(SQLModel, table=True):
    """A time stamp that an authority gave over the heads of chains (RFC 3161)."""

    __tablename__: ClassVar[Any] = "seals"

    id: int | None = Field(default=None, primary_key=True)
    sealed_at: datetime = Field(sa_type=Time)
    """What the token says."""
    authority: str = Field(sa_type=Text)
    """The address that was asked."""
    heads: bytes = Field(sa_type=LargeBinary)
    """Packed JSON: source, number and digest of every last link."""
    token: bytes = Field(sa_type=LargeBinary)
    """The answer, DER."""
