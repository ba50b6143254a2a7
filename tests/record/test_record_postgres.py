"""What is particular to PostgreSQL: sessions are few, and shared by everybody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

from monitor.record import Archive, postgres

if TYPE_CHECKING:
    import pytest

COUNT = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


def _sessions(archive: Archive) -> int:
    with archive._database.read() as connection:
        connection.run("SELECT pg_sleep(0.01)")
        return int(connection.value(COUNT))


def test_many_threads_share_a_few_sessions(empty_postgres: str) -> None:
    """A program of many threads opens no more sessions than it may."""
    with Archive.open(empty_postgres) as archive, ThreadPoolExecutor(24) as pool:
        counts = list(pool.map(_sessions, [archive] * 96))
    assert 1 < max(counts) <= postgres.SESSIONS


def test_a_thread_does_not_wait_for_itself(
    empty_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Transactions inside each other go on, however many there are."""
    monkeypatch.setattr(postgres, "PATIENCE_S", 0.01)
    with Archive.open(empty_postgres) as archive, ExitStack() as stack:
        held = [stack.enter_context(archive._database.read()) for _ in range(postgres.SESSIONS + 2)]
        assert [connection.value("SELECT 1") for connection in held] == [1] * len(held)
