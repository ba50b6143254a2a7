"""PostgreSQL's own programs, ``pg_dump``, ``pg_restore`` and ``psql``: copies of an archive."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from monitor.errors import ArchiveError
from monitor.record import schema
from monitor.record.address import database_at, replaced_at
from monitor.record.postgres import PostgresDatabase

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.record.engine import Database

_FORMER = ("bodies",)
"""Tables that only copies of earlier schemas hold."""
_OLDER = "server version mismatch"
"""What the programs say of a newer server, in English."""
_OTHERS = (
    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


def dump(database: Database, file: Path) -> None:
    """Write the tables of an archive, as they are at one moment, in ``pg_dump``'s own format."""
    assert isinstance(database, PostgresDatabase)
    tables = [part for name in _tables() for part in ("--table", name)]
    _run(database, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", *tables,
         "--file", str(file))  # fmt: skip


def restore(url: str, file: Path, now: datetime, *, force: bool) -> Path | None:
    """Put the tables of a copy in place of those that are there, in one transaction."""
    database = database_at(url, create=False)
    assert isinstance(database, PostgresDatabase)
    try:
        return _restore(database, file, now, force=force)
    finally:
        database.close()


def _restore(database: PostgresDatabase, file: Path, now: datetime, *, force: bool) -> Path | None:
    text = _run(database, "pg_restore", "--data-only", "--table=alembic_version", "--file=-",
                str(file), connected=False)  # fmt: skip
    found = re.search(r"^COPY \S*alembic_version .*\n(\S+)$", text, re.MULTILINE)
    schema.refuse_unknown(found[1] if found else None)
    with database.read() as connection:
        others = connection.value(_OTHERS)
        there = connection.value("SELECT to_regclass('alembic_version') IS NOT NULL")
    if others and not force:
        raise ArchiveError(
            f"{others} other sessions use this database; stop the monitor, or say --force"
        )
    saved = None
    if there:
        saved = replaced_at(file.absolute(), now)
        saved.touch(mode=0o600)
        dump(database, saved)
    dropping = f"DROP TABLE IF EXISTS {', '.join((*_tables(), *_FORMER))} CASCADE"
    with TemporaryDirectory(prefix="monitor-") as folder:
        script = Path(folder) / "restore.sql"
        _run(database, "pg_restore", "--no-owner", "--no-privileges", "--file", str(script),
             str(file), connected=False)  # fmt: skip
        _run(database, "psql", "--no-psqlrc", "--quiet", "--single-transaction",
             "--set=ON_ERROR_STOP=1", "--command", dropping, "--file", str(script))  # fmt: skip
    return saved


def _tables() -> tuple[str, ...]:
    from sqlmodel import SQLModel

    from monitor.record import tables

    assert tables.__all__
    return (*sorted(SQLModel.metadata.tables), "passage_words", "alembic_version")


def _run(database: PostgresDatabase, program: str, *arguments: str, connected: bool = True) -> str:
    """Run one of PostgreSQL's programs; the password is in its environment, for nobody to see."""
    path = shutil.which(program)
    if path is None:
        raise ArchiveError(
            f"{program} is not there; install PostgreSQL's client programs, as new as the server"
        )
    given = conninfo_to_dict(database.address)
    password = given.pop("password", None)
    environ = {**os.environ, "PGTZ": "UTC"}
    if password is not None:
        environ["PGPASSWORD"] = str(password)
    target = [f"--dbname={make_conninfo('', **given)}"] if connected else []
    done = subprocess.run(  # noqa: S603 - a program of the system's, with our own arguments
        [path, *arguments, *target], env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = " ".join(done.stderr.split())[-600:]
        advice = f"; put a {program} as new as the server first in PATH" if _OLDER in last else ""
        raise ArchiveError(f"{path} failed ({last}){advice}")
    return done.stdout
