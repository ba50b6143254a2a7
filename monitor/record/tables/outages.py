"""Tables of what fails: sources, channels."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from monitor.record.tables.columns import NEVER_REUSED, Time


class OutageTable(SQLModel, table=True):
    """A source failing for several consecutive checks."""

    __tablename__: ClassVar[Any] = "outages"
    __table_args__ = (
        Index("outages_of_source", "source_id", "id"),
        Index("outages_open", "source_id", unique=True, sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
        NEVER_REUSED,
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
        NEVER_REUSED,
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=Time)
    told_at: datetime | None = Field(default=None, sa_type=Time)
    """When it became one to tell through other channels."""
    closed_at: datetime | None = Field(default=None, sa_type=Time)
    detail: str = Field(sa_type=Text)
    """What the channel last answered before it was told."""
