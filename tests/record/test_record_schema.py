"""The schema: made by migrations, equal to the tables, brought up to date without losing a row."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from record_samples import ACME, NOW, at, change, first
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import monitor.record.tables  # noqa: F401 - fills the metadata
from monitor.errors import ArchiveError
from monitor.record import Archive, schema
from monitor.record.sqlite import SqliteDatabase

NEXT = '''"""One column more, and a fault where asked for."""

import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("sources", sa.Column("colour", sa.Text(), nullable=True))
    op.execute("{statement}")
'''


def _later_program(folder: Path, statement: str = "SELECT 1") -> str:
    """Make the migrations of a later program, with one revision more."""
    shutil.copytree(Path(schema.__file__).parent / "migrations", folder)
    text = NEXT.format(head=schema.HEAD, statement=statement)
    (folder / "versions" / "9998_next.py").write_text(text)
    return str(folder)


def _described(name: str | None, _kind: str, _parents: object) -> bool:
    return not (name or "").startswith("passage_words")


def test_head_is_the_newest_migration() -> None:
    """The constant that spares importing Alembic names its newest revision."""
    assert ScriptDirectory.from_config(schema.configuration()).get_current_head() == schema.HEAD


def test_next_migration_is_drafted_from_the_tables(tmp_path: Path) -> None:
    """Where the newest schema has all the tables have, the draft does nothing."""
    from monitor.record.migrations.__main__ import draft

    shutil.copytree(Path(schema.__file__).parent / "migrations", tmp_path / "migrations")
    written = draft("add nothing", number="9999", migrations=str(tmp_path / "migrations"))

    assert written.down_revision == schema.HEAD
    text = Path(written.path).read_text()
    assert text.startswith('"""add nothing."""')
    assert "op." not in text


def test_migrations_make_the_tables(archive: Archive, url: str) -> None:
    """A migrated database has the tables, columns, indexes and constraints of the classes."""
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": _described}
        )
        differences = compare_metadata(context, SQLModel.metadata)
    engine.dispose()

    assert differences == []
    assert archive.states() == ()


def test_opening_again_keeps_everything(url: str) -> None:
    """What was recorded is there the next time, under the same keys."""
    with Archive.open(url) as archive:
        first(archive)
        change(archive, "one", "two", at(1))
        before = (archive.states(), archive.history(["acme"]), archive.outbox.deliveries())
    with Archive.open(url, create=False) as archive:
        after = (archive.states(), archive.history(["acme"]), archive.outbox.deliveries())
        change(archive, "two", "three", at(2))
        keys = {one.key for one in archive.outbox.deliveries()}

    assert after == before
    assert len(keys) == 4


def test_older_schema_is_backed_up_and_migrated(sqlite_path: Path, tmp_path: Path) -> None:
    """The file is copied first; the rows are there afterwards, in both."""
    url = f"sqlite:///{sqlite_path}"
    with Archive.open(url) as archive:
        first(archive)
    later = _later_program(tmp_path / "later")
    database = SqliteDatabase(sqlite_path, create=False)
    schema.bring_up(database, url, NOW, head="next", migrations=later)
    with database.read() as connection:
        assert connection.value("SELECT version_num FROM alembic_version") == "next"
        assert connection.rows("SELECT slug, colour FROM sources") == [
            {"slug": "acme", "colour": None}
        ]
    database.close()

    copy = sqlite_path.with_name(f"monitor.db.backup-{schema.HEAD}-20260301T093000Z")
    with Archive.open(f"sqlite:///{copy}") as archive:
        assert archive.state("acme").version == 1
    with pytest.raises(ArchiveError, match="newer monitor"):
        Archive.open(url)


def test_migration_that_fails_leaves_nothing_behind(sqlite_path: Path, tmp_path: Path) -> None:
    """A migration is one transaction: the older program goes on as if it had not been tried."""
    url = f"sqlite:///{sqlite_path}"
    with Archive.open(url) as archive:
        first(archive)
    later = _later_program(tmp_path / "later", "INSERT INTO nowhere VALUES (1)")
    database = SqliteDatabase(sqlite_path, create=False)
    with pytest.raises(ArchiveError, match="nowhere"):
        schema.bring_up(database, url, NOW, head="next", migrations=later)
    database.close()

    with Archive.open(url) as archive:
        change(archive, "one", "two", at(1))
        assert archive.state("acme").version == 2


def test_newer_schema_is_refused(archive: Archive, url: str) -> None:
    """A program never touches what it does not know, and says which way out there is."""
    with archive._database.write() as connection:
        connection.run("UPDATE alembic_version SET version_num = '9999'")
    try:
        with pytest.raises(ArchiveError, match=r"newer monitor \(schema 9999.*upgrade"):
            Archive.open(url)
    finally:
        with archive._database.write() as connection:
            connection.run(f"UPDATE alembic_version SET version_num = '{schema.HEAD}'")  # noqa: S608 - our own


def test_database_of_another_program_is_refused(sqlite_path: Path, empty_postgres: str) -> None:
    """Tables of somebody else are left alone."""
    sqlite_path.parent.mkdir()
    for url in (f"sqlite:///{sqlite_path}", empty_postgres):
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE bookmarks (url TEXT)")
        engine.dispose()

        with pytest.raises(ArchiveError, match=r"another program \(bookmarks"):
            Archive.open(url)


OPEN = """
import sys
from monitor.record import Archive
sys.stdin.readline()
with Archive.open(sys.argv[1]) as archive:
    print(archive._instance)
"""


@pytest.mark.parametrize("kind", ["sqlite_url", "empty_postgres"])
def test_processes_that_open_at_once_share_one_schema(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """Of several programs started together one makes the tables, and all agree on the rest."""
    url = request.getfixturevalue(kind)
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write("go\n")
        opener.stdin.flush()
    answers = {opener.communicate(timeout=100)[0] for opener in openers}

    assert [opener.returncode for opener in openers] == [0] * 4
    assert len(answers) == 1


QUICK = """
import sys
from monitor.record import Archive
with Archive.open(sys.argv[1], create=False) as archive:
    archive.history([source.id for source in archive.sources()])
    archive.outbox.deliveries()
print(*{"sqlalchemy", "sqlmodel", "alembic", "pydantic"} & set(sys.modules))
"""


def test_reading_imports_nothing_heavy(sqlite_url: str) -> None:
    """Opening a database that is up to date loads neither SQLModel nor what it stands on."""
    with Archive.open(sqlite_url) as archive:
        archive.adopt([ACME], datetime.now(UTC))
    command = [sys.executable, "-c", QUICK, sqlite_url]

    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "\n"


def test_a_database_is_its_owners_alone(tmp_path: Path) -> None:
    """Also its log, its copies and a folder that is made for it, whatever the umask says."""
    before = os.umask(0o022)
    try:
        path = tmp_path / "state" / "monitor.db"
        with Archive.open(f"sqlite:///{path}") as archive:
            archive.adopt([ACME], at(0))
            made = [path.parent, *path.parent.iterdir()]
            assert len(made) == 4
            assert {one.stat().st_mode & 0o077 for one in made} == {0}
    finally:
        os.umask(before)
