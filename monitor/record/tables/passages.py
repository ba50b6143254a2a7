"""The table of passages, by which the words of all versions are found."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from monitor.record.tables.columns import NEVER_REUSED


class PassageTable(SQLModel, table=True):
    """One row a line of a policy, for as long as it stood there without a break.

    Its words are in ``passage_words``, under the same id: a full-text table on SQLite, a `tsvector`
    with an index on PostgreSQL. The line itself is in the documents.
    """

    __tablename__: ClassVar[Any] = "passages"
    __table_args__ = (
        Index("passages_standing", "source_id", sqlite_where=text("until_version IS NULL"),
              postgresql_where=text("until_version IS NULL")),
        Index("passages_gone", "source_id", "until_version",
              sqlite_where=text("until_version IS NOT NULL"),
              postgresql_where=text("until_version IS NOT NULL")),
        NEVER_REUSED,
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    key: bytes = Field(sa_type=LargeBinary)
    """By which the line is found in a document again."""
    from_version: int
    until_version: int | None = None
    """Number of the last version in a row that has it; `NULL` where the newest has."""
