"""Explanations, reviews and reminders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
DELIVERY = (
    "id, key, channel, event, source_id, change_id, outage_id, state, created_at, "
    "next_attempt_at, lease_owner, lease_expires_at"
)
ATTEMPT = "id, delivery_id, tried_at, ok, answer"


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "rules",
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision"),
    )
    op.create_table(
        "reviews",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reviewed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"]),
        sa.PrimaryKeyConstraint("change_id"),
    )
    for column in (
        sa.Column("stage", sa.Text(), server_default="", nullable=False),
        sa.Column("rule", sa.Text(), server_default="", nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("change_id", sa.Integer(), nullable=True),
    ):
        op.add_column("checks", column)
    op.add_column("snapshots", sa.Column("rules", sa.Text(), nullable=True))
    op.add_column("outages", _count("reminders"))
    op.add_column("outages", sa.Column("reminded_at", TIME, nullable=True))
    op.add_column("sources", sa.Column("troubled_at", TIME, nullable=True))
    op.execute(
        "UPDATE sources SET troubled_at = (SELECT MIN(c.started_at) FROM checks c "
        "WHERE c.source_id = sources.id AND c.id > (SELECT COALESCE(MAX(o.id), 0) FROM checks o "
        "WHERE o.source_id = sources.id AND o.outcome NOT IN ('failed', 'blocked'))) "
        "WHERE failures > 0"
    )
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
        return
    op.add_column("deliveries", _count("reminder"))
    op.drop_constraint("deliveries_once_an_outage", "deliveries", type_="unique")
    op.create_unique_constraint(
        "deliveries_once_an_outage", "deliveries", ["outage_id", "event", "channel", "reminder"]
    )


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def _rebuild() -> None:
    """Copy deliveries into a table with the new constraint: SQLite cannot alter one.

    Attempts are copied along, so that no row ever refers to a table that is gone.
    """
    _deliveries("deliveries_0003")
    op.execute(f"INSERT INTO deliveries_0003 ({DELIVERY}) SELECT {DELIVERY} FROM deliveries")  # noqa: S608 - our own words
    # Numbers of deleted deliveries are not given again by the copy either.
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'deliveries_0003'")
    op.execute(
        "INSERT INTO sqlite_sequence (name, seq) "
        "SELECT 'deliveries_0003', seq FROM sqlite_sequence WHERE name = 'deliveries'"
    )
    op.create_table(
        "attempts_0003",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("tried_at", TIME, nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries_0003.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(f"INSERT INTO attempts_0003 ({ATTEMPT}) SELECT {ATTEMPT} FROM attempts")  # noqa: S608 - our own words
    op.drop_table("attempts")
    op.drop_table("deliveries")
    op.rename_table("deliveries_0003", "deliveries")
    op.rename_table("attempts_0003", "attempts")
    op.create_index("attempts_of_delivery", "attempts", ["delivery_id", "id"], unique=False)
    for name, column, state in (
        ("deliveries_unsent", "channel", "state <> 'sent'"),
        ("deliveries_waiting", "next_attempt_at", "state = 'pending'"),
    ):
        op.create_index(name, "deliveries", [column], unique=False, sqlite_where=sa.text(state))


def _deliveries(name: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("outage_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("next_attempt_at", TIME, nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_expires_at", TIME, nullable=True),
        _count("reminder"),
        sa.CheckConstraint(
            "(change_id IS NULL) <> (outage_id IS NULL)", name="deliveries_about_one_thing"
        ),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"]),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("change_id", "event", "channel", name="deliveries_once_a_change"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint(
            "outage_id", "event", "channel", "reminder", name="deliveries_once_an_outage"
        ),
        sqlite_autoincrement=True,
    )
