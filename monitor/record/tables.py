"""The tables, as SQLModel classes: the one definition that migrations are made from and tested by.

They describe the database and are not imported where it is used: docs/decisions/0005-storage.md.
Times are UTC. Columns that end in ``_at`` are times on every table.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlmodel import Field, SQLModel

Time = DateTime(timezone=True).with_variant(Text(), "sqlite")
"""``timestamptz``; on SQLite ISO 8601 text of fixed width that sorts as time does."""

# Numbers of deleted rows are never given again: keys of deliveries are made from them.
_NEVER_REUSED = {"sqlite_autoincrement": True}


class ArchiveTable(SQLModel, table=True):
    """One row: which installation this is."""

    __tablename__: ClassVar[Any] = "archive"

    id: int = Field(primary_key=True)
    instance: str = Field(sa_type=Text)
    """Random; makes the keys of deliveries differ between installations."""
    created_at: datetime = Field(sa_type=Time)


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
    failures: int = 0
    troubled_at: datetime | None = Field(default=None, sa_type=Time)
    pending_snapshot: str | None = Field(default=None, sa_type=Text)
    pending_first_seen_at: datetime | None = Field(default=None, sa_type=Time)
    pending_reason: str | None = Field(default=None, sa_type=Text)
    pending_captures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
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


class BodyTable(SQLModel, table=True):
    """The bytes of a capture, once, however many snapshots show them."""

    __tablename__: ClassVar[Any] = "bodies"

    digest: str = Field(primary_key=True, sa_type=Text)
    """SHA-256 of the bytes, hexadecimal."""
    size: int
    """Bytes as captured."""
    encoding: str = Field(sa_type=Text)
    """How `content` is packed: ``zstd``."""
    base: str | None = Field(default=None, foreign_key="bodies.digest", sa_type=Text)
    """The body whose bytes are the dictionary `content` needs; `NULL` where it stands alone."""
    content: bytes = Field(sa_type=LargeBinary)


class SnapshotTable(SQLModel, table=True):
    """One capture whose body is kept."""

    __tablename__: ClassVar[Any] = "snapshots"
    __table_args__ = (
        Index("snapshots_of_source", "source_id", "digest"),
        Index("snapshots_of_body", "digest"),
    )

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    digest: str = Field(foreign_key="bodies.digest", sa_type=Text)
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
    document: bytes = Field(sa_type=LargeBinary)
    """Packed JSON."""


class ChangeTable(SQLModel, table=True):
    """The edits between two consecutive versions of a source."""

    __tablename__: ClassVar[Any] = "changes"
    __table_args__ = (
        UniqueConstraint("source_id", "to_version", name="changes_to_version"),
        Index("changes_of_source", "source_id", "first_seen_at"),
        Index("changes_seen", "first_seen_at"),
        _NEVER_REUSED,
    )

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    from_version: int
    to_version: int
    last_seen_unchanged_at: datetime = Field(sa_type=Time)
    first_seen_at: datetime = Field(sa_type=Time)
    confirmed_at: datetime = Field(sa_type=Time)
    verdict: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    alert: bool
    imported: bool
    muted: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    sections: str = Field(sa_type=Text)
    """JSON: what a history shows, without the words."""
    old_dates: str = Field(sa_type=Text)
    new_dates: str = Field(sa_type=Text)
    findings: str = Field(sa_type=Text)
    comparison: bytes = Field(sa_type=LargeBinary)
    """Packed JSON: the edits; the lines only where they are not those of the versions."""


class ReviewTable(SQLModel, table=True):
    """What a person thought of a change; the latest verdict only."""

    __tablename__: ClassVar[Any] = "reviews"

    change_id: int = Field(primary_key=True, foreign_key="changes.id")
    verdict: str = Field(sa_type=Text)
    note: str = Field(sa_type=Text)
    reviewed_at: datetime = Field(sa_type=Time)


class OutageTable(SQLModel, table=True):
    """A source failing for several consecutive checks."""

    __tablename__: ClassVar[Any] = "outages"
    __table_args__ = (
        Index("outages_of_source", "source_id", "id"),
        Index("outages_open", "source_id", unique=True, sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
        _NEVER_REUSED,
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    opened_at: datetime = Field(sa_type=Time)
    closed_at: datetime | None = Field(default=None, sa_type=Time)
    kind: str = Field(sa_type=Text)
    detail: str = Field(sa_type=Text)
    reminders: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    reminded_at: datetime | None = Field(default=None, sa_type=Time)


class TroubleTable(SQLModel, table=True):
    """A channel that refuses what it is sent, from the first refusal to the next acceptance."""

    __tablename__: ClassVar[Any] = "troubles"
    __table_args__ = (
        Index("troubles_open", "channel", unique=True, sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
        _NEVER_REUSED,
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=Time)
    told_at: datetime | None = Field(default=None, sa_type=Time)
    """When it became one to tell through other channels."""
    closed_at: datetime | None = Field(default=None, sa_type=Time)
    detail: str = Field(sa_type=Text)
    """What the channel last answered."""


class BatchTable(SQLModel, table=True):
    """Deliveries that are sent as one message; who belongs to it never changes."""

    __tablename__: ClassVar[Any] = "batches"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(sa_type=Text, unique=True)
    channel: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Time)


ABOUT_ONE_THING = " + ".join(
    f"(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)"
    for name in ("change_id", "outage_id", "version_id", "trouble_id")
) + " = 1"  # fmt: skip
"""Each delivery is about a change, an outage, a first version or a channel's trouble."""


