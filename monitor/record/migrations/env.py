"""Runs the migrations over the connection that `monitor.record.schema` hands in."""

from __future__ import annotations

from alembic import context

given = context.config.attributes
context.configure(
    connection=given["connection"],
    # The tables, to write a migration; migrating does without importing them.
    target_metadata=given.get("tables"),
    compare_type=True,
    # The words of passages are no table that classes can describe.
    include_name=lambda name, _kind, _parents: not (name or "").startswith("passage_words"),
    render_as_batch=True,
)
# The caller holds the transaction, so that a failed migration leaves nothing behind.
context.run_migrations()
