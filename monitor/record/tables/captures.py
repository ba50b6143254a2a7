"""Tables of what was captured and read: contents, snapshots, rules, versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from monitor.record.tables.columns import Time


class ContentTable(SQLModel, table=True):
    """The bytes of a capture or a document, once, however many snapshots and versions show them."""

    __tablename__: ClassVar[Any] = "contents"
    __table_args__ = (
        UniqueConstraint("digest", name="contents_digest"),
        Index("contents_on_base", "base", sqlite_where=text("base IS NOT NULL"),
              postgresql_where=text("base IS NOT NULL")),
        Index("contents_unsorted", "place", sqlite_where=text("place < 0"),
              postgresql_where=text("place < 0")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary)
    """SHA-256 of the bytes."""
    size: int
    """Bytes before they were packed."""
    base: int | None = Field(default=None, foreign_key="contents.id")
    """The content whose bytes are the dictionary `packed` needs; `NULL` where it stands alone."""
    place: int
    """How far from one that stands alone; -1 where it was never compared with others."""
    depth: int
    """How many bases are unpacked to read it."""
    packed: bytes = Field(sa_type=LargeBinary)


class SnapshotTable(SQLModel, table=True):
    """One capture whose body is kept."""

    __tablename__: ClassVar[Any] = "snapshots"
    __table_args__ = (
        Index("snapshots_of_source", "source_id", "body"),
        Index("snapshots_of_body", "body"),
        Index("snapshots_in_quarantine", "source_id", sqlite_where=text("role = 'quarantine'"),
              postgresql_where=text("role = 'quarantine'")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    body: int = Field(foreign_key="contents.id")
    role: str = Field(sa_type=Text)
    """Why it is kept: ``version``, ``pending``, ``variant`` or ``quarantine``."""
    reason: str = Field(sa_type=Text)
    fetched_at: datetime = Field(sa_type=Time)
    claimed: bool
    status: int
    url: str = Field(sa_type=Text)
    final_url: str = Field(sa_type=Text)
    media_type: str = Field(sa_type=Text)
    charset: str | None = Field(default=None, sa_type=Text)
    headers: bytes = Field(sa_type=LargeBinary)
    """Packed JSON: pairs of name and value."""
    hops: str = Field(sa_type=Text)
    """JSON."""
    rules: str | None = Field(default=None, sa_type=Text)
    """Revision of the rules it was read under; `NULL` where that was not kept."""


class RulesTable(SQLModel, table=True):
    """What a revision of rules says."""

    __tablename__: ClassVar[Any] = "rules"

    revision: str = Field(primary_key=True, sa_type=Text)
    definition: str = Field(sa_type=Text)
    """JSON."""


class VersionTable(SQLModel, table=True):
    """A document that differs from the source's previous version."""

    __tablename__: ClassVar[Any] = "versions"
    __table_args__ = (
        UniqueConstraint("source_id", "number", name="versions_number"),
        Index("versions_in_force", "source_id", "fetched_at"),
        Index("versions_of_document", "document"),
    )

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    number: int
    snapshot_id: int = Field(foreign_key="snapshots.id")
    recorded_at: datetime = Field(sa_type=Time)
    fetched_at: datetime = Field(sa_type=Time)
    last_seen_at: datetime = Field(sa_type=Time)
    """The last time the page showed this text; the current version's is in its source's row."""
    cause: str = Field(sa_type=Text)
    extractor: int
    rules: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    words: int
    text_digest: str = Field(sa_type=Text)
    dates: str = Field(sa_type=Text)
    """JSON of the dates chosen."""
    document: int = Field(foreign_key="contents.id")
    """JSON."""
