"""PostgreSQL through psycopg, for more than one machine."""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import lru_cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any, LiteralString, cast

from monitor.errors import ArchiveError
from monitor.record.engine import Connection, Database, storable

try:
    import psycopg
except ImportError as missing:
    raise ArchiveError(
        "PostgreSQL needs the extra `postgres`: pip install 'policy-monitor[postgres]'"
    ) from missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SESSIONS = 6
"""Transactions at once in one program: a server has a hundred sessions, and many workers."""
PATIENCE_S = 10
"""How long one waits for another to end, which is done in milliseconds.

It goes ahead after that, for those it waits for may be of its own thread.
"""
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITE = "BEGIN"
_HASTY_WRITE = "BEGIN; SET LOCAL synchronous_commit TO off"
_PARAMETER = re.compile(r":(\w+)")
_PASSWORD = re.compile(r"(?<=:)[^:@/]+(?=@)|(?<=password=)[^&]+")


class PostgresConnection(Connection):
    """One session; its time zone is UTC, so times come back as UTC."""

    for_update = " FOR UPDATE"
    skip_locked = " FOR UPDATE SKIP LOCKED"
    for_reference = " FOR KEY SHARE"
    add_words = (
        "INSERT INTO passage_words (id, words) "
        "VALUES (:id, array_to_tsvector(string_to_array(:words, ' ')))"
    )
    drop_words = "DELETE FROM passage_words WHERE id = :id"
    found_words = "SELECT id FROM passage_words WHERE words @@ CAST(:query AS tsquery)"

    def __init__(self, raw: psycopg.Connection[tuple[Any, ...]]) -> None:
        self.raw = raw

    def begin(self, *, write: bool, durable: bool) -> None:
        """Begin a transaction, in one message."""
        hasty = write and not durable
        self.raw.execute(_HASTY_WRITE if hasty else _WRITE if write else _READ)

    def execute(self, sql: str, values: Mapping[str, Any]) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run one statement."""
        return self.raw.execute(translated(sql), stored(values))

    def run_many(self, sql: str, many: Iterable[Mapping[str, Any]]) -> None:
        """Run one statement once for each set of values."""
        with self.raw.cursor() as cursor:
            cursor.executemany(translated(sql), map(stored, many))

    def catch_up(self, table: str) -> None:
        """Move the table's sequence on."""
        newest = f"SELECT MAX(id) FROM {table}"  # noqa: S608 - our own words
        self.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), ({newest}))", {})

    def close(self) -> None:
        """Close the session."""
        self.raw.close()

    def word_query(self, words: Iterable[tuple[str, bool]]) -> str:
        """Write it as a `tsquery`."""
        return " & ".join(f"'{word}'{':*' if prefix else ''}" for word, prefix in words)

    @property
    def usable(self) -> bool:
        """Whether the session is open and outside of any transaction."""
        idle = psycopg.pq.TransactionStatus.IDLE
        return not self.raw.closed and self.raw.info.transaction_status == idle


def stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write values as PostgreSQL takes them."""
    return {name: storable(value) for name, value in values.items()}


@lru_cache(maxsize=512)
def translated(sql: str) -> LiteralString:
    """Write ``:name`` parameters the way psycopg reads them."""
    # The statements are constants of this package; the type checker cannot follow that far.
    return cast("LiteralString", _PARAMETER.sub(r"%(\1)s", sql))  # type: ignore[redundant-cast] # mypy reads it as str


class PostgresDatabase(Database):
    """A database on a server; the database itself must exist."""

    sized = "SELECT pg_database_size(current_database())"
    errors = (psycopg.Error,)

    def __init__(self, url: str) -> None:
        super().__init__()
        self._turns = BoundedSemaphore(SESSIONS)
        self.url = url
        self.address = url.replace("postgresql+psycopg://", "postgresql://", 1)
        with self.explained():
            self._return(self.connect())

    def connect(self) -> PostgresConnection:
        """Open one more session."""
        return PostgresConnection(
            psycopg.connect(self.address, autocommit=True, options="-c timezone=UTC")
        )

    @contextmanager
    def _transaction(self, *, write: bool, durable: bool = True) -> Iterator[Connection]:
        mine = self._turns.acquire(timeout=PATIENCE_S)
        try:
            with super()._transaction(write=write, durable=durable) as connection:
                yield connection
        finally:
            if mine:
                self._turns.release()

    def explain(self, error: Exception) -> ArchiveError:
        """Say what went wrong and what to do about it."""
        shown = _PASSWORD.sub("***", self.address)
        words = " ".join(str(error).split())
        return ArchiveError(f"{shown}: {_advice(error)} ({words})")


def _advice(error: Exception) -> str:
    found = (text for kind, text in _ADVICE if isinstance(error, kind))
    return next(found, "the database refused; nothing was written")


_ADVICE: tuple[tuple[type[Exception], str], ...] = (
    (psycopg.errors.DiskFull, "the server's disk is full; nothing was written"),
    (psycopg.errors.LockNotAvailable, "another process keeps the database locked; try again later"),
    (psycopg.errors.InsufficientPrivilege, "the user may not do this; grant it the rights"),
    (psycopg.errors.ReadOnlySqlTransaction, "the server takes no writes; name its primary"),
    (
        psycopg.IntegrityError,
        (
            "what was to be written contradicts what is stored; nothing was written. "
            "Another process may have recorded the same"
        ),
    ),
    (
        psycopg.OperationalError,
        (
            "the server cannot be reached or went away; check that it runs and that the address, "
            "user and password are right"
        ),
    ),
)
