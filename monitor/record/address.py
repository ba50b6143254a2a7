"""Which database an address means."""

from __future__ import annotations

from datetime import UTC
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from monitor.errors import ArchiveError
from monitor.record.sqlite import BUSY_S, SqliteDatabase

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.record.engine import Database

_FORMS = "sqlite:////folder/monitor.db or postgresql+psycopg://user@host/name"


def file_at(url: str) -> Path | None:
    """Return the file of a SQLite address; `None` for any other."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1:
        # As SQLAlchemy reads it: three slashes and a relative path, four and an absolute one.
        return Path(unquote(parts.path[1:]))
    return None


def replaced_at(path: Path, now: datetime) -> Path:
    """Name the file that keeps what is replaced at `now`; one that is not there yet."""
    first = path.with_name(f"{path.name}.replaced-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    names = (first.with_name(f"{first.name}-{number}") for number in count(2))
    return next(name for name in chain([first], names) if not name.exists())


def database_at(url: str, *, create: bool) -> Database:
    """Connect to the database at an address; `create` makes a SQLite file that is not there.

    Raises:
        ArchiveError: it is no address, or cannot be opened.

    """
    parts = urlsplit(url)
    path = file_at(url)
    if path is not None:
        return SqliteDatabase(path, create=create, busy_s=_timeout(parts.query))
    if parts.scheme in {"postgresql", "postgresql+psycopg"}:
        from monitor.record.postgres import PostgresDatabase

        return PostgresDatabase(url)
    raise ArchiveError(f"{parts.scheme or url}: not a database address; write {_FORMS}")


def _timeout(query: str) -> float:
    given = parse_qs(query).get("timeout", [str(BUSY_S)])[0]
    try:
        return float(given)
    except ValueError:
        raise ArchiveError(f"timeout={given}: write a number of seconds") from None
