"""Imports that workers do, one of which is killed."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from postgres_server import on_server
from warc_files import BODIES, URL, WarcFile, day, story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from surroundings import Program

SOURCES = f"""
[[source]]
id = "acme"
name = "Privacy policy"
url = "{URL}"
every = "300d"

[[source]]
id = "other"
name = "Terms"
url = "https://terms.example.org/"
every = "300d"
"""
PATIENCE_S = 60.0


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """Make a database."""
    on_server(postgres, "CREATE DATABASE imports")
    yield postgres.replace("NAME", "imports")
    on_server(postgres, "DROP DATABASE imports WITH (FORCE)")


def _until(met: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not met():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_import_outlives_its_worker(program: Program, database: str) -> None:
    """A worker that dies in the middle leaves the rest to another; nothing comes twice."""
    program.write(SOURCES)
    file = WarcFile(program.folder / "one.warc.gz")
    story(file, "aabbaxbbacca" * 3 + "c")
    file.add(BODIES["a"](), day(1), url="https://terms.example.org")
    program("import", "warc", str(file.path), "--all")
    alone = program.json("history", "acme")

    options = ["--config", str(program.config), "--database", database]

    def ask(question: str) -> Any:
        with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as connection:
            row = connection.execute(question.encode()).fetchone()
            assert row is not None
            return row[0]

    queued = program.run("import", "warc", str(file.path), "--all", "--queue", options=options)
    assert queued.stdout == "2 imports put in the queue; workers do them\n"
    first = program.start("worker", out=program.folder / "first.txt", options=options)
    with psycopg.connect(database.replace("+psycopg", "")) as held:
        _until(lambda: ask("SELECT sum(checks) FROM sources") > 5)
        # It stays where it is while it is killed.
        held.execute("LOCK TABLE checks IN EXCLUSIVE MODE")
        first.kill()
        first.wait()
        held.rollback()
    assert ask("SELECT sum(checks) FROM sources") < 38
    second = program.start("worker", out=program.folder / "second.txt", options=options)
    _until(lambda: ask("SELECT count(*) FROM procrastinate_jobs") == 0)
    second.send_signal(signal.SIGTERM)
    assert second.wait(20) == 0
    assert ask("SELECT sum(checks) FROM sources") == 38
    assert ask("SELECT count(*) FROM sources WHERE lease_owner IS NOT NULL") == 0
    said = (program.folder / "second.txt").read_text("utf-8")
    assert "acme: imported: " in said
    theirs = json.loads(program.run("history", "acme", "--json", options=options).stdout)
    assert theirs == alone


def test_a_queue_needs_a_server_database(program: Program) -> None:
    """The message says what to give."""
    program.write(SOURCES)
    file = WarcFile(program.folder / "one.warc.gz")
    story(file, "a")
    done = program.run("import", "warc", str(file.path), "--all", "--queue")
    assert done.returncode == 2
    assert "a cluster needs PostgreSQL" in done.stderr
