"""What changes mean, and deadlines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
DELIVERY = (
    "id, key, channel, event, source_id, change_id, outage_id, version_id, trouble_id, batch_id, "
    "reminder, state, created_at, next_attempt_at, lease_owner, lease_expires_at"
)
ATTEMPT = "id, delivery_id, tried_at, ok, answer"
ABOUT_ONE_THING = " + ".join(
    f"(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)"
    for name in ("change_id", "outage_id", "version_id", "trouble_id", "deadline_id")
) + " = 1"  # fmt: skip


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("changes", sa.Column("announcement", sa.Text(), nullable=True))
    op.add_column("changes", sa.Column("summary", sa.Text(), server_default="", nullable=False))
    op.add_column("changes", sa.Column("score", sa.Float(), server_default="0", nullable=False))
    op.create_table(
        "deadlines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("reminders", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"]),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source_id", "kind", "due_on", name="deadlines_once_a_day"),
        sqlite_autoincrement=True,
    )
    op.create_index("deadlines_by_day", "deadlines", ["due_on"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
    else:
        _alter()


def _alter() -> None:
    op.add_column("deliveries", sa.Column("deadline_id", sa.Integer(), nullable=True))
    op.create_foreign_key(None, "deliveries", "deadlines", ["deadline_id"], ["id"])
    op.drop_constraint("deliveries_about_one_thing", "deliveries", type_="check")
    op.create_check_constraint("deliveries_about_one_thing", "deliveries", ABOUT_ONE_THING)
    columns = ["deadline_id", "event", "channel", "reminder"]
    op.create_unique_constraint("deliveries_once_a_deadline", "deliveries", columns)


def _rebuild() -> None:
    """Copy deliveries into a table with the new constraints: SQLite cannot alter one.

    Attempts are copied along, so that no row ever refers to a table that is gone.
    """
    _deliveries("deliveries_0007")
    op.execute(f"INSERT INTO deliveries_0007 ({DELIVERY}) SELECT {DELIVERY} FROM deliveries")  # noqa: S608 - our own words
    # Numbers of deleted deliveries are not given again by the copy either.
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'deliveries_0007'")
    op.execute(
        "INSERT INTO sqlite_sequence (name, seq) "
        "SELECT 'deliveries_0007', seq FROM sqlite_sequence WHERE name = 'deliveries'"
    )
    op.create_table(
        "attempts_0007",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("tried_at", TIME, nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries_0007.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(f"INSERT INTO attempts_0007 ({ATTEMPT}) SELECT {ATTEMPT} FROM attempts")  # noqa: S608 - our own words
    op.drop_table("attempts")
    op.drop_table("deliveries")
    op.rename_table("deliveries_0007", "deliveries")
    op.rename_table("attempts_0007", "attempts")
    op.create_index("attempts_of_delivery", "attempts", ["delivery_id", "id"], unique=False)
    for name, column, state in (
        ("deliveries_in_batch", "batch_id", "batch_id IS NOT NULL"),
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
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("outage_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("trouble_id", sa.Integer(), nullable=True),
        sa.Column("deadline_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("reminder", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("next_attempt_at", TIME, nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_expires_at", TIME, nullable=True),
        sa.CheckConstraint(ABOUT_ONE_THING, name="deliveries_about_one_thing"),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"]),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"]),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadlines.id"]),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"]),
        sa.ForeignKeyConstraint(["trouble_id"], ["troubles.id"]),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("change_id", "event", "channel", name="deliveries_once_a_change"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint(
            "deadline_id", "event", "channel", "reminder", name="deliveries_once_a_deadline"
        ),
        sa.UniqueConstraint(
            "outage_id", "event", "channel", "reminder", name="deliveries_once_an_outage"
        ),
        sa.UniqueConstraint("trouble_id", "event", "channel", name="deliveries_once_a_trouble"),
        sa.UniqueConstraint("version_id", "event", "channel", name="deliveries_once_a_version"),
        sqlite_autoincrement=True,
    )
