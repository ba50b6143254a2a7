"""Tables of changes, the days they announce, and what people thought of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from monitor.record.tables.columns import NEVER_REUSED, Time


class ChangeTable(SQLModel, table=True):
    """The edits between two consecutive versions of a source."""

    __tablename__: ClassVar[Any] = "changes"
    __table_args__ = (
        UniqueConstraint("source_id", "to_version", name="changes_to_version"),
        Index("changes_of_source", "source_id", "first_seen_at"),
        Index("changes_seen", "first_seen_at"),
        Index("changes_unpacked", "id", sqlite_where=text("against_documents IS NULL"),
              postgresql_where=text("against_documents IS NULL")),
        NEVER_REUSED,
    )  # fmt: skip

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
    announcement: str | None = Field(default=None, sa_type=Text)
    """`NULL` where the change was never assessed."""
    summary: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    score: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    comparison: bytes = Field(sa_type=LargeBinary)
    """Packed JSON: the edits; the lines only where they are not those of the versions."""
    against_documents: bool | None = None
    """Whether the documents of both versions, old and new, are the dictionary it needs; `NULL`
    where an earlier schema packed it alone."""


class DeadlineTable(SQLModel, table=True):
    """A day that a version of a source announces."""

    __tablename__: ClassVar[Any] = "deadlines"
    __table_args__ = (
        UniqueConstraint("source_id", "kind", "due_on", name="deadlines_once_a_day"),
        Index("deadlines_by_day", "due_on"),
        NEVER_REUSED,
    )

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    version_id: int = Field(foreign_key="versions.id")
    change_id: int | None = Field(default=None, foreign_key="changes.id")
    kind: str = Field(sa_type=Text)
    due_on: str = Field(sa_type=Text)
    """ISO 8601 day, of no time zone."""
    words: str = Field(sa_type=Text)
    seen_at: datetime = Field(sa_type=Time)
    reminders: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """The last one recorded: 1 before the day, 2 on it."""


class ChangeFindingTable(SQLModel, table=True):
    """Which changes have a finding of a rule; the findings themselves are in the change's row."""

    __tablename__: ClassVar[Any] = "change_findings"
    __table_args__ = (Index("findings_of_change", "change_id"),)

    rule: str = Field(primary_key=True, sa_type=Text)
    change_id: int = Field(primary_key=True, foreign_key="changes.id")


class ReviewTable(SQLModel, table=True):
    """What a person thought of a change; the latest verdict only."""

    __tablename__: ClassVar[Any] = "reviews"

    change_id: int = Field(primary_key=True, foreign_key="changes.id")
    verdict: str = Field(sa_type=Text)
    note: str = Field(sa_type=Text)
    reviewed_at: datetime = Field(sa_type=Time)
