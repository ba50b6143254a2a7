"""Tables of what is watched: sources, their checks, their passages that come and go."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, Text, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from monitor.record.tables.columns import Time


class ArchiveTable(SQLModel, table=True):
    """One row: which installation this is."""

    __tablename__: ClassVar[Any] = "archive"

    id: int = Field(primary_key=True)
    instance: str = Field(sa_type=Text)
    """Random; makes the keys of deliveries differ between installations."""
    created_at: datetime = Field(sa_type=Time)
    chained: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether everything kept by earlier schemas is in the chains of its sources."""


class RobotsTable(SQLModel, table=True):
    """The robots.txt of a host, as it was last read."""

    __tablename__: ClassVar[Any] = "robots"

    origin: str = Field(sa_type=Text, primary_key=True)
    packed: bytes | None = None
    expires_at: datetime = Field(sa_type=Time)
    failed_at: datetime | None = Field(default=None, sa_type=Time)


class SourceTable(SQLModel, table=True):
    """One row a source, kept when it is no longer watched; its state between two checks."""

    __tablename__: ClassVar[Any] = "sources"
    __table_args__ = (
        Index("sources_due", "next_check_at", sqlite_where=text("next_check_at IS NOT NULL"),
              postgresql_where=text("next_check_at IS NOT NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(sa_type=Text, unique=True)
    """The id of the source in the configuration."""
    site: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    url: str = Field(sa_type=Text)
    definition: str = Field(sa_type=Text)
    """JSON of the source as configured, without its request headers: they may hold secrets."""
    tags: str = Field(default="[]", sa_type=Text, sa_column_kwargs={"server_default": "[]"})
    """JSON: as in the definition, for filters."""
    language: str | None = Field(default=None, sa_type=Text)
    """BCP 47 tag of the current version's text."""
    watched: bool
    """Whether it is configured and enabled."""
    next_check_at: datetime | None = Field(default=None, sa_type=Time)
    lease_owner: str | None = Field(default=None, sa_type=Text)
    lease_expires_at: datetime | None = Field(default=None, sa_type=Time)
    last_checked_at: datetime | None = Field(default=None, sa_type=Time)
    last_outcome: str | None = Field(default=None, sa_type=Text)
    last_detail: str = Field(default="", sa_type=Text)
    last_success_at: datetime | None = Field(default=None, sa_type=Time)
    last_full_at: datetime | None = Field(default=None, sa_type=Time)
    last_unchanged_at: datetime | None = Field(default=None, sa_type=Time)
    etag: str | None = Field(default=None, sa_type=Text)
    last_modified: str | None = Field(default=None, sa_type=Text)
    body_digest: str | None = Field(default=None, sa_type=Text)
    gate: str | None = Field(default=None, sa_type=Text)
    version: int | None = None
    turned_at: datetime | None = Field(default=None, sa_type=Time)
    told_version: int | None = None
    extractor: int | None = None
    rules: str | None = Field(default=None, sa_type=Text)
    drift: str | None = Field(default=None, sa_type=Text)
    shell_at: datetime | None = Field(default=None, sa_type=Time)
    failures: int = 0
    troubled_at: datetime | None = Field(default=None, sa_type=Time)
    pending_snapshot: str | None = Field(default=None, sa_type=Text)
    pending_first_seen_at: datetime | None = Field(default=None, sa_type=Time)
    pending_reason: str | None = Field(default=None, sa_type=Text)
    pending_captures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    indexed: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Number of the last version whose passages are noted."""
    checks: int = 0
    changes: int = 0


class VolatileTable(SQLModel, table=True):
    """One row a passage of a source that has come and gone."""

    __tablename__: ClassVar[Any] = "volatile"
    __table_args__ = (UniqueConstraint("source_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    key: str = Field(sa_type=Text)
    """SHA-256 of the words the passage is compared by, hexadecimal."""
    words: str = Field(sa_type=Text)
    sample: str = Field(sa_type=Text)
    flips: int
    first_seen_at: datetime = Field(sa_type=Time)
    last_seen_at: datetime = Field(sa_type=Time)


class CheckTable(SQLModel, table=True):
    """One row a check, whatever it found."""

    __tablename__: ClassVar[Any] = "checks"
    __table_args__ = (Index("checks_of_source", "source_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    started_at: datetime = Field(sa_type=Time)
    duration_ms: int
    outcome: str = Field(sa_type=Text)
    detail: str = Field(sa_type=Text)
    http_status: int | None = None
    stage: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    """Where it was decided, by `rule`; empty where that was not kept."""
    rule: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    verdict: str | None = Field(default=None, sa_type=Text)
    words: str | None = Field(default=None, sa_type=Text)
    """JSON: the first passages it rests on; `NULL` for none."""
    version: int | None = None
    """Number of the version it wrote or found again."""
    change_id: int | None = None
