"""``monitor import warc`` as a user runs it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from warc_files import BODIES, URL, WarcFile, day, story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from surroundings import Program

SOURCES = f"""
[[source]]
id = "acme"
name = "Privacy policy"
url = "{URL}"

[[source]]
id = "other"
name = "Terms"
url = "https://terms.example.org/"

[[source]]
id = "absent"
name = "Terms"
url = "https://absent.example.org/"
"""
ALL = 145
"""Captures of the long story."""
TABLES = ("versions", "changes", "checks", "snapshots")


@pytest.fixture
def file(program: Program) -> WarcFile:
    """Configure three sources; write captures of two of them."""
    program.write(SOURCES)
    made = WarcFile(program.folder / "one.warc.gz")
    story(made, "aabb")
    made.add(BODIES["a"](), day(1), url="https://terms.example.org")
    made.add(BODIES["a"](), day(1), url="https://example.net/terms")
    return made


def _numbers(program: Program) -> dict[str, int]:
    connection = sqlite3.connect(program.database)
    try:
        return {
            table: connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in TABLES
        }
    finally:
        connection.close()


def test_one_source_is_imported_and_told_nothing_twice(program: Program, file: WarcFile) -> None:
    """What was found goes to stdout, what was left out to stderr; a second run finds nothing."""
    done = program.run("import", "warc", str(file.path), "--source", "acme")
    assert (done.returncode, done.stdout) == (
        0,
        "acme: 4 captures: 1 changed, 1 first, 2 unchanged\n",
    )
    assert done.stderr == "left out: 2 records of other addresses\n"
    (change,) = program.json("history", "acme")
    assert change["imported"]
    assert change["first_seen_at"] == "2025-01-03T12:00:00Z"
    before = _numbers(program)
    again = program.run("import", "warc", str(file.path), "--source", "acme")
    assert again.stdout == "acme: 0 captures: nothing new\n"
    assert "4 records no newer than what is known" in again.stderr
    assert _numbers(program) == before


def test_all_feeds_every_source_the_files_hold(program: Program, file: WarcFile) -> None:
    """Those without a capture are passed over; other policies are pointed out."""
    more = WarcFile(program.folder / "two.warc.gz")
    more.add(BODIES["b"](), day(9), url="https://terms.example.org")
    done = program.run("import", "warc", str(more.path), str(file.path), "--all", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "acme: 4 captures: 1 changed, 1 first, 2 unchanged\nother: 2 captures: 1 changed, 1 first\n"
    )
    assert done.stderr == (
        "left out: 1 record of other addresses\n"
        "1 more address looks like a policy and belongs to no source\n"
    )


def test_damage_is_told_and_the_rest_is_imported(program: Program, file: WarcFile) -> None:
    """Imported with notes is imported: the exit code is 0."""
    content = bytearray(file.path.read_bytes())
    content[file.offsets[1] + 40] ^= 0xFF
    file.path.write_bytes(content)
    done = program.run("import", "warc", str(file.path), "--source", "acme")
    assert done.returncode == 0
    assert done.stdout.startswith("acme: 3 captures")
    assert "left out: 1 record damaged or cut short\n" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("one.warc.gz",), "--source ID, or --all"),
        (("one.warc.gz", "--all", "--source", "acme"), "--source ID, or --all"),
        (("one.warc.gz", "--source", "acem"), "did you mean acme"),
        (("one.warc.gz", "--source", "absent"), "no record of https://absent.example.org/"),
        (("sources.toml", "--all"), "sources.toml: is no WARC file"),
        (("one.warc.gz", "missing.warc", "--all"), "missing.warc: cannot be read"),
    ],
)
def test_mistakes_of_the_command_line_change_nothing(
    program: Program, file: WarcFile, arguments: tuple[str, ...], says: str
) -> None:
    """Exit code 2, one line that says what to do, and nothing is imported."""
    assert file.path.exists()
    done = program.run("import", "warc", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("end", "jobs"), [(signal.SIGINT, "2"), (signal.SIGKILL, "2"), (signal.SIGKILL, "1")]
)
def test_a_program_that_was_ended_goes_on_where_it_was(
    program: Program, end: signal.Signals, jobs: str
) -> None:
    """Ended at whatever moment and run again, it comes to what an uninterrupted one comes to."""
    program.write(SOURCES)
    file = WarcFile(program.folder / "one.warc.gz")
    story(file, "aabbaxbbacca" * 12 + "c")
    command = [*program.command, "import", "warc", str(file.path), "--all", "--jobs", jobs]
    running = _interrupted(program, command, end)
    _, said = running.communicate(timeout=60)
    if end == signal.SIGINT:
        told = "monitor: interrupted; run the same command again to go on\n"
        assert (running.returncode, said) == (130, told)
    assert _checks(program) < ALL
    program("import", "warc", str(file.path), "--all")
    interrupted = program.json("history", "acme")
    program.database.unlink()
    program("import", "warc", str(file.path), "--all")
    assert program.json("history", "acme") == interrupted
    assert interrupted
    assert _checks(program) == ALL


def _interrupted(
    program: Program, command: list[str], end: signal.Signals
) -> subprocess.Popen[str]:
    """Start an import and send it a signal while much is left to do."""
    for _ in range(5):
        running = subprocess.Popen(
            command,
            env=program.environ,
            cwd=program.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        while running.poll() is None and _checks(program) < 20:
            time.sleep(0.01)
        with _locked(program):
            if _checks(program) < ALL:
                running.send_signal(end)
                return running
        # On a busy machine it may be done before anybody has looked.
        running.communicate(timeout=60)
        program.database.unlink()
    pytest.fail("it always ended before it could be interrupted")


@contextmanager
def _locked(program: Program) -> Iterator[None]:
    """Let nobody else write, so that the program stays where it is."""
    connection = sqlite3.connect(program.database, timeout=60, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
    finally:
        connection.close()


def _checks(program: Program) -> int:
    try:
        return _numbers(program)["checks"]
    except sqlite3.Error:
        return 0
