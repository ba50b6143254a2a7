"""One contract, two databases: every test that takes `url` or `archive` runs on both."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from postgres_server import on_server

from monitor.record import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLES = (
    "sources", "checks", "contents", "snapshots", "versions", "changes", "outages", "deliveries",
    "attempts", "rules", "batches", "troubles", "deadlines", "change_findings", "links",
    "passages", "passage_words", "seals",
)  # fmt: skip
_NUMBERS = count()


@pytest.fixture(scope="session")
def postgres_ready(postgres: str) -> str:
    """Return the address of a database that holds the newest schema."""
    on_server(postgres, "CREATE DATABASE ready")
    address = postgres.replace("NAME", "ready")
    Archive.open(address).close()
    return address


@pytest.fixture
def empty_postgres(postgres: str) -> Iterator[str]:
    """Return the address of an empty database."""
    name = f"empty{next(_NUMBERS)}"
    on_server(postgres, f"CREATE DATABASE {name}")
    yield postgres.replace("NAME", name)
    on_server(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    """Return where a SQLite database is to be made."""
    return tmp_path / "state" / "monitor.db"


@pytest.fixture
def sqlite_url(sqlite_path: Path) -> str:
    """Return the address of that database."""
    return f"sqlite:///{sqlite_path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a database of its own for this test."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    address = request.getfixturevalue("postgres_ready")
    on_server(address, f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY CASCADE")
    yield address


@pytest.fixture
def archive(url: str) -> Iterator[Archive]:
    """Open an empty archive."""
    with Archive.open(url) as opened:
        yield opened


@pytest.fixture
def sqlite_archive(sqlite_url: str) -> Iterator[Archive]:
    """Open an empty archive where one kind of database says enough."""
    with Archive.open(sqlite_url) as opened:
        yield opened
