"""What columns of several tables share."""

from __future__ import annotations

from sqlalchemy import DateTime, Text

Time = DateTime(timezone=True).with_variant(Text(), "sqlite")
"""``timestamptz``; on SQLite ISO 8601 text of fixed width that sorts as time does."""

# Numbers of deleted rows are never given again: keys of deliveries are made from them.
NEVER_REUSED = {"sqlite_autoincrement": True}
