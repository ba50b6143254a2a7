"""Alembic migrations, run by `monitor.record.schema` only where the schema is behind."""
