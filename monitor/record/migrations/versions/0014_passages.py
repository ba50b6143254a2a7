"""Passages and their words, to search in; seals of chains."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
FULL_TEXT = (
    "CREATE VIRTUAL TABLE passage_words USING fts5("
    "words, content='', columnsize=0, detail=none, "
    # What is a word was decided before: all that is not a space.
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M* P* S* Co'\")"
)


def upgrade() -> None:
    """Bring the schema to this revision; what earlier ones kept is taken in later."""
    op.add_column("sources", sa.Column("indexed", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "passages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("from_version", sa.Integer(), nullable=False),
        sa.Column("until_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    for name, columns, condition in (
        ("passages_standing", ["source_id"], "until_version IS NULL"),
        ("passages_gone", ["source_id", "until_version"], "until_version IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(name, "passages", columns, sqlite_where=where, postgresql_where=where)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(FULL_TEXT)
    else:
        op.execute("CREATE TABLE passage_words (id INTEGER PRIMARY KEY, words TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX passage_words_found ON passage_words USING gin (words)")
    op.create_table(
        "seals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sealed_at", TIME, nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("heads", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
