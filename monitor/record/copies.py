"""Copies of an archive: made while it is in use, and put back in its place.

A copy of SQLite is a database file of its own; one of PostgreSQL is what ``pg_dump`` writes.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from monitor.errors import ArchiveError
from monitor.record import schema
from monitor.record.address import file_at, replaced_at
from monitor.record.sqlite import SqliteDatabase, make_private

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.record.engine import Database

_SQLITE, _POSTGRES = b"SQLite format 3\0", b"PGDMP"


def back_up(database: Database, file: Path, *, replace: bool) -> None:
    """Write a copy of the database as it is now; everybody else goes on meanwhile.

    Raises:
        ArchiveError: the file is there already, unless it may be replaced, or cannot be written.

    """
    if file.exists() and not replace:
        raise ArchiveError(f"{file}: is there already; name another file, or say --force")
    part = file.with_name(f"{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        if isinstance(database, SqliteDatabase):
            database.back_up(part)
            _settle(part)
        else:
            from monitor.record import pgtools

            pgtools.dump(database, part)
        part.replace(file)
        _sync(file.parent)
    except OSError as error:
        raise ArchiveError(f"{file}: cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)


def restore(url: str, file: Path, now: datetime, *, force: bool) -> Path | None:
    """Put a copy in the place of the database at an address, after saving what is there.

    Returns where that was saved; `None` where there was nothing. The schema is as old as the copy:
    opening the archive brings it up to date.

    Raises:
        ArchiveError: the file is no copy of an archive, is damaged or of a newer program, or others
            are connected to the server's database, unless `force` is given. Nothing has changed.

    """
    try:
        with file.open("rb") as copy:
            start = copy.read(len(_SQLITE))
    except OSError as error:
        raise ArchiveError(f"{file}: cannot be read ({error.strerror})") from error
    path = file_at(url)
    if start.startswith(_POSTGRES) and path is None:
        from monitor.record import pgtools

        return pgtools.restore(url, file, now, force=force)
    if start != _SQLITE or path is None:
        kind = "of SQLite" if start == _SQLITE else "of PostgreSQL"
        known = start == _SQLITE or start.startswith(_POSTGRES)
        advice = (
            f"a copy {kind}, and the database is not; move it with `monitor export jsonl`"
            if known
            else "no copy that `monitor backup` made"
        )
        raise ArchiveError(f"{file}: is {advice}")
    schema.refuse_unknown(_revision(file))
    try:
        return _restore(path, file, now)
    except (OSError, sqlite3.Error) as error:
        raise ArchiveError(f"{path}: the copy cannot be put here ({error})") from error


def _revision(file: Path) -> str | None:
    """Read a whole copy, and return the revision of its schema."""
    try:
        with closing(_reading(file)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise ArchiveError(f"{file}: the copy is damaged ({found})")
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise ArchiveError(f"{file}: is damaged, or no archive ({error})") from error
    return str(row[0]) if row else None


def _restore(path: Path, file: Path, now: datetime) -> Path | None:
    saved = None
    if path.exists():
        saved = replaced_at(path, now)
        _save(path, saved)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _pour(_reading(file), path)
    except sqlite3.DatabaseError:
        # Too damaged to be written to. It has been saved.
        for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            name.unlink(missing_ok=True)
        _pour(_reading(file), path)
    return saved


def _save(path: Path, saved: Path) -> None:
    make_private(saved)
    try:
        _pour(sqlite3.connect(path), saved)
    except sqlite3.DatabaseError:
        shutil.copyfile(path, saved)


def _pour(reading: sqlite3.Connection, target: Path) -> None:
    """Copy a database over another, in one transaction of that other."""
    make_private(target)
    with closing(reading), closing(sqlite3.connect(target, isolation_level=None)) as writing:
        reading.backup(writing)


def _reading(path: Path) -> sqlite3.Connection:
    # A copy that stands alone can be read where nothing may be written, and changes no more.
    alone = "" if Path(f"{path}-wal").exists() else "&immutable=1"
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro{alone}", uri=True)


def _settle(copy: Path) -> None:
    """Make a copy one file that stands alone, and see that it arrived."""
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise ArchiveError(f"{copy}: what was written is damaged ({found}); is the disk failing?")
    _sync(copy)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