class DeliveryTable(SQLModel, table=True):
    """The obligation to tell one channel about one event."""

    __tablename__: ClassVar[Any] = "deliveries"
    __table_args__ = (
        UniqueConstraint("change_id", "event", "channel", name="deliveries_once_a_change"),
        UniqueConstraint(
            "outage_id", "event", "channel", "reminder", name="deliveries_once_an_outage"
        ),
        UniqueConstraint("version_id", "event", "channel", name="deliveries_once_a_version"),
        UniqueConstraint("trouble_id", "event", "channel", name="deliveries_once_a_trouble"),
        CheckConstraint(ABOUT_ONE_THING, name="deliveries_about_one_thing"),
        Index("deliveries_in_batch", "batch_id", sqlite_where=text("batch_id IS NOT NULL"),
              postgresql_where=text("batch_id IS NOT NULL")),
        Index("deliveries_waiting", "next_attempt_at", sqlite_where=text("state = 'pending'"),
              postgresql_where=text("state = 'pending'")),
        Index("deliveries_unsent", "channel", sqlite_where=text("state <> 'sent'"),
              postgresql_where=text("state <> 'sent'")),
        _NEVER_REUSED,
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(sa_type=Text, unique=True)
    channel: str = Field(sa_type=Text)
    event: str = Field(sa_type=Text)
    source_id: int | None = Field(default=None, foreign_key="sources.id")
    """`NULL` where it is about a channel."""
    change_id: int | None = Field(default=None, foreign_key="changes.id")
    outage_id: int | None = Field(default=None, foreign_key="outages.id")
    version_id: int | None = Field(default=None, foreign_key="versions.id")
    trouble_id: int | None = Field(default=None, foreign_key="troubles.id")
    batch_id: int | None = Field(default=None, foreign_key="batches.id")
    """The digest it goes with, once that has been put together."""
    reminder: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Which reminder of the outage, counted from 1; 0 for every other event."""
    state: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Time)
    next_attempt_at: datetime | None = Field(default=None, sa_type=Time)
    lease_owner: str | None = Field(default=None, sa_type=Text)
    lease_expires_at: datetime | None = Field(default=None, sa_type=Time)


class AttemptTable(SQLModel, table=True):
    """One try of a delivery."""

    __tablename__: ClassVar[Any] = "attempts"
    __table_args__ = (Index("attempts_of_delivery", "delivery_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="deliveries.id")
    tried_at: datetime = Field(sa_type=Time)
    ok: bool
    answer: str = Field(sa_type=Text)
