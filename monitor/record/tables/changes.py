"""Tables of changes and what people thought of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from monitor.record.tables.columns import NEVER_REUSED, Time


class ChangeTable(SQLModel, table=True):
    """The edits between two consecutive versions of a source."""

    __tablename__: ClassVar[Any] = "changes"
    __table_args__ = (
        UniqueConstraint("source_id", "to_version", name="changes_to_version"),
        Index("changes_of_source", "source_id", "first_seen_at"),
        Index("changes_seen", "first_seen_at"),
        NEVER_REUSED,
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
