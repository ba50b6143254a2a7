"""What goes wrong with files, disks and servers; nothing is ever lost by it."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from record_samples import ACME, HOUR, NOW, at, change, check, first

from monitor.errors import ArchiveError
from monitor.model import Attempt, Unchanged
from monitor.record import Archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from record_samples import at, change, first
from monitor.errors import ArchiveError
from monitor.record import Archive
with Archive.open(sys.argv[1]) as archive:
    number = archive.state("acme").version or 0
    while True:
        try:
            if number == 0:
                first(archive, "text 1")
            else:
                change(archive, f"text {number}", f"text {number + 1}", at(number))
        except ArchiveError as error:
            print("refused", error, flush=True)
            break
        number += 1
        print(number, flush=True)
"""


def _writer(url: str, preexec: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, url, str(Path(__file__).parent)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=preexec)  # noqa: PLW1509 - one thread


def _assert_whole(url: str, at_least: int) -> None:
    with Archive.open(url) as archive:
        archive.upkeep.inspect()
        version = archive.state("acme").version or 0
        changes = archive.history(["acme"])
        deliveries = archive.outbox.deliveries(limit=10_000)
        assert version >= at_least
        assert len(archive.versions("acme")) == version
        assert [one.to_version for one in changes] == list(range(version, 1, -1))
        owed = sorted((one.change, one.channel) for one in deliveries)
        assert owed == sorted((one.id, name) for one in changes for name in ("hook", "mail"))
        for one in changes[:3]:
            assert archive.comparison(one.id).edits
        if version:
            newest = archive.version("acme")
            assert newest is not None
            assert archive.body(newest.snapshot)


def test_killed_at_any_moment_nothing_recorded_is_lost(sqlite_url: str) -> None:
    """After each of twenty kills the file is whole and every change has its deliveries."""
    chance = random.Random(4)  # noqa: S311 - a test's dice
    Archive.open(sqlite_url).close()
    reported = 0
    for _ in range(20):
        writer = _writer(sqlite_url)
        assert writer.stdout is not None
        for _ in range(chance.randint(0, 12)):
            reported = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        tail = writer.communicate(timeout=60)[0].split()
        reported = int(tail[-1]) if tail else reported
        _assert_whole(sqlite_url, reported)

    assert reported > 20


def test_full_disk_stops_writing_and_loses_nothing(sqlite_url: str) -> None:
    """Where the file cannot grow, a check is refused whole; with room again, work goes on."""
    Archive.open(sqlite_url).close()

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    output = _writer(sqlite_url, small).communicate(timeout=100)[0].splitlines()
    assert "disk" in output[-1]
    reported = int(output[-2])
    _assert_whole(sqlite_url, reported)

    with Archive.open(sqlite_url) as archive:
        change(archive, f"text {reported}", "more", at(reported))
        assert archive.state("acme").version == reported + 1


def test_database_at_its_limit_says_so(sqlite_url: str) -> None:
    """SQLite's own word for a full disk becomes advice."""
    with Archive.open(sqlite_url) as archive:
        first(archive)
        connection = archive._database._borrow()
        connection.run("PRAGMA max_page_count = 1")
        archive._database._return(connection)
        with pytest.raises(ArchiveError, match=r"monitor\.db: the disk is full; nothing was"):
            change(archive, "one", os.urandom(200_000).hex(), at(1))
        assert archive.state("acme").version == 1


