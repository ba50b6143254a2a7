"""Filters of the overview: the tags and the language of a source, the rules of a change."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    tags = sa.Column("tags", sa.Text(), server_default="[]", nullable=False)
    op.add_column("sources", tags)
    op.add_column("sources", sa.Column("language", sa.Text(), nullable=True))
    op.create_table(
        "change_findings",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"]),
        sa.PrimaryKeyConstraint("rule", "change_id"),
    )
    op.create_index("findings_of_change", "change_findings", ["change_id"])
    op.create_index("snapshots_in_quarantine", "snapshots", ["source_id"],
                    sqlite_where=sa.text("role = 'quarantine'"),
                    postgresql_where=sa.text("role = 'quarantine'"))  # fmt: skip
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    labelled = [
        {"id": key, "tags": json.dumps(tags, ensure_ascii=False)}
        for key, definition in connection.execute(sa.text("SELECT id, definition FROM sources"))
        if (tags := json.loads(definition).get("tags"))
    ]
    found = [
        {"change_id": key, "rule": rule}
        for key, findings in connection.execute(sa.text("SELECT id, findings FROM changes"))
        for rule in dict.fromkeys(_rules(json.loads(findings)))
    ]
    if labelled:
        connection.execute(sa.text("UPDATE sources SET tags = :tags WHERE id = :id"), labelled)
    if found:
        connection.execute(
            sa.text("INSERT INTO change_findings (change_id, rule) VALUES (:change_id, :rule)"),
            found,
        )


def _rules(findings: list[dict[str, Any]]) -> list[str]:
    return [finding["rule"] for finding in findings]
