"""Is the schema the one this program knows, and if not, make it so; after a backup."""

from __future__ import annotations

from datetime import UTC
from secrets import token_hex
from typing import TYPE_CHECKING

from monitor.errors import ArchiveError
from monitor.record import chain
from monitor.record.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from datetime import datetime

    from alembic.config import Config
    from sqlalchemy import Connection as SqlConnection
    from sqlalchemy import Engine

    from monitor.record.engine import Database

HEAD = "0018"
"""The newest revision in `migrations/versions`; a test keeps the two equal."""

MIGRATIONS = "monitor.record:migrations"
"""Where Alembic finds them, packaged."""

_LOCK = 7_046_029_254_386_353_131
"""Number of the advisory lock that PostgreSQL holds while one process migrates."""


def bring_up(
    database: Database, url: str, now: datetime, *, head: str = HEAD, migrations: str = MIGRATIONS
) -> str:
    """Migrate where the schema is behind, and return the installation's instance id.

    Alembic and SQLAlchemy take most of a second to import, so they are left alone where the
    revision is already the newest.

    Raises:
        ArchiveError: the schema is newer than this program, or of another program.

    """
    revision = _revision(database)
    if revision != head:
        config = configuration(migrations)
        _refuse_newer(config, revision, head)
        _back_up(database, revision, now)
        _migrate(database, url, config)
    return _instance(database, now)


def _revision(database: Database) -> str | None:
    with database.read() as connection:
        tables = _tables(connection_is_sqlite=isinstance(database, SqliteDatabase))
        found = {row["name"] for row in connection.rows(tables)}
        if "alembic_version" in found:
            revision: str | None = connection.value("SELECT version_num FROM alembic_version")
            return revision
    if found:
        raise ArchiveError(
            f"the database holds tables of another program ({', '.join(sorted(found)[:3])} …); "
            "name another one with --database"
        )
    return None


def _tables(*, connection_is_sqlite: bool) -> str:
    if connection_is_sqlite:
        return "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return (
        "SELECT table_name AS name FROM information_schema.tables "
        "WHERE table_schema = current_schema()"
    )


def _instance(database: Database, now: datetime) -> str:
    with database.read() as connection:
        found = connection.row("SELECT instance, chained FROM archive")
    if found is None:
        with database.write() as connection:
            connection.run(
                "INSERT INTO archive (id, instance, created_at, chained) "
                "VALUES (1, :instance, :created_at, :chained) ON CONFLICT (id) DO NOTHING",
                instance=token_hex(8),
                created_at=now,
                chained=True,
            )
            return str(connection.value("SELECT instance FROM archive"))
    if not found["chained"]:
        _chain(database, now)
    return str(found["instance"])


def _chain(database: Database, now: datetime) -> None:
    """Link what earlier schemas kept, a source at a time; a program that dies goes on later."""
    with database.read() as connection:
        numbers = [row["id"] for row in connection.rows("SELECT id FROM sources ORDER BY id")]
    held = "SELECT id FROM sources WHERE id = :id"
    for number in numbers:
        with database.write() as connection:
            connection.rows(held + connection.for_update, id=number)
            chain.adopt(connection, number, now)
    with database.write() as connection:
        connection.run("UPDATE archive SET chained = :chained", chained=True)


def configuration(migrations: str = MIGRATIONS) -> Config:
    """Describe the migrations to Alembic without an ini file."""
    from alembic.config import Config

    found = Config()
    found.set_main_option("script_location", migrations)
    found.set_main_option("path_separator", "os")
    return found


def refuse_unknown(revision: str | None) -> None:
    """Refuse the schema of a newer program, and of none.

    Raises:
        ArchiveError: this program does not know it.

    """
    if revision is None:
        raise ArchiveError("the copy holds no archive of this program")
    if revision != HEAD:
        _refuse_newer(configuration(), revision, HEAD)


def _refuse_newer(config: Config, revision: str | None, head: str) -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(config).walk_revisions()
    if revision is not None and revision not in {script.revision for script in scripts}:
        raise ArchiveError(
            f"the database was written by a newer monitor (schema {revision}, this one knows "
            f"{head}); upgrade this program, or name another database with --database"
        )


def _back_up(database: Database, revision: str | None, now: datetime) -> None:
    if isinstance(database, SqliteDatabase) and revision is not None:
        stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        name = f"{database.path.name}.backup-{revision}-{stamp}"
        database.back_up(database.path.with_name(name))


def _migrate(database: Database, url: str, config: Config) -> None:
    from alembic import command
    from sqlalchemy.exc import DBAPIError

    engine = _engine(database, url)
    try:
        with database.explained(), engine.begin() as connection:
            _lock(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _refuse_loose_ends(connection)
    except DBAPIError as error:
        if isinstance(error.orig, database.errors):
            raise database.explain(error.orig) from error
        raise
    finally:
        engine.dispose()


def _lock(connection: SqlConnection) -> None:
    if connection.dialect.name == "sqlite":
        # SQLite changes a table by making another in its place, to which references must not object
        # before all is done: https://www.sqlite.org/lang_altertable.html#otheralter
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _refuse_loose_ends(connection: SqlConnection) -> None:
    if connection.dialect.name == "sqlite":
        loose = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if loose is not None:
            raise ArchiveError(
                f"row {loose[1]} of {loose[0]} refers to a row of {loose[2]} that is not there; "
                "nothing was changed. Restore a backup"
            )


def _engine(database: Database, url: str) -> Engine:
    from sqlalchemy import create_engine

    if not isinstance(database, SqliteDatabase):
        return create_engine(f"postgresql+psycopg://{url.partition('://')[2]}")
    # The driver's own transactions leave DDL outside; none are begun, and `_lock` begins one.
    return create_engine("sqlite://", creator=lambda: database.connect().raw)