@pytest.fixture
def locked(sqlite_path: Path) -> Iterator[Archive]:
    """Open an archive that another process is writing to, and will not stop."""
    Archive.open(f"sqlite:///{sqlite_path}").close()
    with Archive.open(f"sqlite:///{sqlite_path}?timeout=0.05") as archive:
        first(archive)
        change(archive, "one", "two", at(1))
        with closing(sqlite3.connect(sqlite_path)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield archive
            other.rollback()
        change(archive, "two", "three", at(2))
        assert archive.state("acme").version == 3


WRITES: dict[str, Callable[[Archive], object]] = {
    "adopt": lambda archive: archive.adopt([ACME], NOW),
    "claim": lambda archive: archive.claim("acme", owner="me", now=NOW, lease=HOUR),
    "release": lambda archive: archive.release("acme", owner="me"),
    "record": lambda archive: archive.record(check(Unchanged("validators"), at(3))),
    "outbox.claim": lambda archive: archive.outbox.claim(
        owner="me", now=at(2), lease=HOUR, limit=1
    ),
    "outbox.settle": lambda archive: archive.outbox.settle(
        1, attempt=Attempt(at(2), True, ""), state="sent", next_attempt_at=None  # noqa: FBT003
    ),
    "outbox.retry": lambda archive: archive.outbox.retry(None, at(2)),
}  # fmt: skip


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_locked_database_refuses_writes(
    locked: Archive, write: Callable[[Archive], object]
) -> None:
    """Every method that writes gives up with advice; nothing of it is written."""
    before = (locked.states(), locked.outbox.deliveries())
    with pytest.raises(ArchiveError, match="another process keeps the database locked"):
        write(locked)

    assert (locked.states(), locked.outbox.deliveries()) == before


def test_locked_database_can_be_read(locked: Archive) -> None:
    """Readers never wait for a writer."""
    assert locked.history(["acme"])
    assert locked.due(at(99)) == ()


@pytest.fixture
def filled(sqlite_path: Path) -> Path:
    """Return a database file with some history, closed."""
    with Archive.open(f"sqlite:///{sqlite_path}") as archive:
        first(archive, "text 1")
        for number in range(1, 40):
            change(archive, f"text {number}", f"text {number + 1}", at(number))
    return sqlite_path


def test_damaged_file_is_recognised(filled: Path) -> None:
    """Pages full of rubbish are found when the file is opened, and the way out is named."""
    body = bytearray(filled.read_bytes())
    for page in range(8192, len(body) - 4096, 3 * 4096):
        body[page : page + 2048] = random.Random(page).randbytes(2048)  # noqa: S311 - rubbish
    filled.write_bytes(body)

    with pytest.raises(ArchiveError, match=r"damaged.*restore a backup.*\.recover"):
        Archive.open(f"sqlite:///{filled}")
    assert filled.read_bytes() == body


def test_cut_file_is_recognised(filled: Path) -> None:
    """A file that ends too early is damaged too."""
    body = filled.read_bytes()
    filled.write_bytes(body[: len(body) // 2])

    with pytest.raises(ArchiveError, match="damaged"):
        Archive.open(f"sqlite:///{filled}")


def test_file_of_another_kind_is_left_alone(sqlite_path: Path) -> None:
    """A text file under the database's name is refused and not written to."""
    sqlite_path.parent.mkdir()
    sqlite_path.write_text("[defaults]\nevery = '12h'\n" * 100)
    before = sqlite_path.read_bytes()

    with pytest.raises(ArchiveError, match=r"monitor\.db: is not a database; move the file"):
        Archive.open(f"sqlite:///{sqlite_path}")
    assert sqlite_path.read_bytes() == before


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A folder below a file, or where nobody may write, is an error with advice."""
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file" / "state", Path("/proc/monitor")):
        with pytest.raises(
            ArchiveError, match=f"^{folder}: the folder cannot be made .*--database"
        ):
            Archive.open(f"sqlite:///{folder}/monitor.db")
    with pytest.raises(ArchiveError, match="is not a file"):
        Archive.open(f"sqlite:///{tmp_path}")
    with pytest.raises(ArchiveError, match="cannot be opened"):
        Archive.open("sqlite:////proc/monitor.db")


def test_reading_makes_no_database(sqlite_path: Path) -> None:
    """A command that only reads does not leave an empty database behind."""
    with pytest.raises(ArchiveError, match="there is no database yet"):
        Archive.open(f"sqlite:///{sqlite_path}", create=False)
    assert not sqlite_path.parent.exists()


@pytest.mark.parametrize(
    "url", ["", "monitor.db", "sqlite://", "sqlite:///", "sqlite://host/x.db", "mysql://h/d"]
)
def test_address_that_is_none_is_explained(url: str) -> None:
    """An address of no known form is answered with the forms there are."""
    with pytest.raises(ArchiveError, match=r"write sqlite:////folder/monitor\.db or postgresql"):
        Archive.open(url)


def test_timeout_that_is_no_number_is_explained(sqlite_url: str) -> None:
    """A mistake in the address is the user's to mend, not a crash."""
    with pytest.raises(ArchiveError, match="timeout=soon: write a number of seconds"):
        Archive.open(f"{sqlite_url}?timeout=soon")


def test_odd_file_names_work(tmp_path: Path) -> None:
    """Spaces, percent signs and question marks, written as a URL wants them, name a file."""
    with Archive.open(f"sqlite:///{tmp_path}/a%20b%3F%25/m%23.db") as archive:
        first(archive)
    assert (tmp_path / "a b?%" / "m#.db").is_file()


def test_unreachable_server_is_named_without_its_password() -> None:
    """Advice about a server never shows the password."""
    with pytest.raises(ArchiveError, match="cannot be reached") as caught:
        Archive.open("postgresql+psycopg://me:s3cret@127.0.0.1:1/monitor?connect_timeout=2")
    assert "s3cret" not in str(caught.value)


def test_server_that_drops_a_session_is_asked_again(postgres_ready: str) -> None:
    """A lost session fails the call that needed it, and no other."""
    with Archive.open(postgres_ready) as archive, Archive.open(postgres_ready) as other:
        archive.states()
        with other._database.write() as connection:
            connection.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        with pytest.raises(ArchiveError):
            archive.states()
        assert archive.states() == other.states()
