"""Databases as programs with earlier schemas left them, made from ``schemas/``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keep_schema import FOLDER
from sqlalchemy import Boolean, MetaData, Table, create_engine, text

from monitor.record import schema
from monitor.record.address import database_at

if TYPE_CHECKING:
    from sqlalchemy import Connection

REVISIONS = sorted(path.stem for path in FOLDER.glob("*.json"))


def empty(url: str, revision: str, scratch: Path) -> None:
    """Make a database of an earlier schema, without a row."""
    shutil.copytree(Path(schema.__file__).parent / "migrations", scratch)
    for later in (scratch / "versions").glob("0*.py"):
        if later.name[:4] > revision:
            later.unlink()
    database = database_at(url, create=True)
    schema._migrate(database, url, schema.configuration(str(scratch)))
    database.close()


def filled(url: str, revision: str, scratch: Path) -> None:
    """Make a database of an earlier schema, with what its program recorded."""
    empty(url, revision, scratch)
    kept = json.loads((FOLDER / f"{revision}.json").read_text(), object_hook=_bytes)
    engine = create_engine(url)
    with engine.begin() as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            if rows := kept.get(table.name):
                connection.execute(table.insert(), [_typed(table, row) for row in rows])
                _count_on(connection, table)
    engine.dispose()


def _bytes(found: dict[str, Any]) -> Any:
    return bytes.fromhex(found["hex"]) if found.keys() == {"hex"} else found


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Give PostgreSQL the booleans that SQLite keeps as numbers."""
    return {
        name: bool(value) if isinstance(table.c[name].type, Boolean) else value
        for name, value in row.items()
    }


def _count_on(connection: Connection, table: Table) -> None:
    if connection.dialect.name == "postgresql" and "id" in table.c and table.name != "archive":
        sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
        connection.execute(
            text(f"SELECT setval({sequence}, (SELECT MAX(id) FROM {table.name}))")  # noqa: S608 - our own
        )
