"""Tables of who is to be told, and how that went."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from monitor.record.tables.columns import NEVER_REUSED, Time


class BatchTable(SQLModel, table=True):
    """Deliveries that are sent as one message; who belongs to it never changes."""

    __tablename__: ClassVar[Any] = "batches"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(sa_type=Text, unique=True)
    channel: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Time)


ABOUT_ONE_THING = " + ".join(
    f"(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)"
    for name in ("change_id", "outage_id", "version_id", "trouble_id", "deadline_id")
) + " = 1"  # fmt: skip
"""Each is about one change, outage, first version, trouble of a channel, or deadline."""


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
        UniqueConstraint(
            "deadline_id", "event", "channel", "reminder", name="deliveries_once_a_deadline"
        ),
        CheckConstraint(ABOUT_ONE_THING, name="deliveries_about_one_thing"),
        Index("deliveries_in_batch", "batch_id", sqlite_where=text("batch_id IS NOT NULL"),
              postgresql_where=text("batch_id IS NOT NULL")),
        Index("deliveries_waiting", "next_attempt_at", sqlite_where=text("state = 'pending'"),
              postgresql_where=text("state = 'pending'")),
        Index("deliveries_unsent", "channel", sqlite_where=text("state <> 'sent'"),
              postgresql_where=text("state <> 'sent'")),
        NEVER_REUSED,
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
    deadline_id: int | None = Field(default=None, foreign_key="deadlines.id")
    batch_id: int | None = Field(default=None, foreign_key="batches.id")
    """The digest it goes with, once that has been put together."""
    reminder: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Which reminder of the outage or deadline, counted from 1; 0 for every other event."""
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
