"""Connections and transactions on either database; every driver error leaves as `ArchiveError`.

The statements of this package are SQL that SQLite and PostgreSQL both read, with ``:name``
parameters, run straight on the database's driver: docs/decisions/0005-storage.md says why. Columns
that end in ``_at`` hold times; they go in and come out as aware UTC.
"""

# ruff: noqa: S608 - statements are put together from this package's own words; values are parameters

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from monitor.errors import ArchiveError

Row = dict[str, Any]

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Connection(ABC):
    """One open connection, used by one thread at a time."""

    for_update = ""
    """What a SELECT ends with to hold its rows until the transaction ends."""
    skip_locked = ""
    """The same, passing over rows that somebody else holds."""
    for_reference = ""
    """What a SELECT ends with to keep its rows from being deleted until the transaction ends."""
    add_words: str
    """Statement that makes ``:words``, apart by spaces, those of the passage ``:id``."""
    drop_words: str
    """Statement that takes them away again."""
    found_words: str
    """Query for the ids of the passages that fit ``:query``, which `word_query` wrote."""

    @abstractmethod
    def begin(self, *, write: bool, durable: bool) -> None:
        """Begin a transaction; see `Database.read` and `Database.write`."""

    @abstractmethod
    def execute(self, sql: str, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a driver's cursor
        """Run one statement and return the driver's cursor."""

    @abstractmethod
    def run_many(self, sql: str, many: Iterable[Mapping[str, Any]]) -> None:
        """Run one statement once for each set of values."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection; errors are of no interest by then."""

    @property
    @abstractmethod
    def usable(self) -> bool:
        """Whether the connection is open and outside of any transaction."""

    @abstractmethod
    def word_query(self, words: Iterable[tuple[str, bool]]) -> str:
        """Ask for passages with all these words; those marked may go on."""

    def read_rows(self, names: list[str], found: list[tuple[Any, ...]]) -> list[Row]:
        """Turn a driver's tuples into rows."""
        return [dict(zip(names, row, strict=True)) for row in found]

    def rows(self, sql: str, **values: Any) -> list[Row]:  # noqa: ANN401 - any column's value
        """Run a query and return its rows."""
        cursor = self.execute(sql, values)
        return self.read_rows([column[0] for column in cursor.description], cursor.fetchall())

    def row(self, sql: str, **values: Any) -> Row | None:  # noqa: ANN401 - any column's value
        """Run a query and return its first row."""
        return next(iter(self.rows(sql, **values)), None)

    def value(self, sql: str, **values: Any) -> Any:  # noqa: ANN401 - any column's value
        """Run a query and return the first column of its first row; `None` where there is none."""
        found = self.row(sql, **values)
        return next(iter(found.values())) if found else None

    def run(self, sql: str, **values: Any) -> int:  # noqa: ANN401 - any column's value
        """Run a statement and return how many rows it touched."""
        return int(self.execute(sql, values).rowcount)

    def insert(self, table: str, **values: Any) -> int:  # noqa: ANN401 - any column's value
        """Add one row and return its id."""
        return int(self.value(f"{inserting(table, values)} RETURNING id", **values))

    @abstractmethod
    def catch_up(self, table: str) -> None:
        """Give the next rows of a table numbers above those that were written with theirs."""

    def update(self, table: str, key: int, **values: Any) -> None:  # noqa: ANN401 - any column's value
        """Set columns of the row with this id."""
        columns = ", ".join(f"{name} = :{name}" for name in values)
        self.run(f"UPDATE {table} SET {columns} WHERE id = :id", id=key, **values)


def storable(value: Any) -> Any:  # noqa: ANN401 - any column's value
    """Replace what no database takes in a text: NUL, and halves of surrogate pairs.

    Raises:
        ValueError: a time has no zone.

    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"time without a zone: {value}")
    return value


def inserting(table: str, columns: Iterable[str]) -> str:
    """Write the INSERT statement for these columns."""
    names = tuple(columns)
    marks = ", ".join(f":{name}" for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"


def listed(prefix: str, values: Iterable[object]) -> tuple[str, dict[str, object]]:
    """Write the parenthesised list of an ``IN`` and the values that belong to it."""
    named = {f"{prefix}{number}": value for number, value in enumerate(values)}
    return f"({', '.join(f':{name}' for name in named)})", named


class Database(ABC):
    """A pool of connections to one database; safe to use from many threads."""

    sized: str
    """Query for the bytes in use."""
    errors: tuple[type[Exception], ...]
    """What the driver raises."""

    def __init__(self) -> None:
        self._idle: list[Connection] = []
        self._lock = Lock()
        self._closed = False

    @abstractmethod
    def connect(self) -> Connection:
        """Open one more connection."""

    @abstractmethod
    def explain(self, error: Exception) -> ArchiveError:
        """Say in one sentence what went wrong and what to do about it."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """See one state of the database for as long as the block lasts."""
        with self._transaction(write=False) as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """Write everything in the block, or nothing.

        The death of a program loses nothing of it. With `durable`, neither does that of the
        machine; without, a power cut may lose what was written in the last moments, all of it.
        """
        with self._transaction(write=True, durable=durable) as connection:
            yield connection

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn the driver's errors into `ArchiveError`; the one place where that happens."""
        try:
            yield
        except self.errors as error:
            raise self.explain(error) from error

    def close(self) -> None:
        """Close every connection; one that is in use closes after its transaction."""
        with self._lock:
            idle, self._idle = self._idle, []
            self._closed = True
        for connection in idle:
            connection.close()

    @contextmanager
    def _transaction(self, *, write: bool, durable: bool = True) -> Iterator[Connection]:
        with self.explained():
            connection = self._borrow()
            try:
                connection.begin(write=write, durable=durable)
                yield connection
                connection.execute("COMMIT", {})
            except BaseException:
                self._roll_back(connection)
                raise
            finally:
                self._return(connection)

    def _roll_back(self, connection: Connection) -> None:
        try:
            connection.execute("ROLLBACK", {})
        except self.errors:
            connection.close()

    def _borrow(self) -> Connection:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self.connect()

    def _return(self, connection: Connection) -> None:
        with self._lock:
            if connection.usable and not self._closed:
                self._idle.append(connection)
                return
        connection.close()
