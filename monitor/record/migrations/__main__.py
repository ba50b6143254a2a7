"""Writes the next migration: ``python -m monitor.record.migrations "add colour to sources"``.

What is written is a draft, made of what `monitor.record.tables` has and the newest schema has not;
`HEAD` in `monitor.record.schema` follows it by hand.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from alembic import command
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import monitor.record.tables  # noqa: F401 - fills the metadata
from monitor.record import schema
from monitor.record.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from alembic.script import Script


def draft(message: str, *, number: str, migrations: str = schema.MIGRATIONS) -> Script:
    """Compare the tables with a database of the newest schema, and write the difference."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "newest.db"
        database = SqliteDatabase(path, create=True)
        url = f"sqlite:///{path}"
        schema.bring_up(database, url, datetime.now(UTC), migrations=migrations)
        database.close()
        engine = create_engine(url)
        config = schema.configuration(migrations)
        with engine.connect() as connection:
            config.attributes |= {"connection": connection, "tables": SQLModel.metadata}
            found = command.revision(config, message, autogenerate=True, rev_id=number)
        engine.dispose()
    assert found is not None
    assert not isinstance(found, list)
    return found


if __name__ == "__main__":
    print(draft(sys.argv[1], number=f"{int(schema.HEAD) + 1:04}").path)  # noqa: T201 - a tool for maintainers
