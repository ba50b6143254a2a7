"""Runs the migrations over the connection that `monitor.record.schema` hands in."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import monitor.record.tables  # noqa: F401 - fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
# The caller holds the transaction, so that a failed migration leaves nothing behind.
context.run_migrations()
