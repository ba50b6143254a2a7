"""SQLite: one file in write-ahead mode, many readers, one writer at a time."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from threading import Lock
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from monitor.errors import ArchiveError
from monitor.record.engine import Connection, Database, Row, storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

BUSY_S = 30.0
"""How long a statement waits for another process to finish writing."""
TURN_S = 0.02
"""How soon a program that starts beside another asks again for its turn."""
QUICK_CHECK_BYTES = 16 * 1024 * 1024
"""Files up to this size are checked whole whenever they are opened; it takes milliseconds."""


class SqliteConnection(Connection):
    """One connection to the file; times are stored as ISO 8601 text of fixed width."""

    add_words = "INSERT INTO passage_words (rowid, words) VALUES (:id, :words)"
    drop_words = (
        "INSERT INTO passage_words (passage_words, rowid, words) VALUES ('delete', :id, :words)"
    )
    found_words = "SELECT rowid FROM passage_words WHERE passage_words MATCH :query"

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw
        self._durable: bool | None = None

    def begin(self, *, write: bool, durable: bool) -> None:
        """Begin a transaction; one that writes waits here until nobody else does."""
        if write and durable is not self._durable:
            self.raw.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._durable = durable
        self.raw.execute("BEGIN IMMEDIATE" if write else "BEGIN")

    def execute(self, sql: str, values: Mapping[str, Any]) -> sqlite3.Cursor:
        """Run one statement."""
        return self.raw.execute(sql, stored(values))

    def run_many(self, sql: str, many: Iterable[Mapping[str, Any]]) -> None:
        """Run one statement once for each set of values."""
        self.raw.executemany(sql, (stored(values) for values in many))

    def catch_up(self, table: str) -> None:
        """Do nothing: SQLite looks at the rows themselves."""

    def close(self) -> None:
        """Close the connection."""
        self.raw.close()

    def word_query(self, words: Iterable[tuple[str, bool]]) -> str:
        """Write it as FTS5 reads it."""
        return " AND ".join(f'"{word}"{"*" if prefix else ""}' for word, prefix in words)

    @property
    def usable(self) -> bool:
        """Whether the connection is open and outside of any transaction."""
        try:
            return not self.raw.in_transaction
        except sqlite3.ProgrammingError:
            return False

    def read_rows(self, names: list[str], found: list[tuple[Any, ...]]) -> list[Row]:
        """Turn tuples into rows, times into aware UTC."""
        rows = super().read_rows(names, found)
        times = [name for name in names if name.endswith("_at")]
        for row in rows:
            for name in times:
                if row[name] is not None:
                    row[name] = datetime.fromisoformat(row[name])
        return rows


def stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write values as SQLite keeps them: times as UTC text that sorts as time does."""
    kept = {name: storable(value) for name, value in values.items()}
    for name, value in kept.items():
        if isinstance(value, datetime):
            kept[name] = as_text(value)
    return kept


def as_text(time: datetime) -> str:
    """Write a time as ``2026-01-31T09:30:00.000000Z``; all have the same width."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


class SqliteDatabase(Database):
    """A database file, created on demand with the folder it lies in."""

    sized = (
        "SELECT (page_count - freelist_count) * page_size "
        "FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
    )
    errors = (sqlite3.Error,)

    def __init__(self, path: Path, *, create: bool, busy_s: float = BUSY_S) -> None:
        super().__init__()
        self.path = path
        self._busy_s = busy_s
        self._writing = Lock()
        self._prepare_folder(create=create)
        with self.explained():
            self._return(self.connect())

    def connect(self) -> SqliteConnection:
        """Open one more connection to the file."""
        raw = sqlite3.connect(
            f"file:{quote(str(self.path))}?mode=rwc",
            uri=True,
            timeout=self._busy_s,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._set_up(raw)
        except sqlite3.Error:
            raw.close()
            raise
        return SqliteConnection(raw)

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """Write everything in the block, or nothing; this process's threads take turns."""
        # Waiting here is fair and costs nothing; SQLite's own waiting polls.
        with self._writing, super().write(durable=durable) as connection:
            yield connection

    def explain(self, error: Exception) -> ArchiveError:
        """Say what went wrong and what to do about it."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        advice = _ADVICE.get(code, "{error}")
        return ArchiveError(f"{self.path}: {advice.format(path=self.path, error=error)}")

    def back_up(self, copy: Path) -> None:
        """Copy the database, as it is at this moment, into a new file."""
        with self.explained():
            make_private(copy)
            source, target = self.connect(), sqlite3.connect(copy)
            try:
                source.raw.backup(target)
            finally:
                target.close()
                source.close()

    def vacuum(self) -> None:
        """Write the file anew without what is free inside; needs as much room again meanwhile."""
        with self.explained(), self._writing:
            connection = self.connect()
            try:
                connection.raw.execute("VACUUM")
            finally:
                connection.close()

    def check(self) -> None:
        """Read the whole file and compare its parts.

        Raises:
            ArchiveError: the file is damaged.

        """
        with self.read() as connection:
            found = connection.value("PRAGMA quick_check(1)")
        if found != "ok":
            advice = _ADVICE[sqlite3.SQLITE_CORRUPT]
            raise ArchiveError(f"{self.path}: {advice.format(path=self.path, error=found)}")

    def check_if_small(self) -> None:
        """Do as `check` where that takes no time anybody would notice."""
        if self.path.stat().st_size <= QUICK_CHECK_BYTES:
            self.check()

    def _set_up(self, raw: sqlite3.Connection) -> None:
        end = monotonic() + self._busy_s
        while raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                raw.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                # Two programs that start at once: SQLite refuses one at once, to avoid a deadlock.
                if monotonic() > end:
                    raise
                sleep(TURN_S)
        raw.execute("PRAGMA foreign_keys = ON")

    def _prepare_folder(self, *, create: bool) -> None:
        if self.path.is_file():
            return
        if self.path.exists():
            raise ArchiveError(f"{self.path}: is not a file; name a file with --database")
        if not create:
            raise ArchiveError(
                f"{self.path}: there is no database yet; `monitor check` or `monitor run` makes it"
            )
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(
                f"{self.path.parent}: the folder cannot be made ({error.strerror}); make it and "
                "let this user write there, or name another database with --database"
            ) from error
        make_private(self.path)


def make_private(path: Path) -> None:
    """Make an empty file that only its owner can read: SQLite would ask the umask."""
    # Where it cannot be made, SQLite says so in its own words.
    with suppress(OSError):
        path.touch(mode=0o600)


_ADVICE = {
    sqlite3.SQLITE_BUSY: "another process keeps the database locked; stop it or try again later",
    sqlite3.SQLITE_LOCKED: "another process keeps the database locked; stop it or try again later",
    sqlite3.SQLITE_FULL: "the disk is full; nothing was written. Free some space and start again",
    sqlite3.SQLITE_IOERR: (
        "reading or writing failed ({error}); the disk may be full or failing. "
        "What was recorded before is kept"
    ),
    sqlite3.SQLITE_CORRUPT: (
        "the database is damaged ({error}); restore a backup, or save what can be read with "
        "`sqlite3 {path} .recover`"
    ),
    sqlite3.SQLITE_NOTADB: (
        "is not a database; move the file away or name another one with --database"
    ),
    sqlite3.SQLITE_READONLY: (
        "the database may not be written ({error}); let this user write the file and its folder"
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "the database cannot be opened; let this user read and write the file and its folder, "
        "or name another one with --database"
    ),
    sqlite3.SQLITE_CONSTRAINT: (
        "what was to be written contradicts what is stored ({error}); nothing was written. "
        "Another process may have recorded the same"
    ),
}
