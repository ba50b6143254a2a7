"""Databases of earlier schemas, with rows in them, brought up to date."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from record_samples import ACME, NOW, at, check, first
from sqlalchemy import create_engine

from monitor.model import Failed, Unchanged
from monitor.record import Archive, codec, schema
from monitor.record.archive import _database
from monitor.record.sqlite import SqliteDatabase, as_text

SOURCE = (
    "INSERT INTO sources (id, slug, site, kind, name, url, definition, watched, last_detail, "
    "failures, checks, changes) "
    "VALUES (1, 'acme', 'Acme', 'p', 'P', 'https://a.example/', '@', '1', '', 2, 3, 0)"
)
CHECKS = (
    "INSERT INTO checks (source_id, started_at, duration_ms, outcome, detail) VALUES "
    "(1, '{0}', 1, 'failed', 'early'), (1, '{1}', 1, 'unchanged', ''), "
    "(1, '{2}', 1, 'failed', 'x'), (1, '{3}', 1, 'blocked', 'y')"
)
OUTAGE = (
    "INSERT INTO outages (id, source_id, opened_at, kind, detail) "
    "VALUES (4, 1, '{3}', 'failing', 'x')"
)
DELIVERIES = (
    "INSERT INTO deliveries (id, key, channel, event, source_id, outage_id, state, created_at) "
    "VALUES (7, 'seven', 'mail', 'source.failing', 1, 4, 'sent', '{3}'), "
    "(9, 'nine', 'hook', 'source.failing', 1, 4, 'failed', '{3}')"
)
ATTEMPTS = (
    "INSERT INTO attempts (delivery_id, tried_at, ok, answer) VALUES "
    "(7, '{3}', '1', 'yes'), (9, '{3}', '0', 'no')"
)
GONE = "DELETE FROM attempts WHERE delivery_id = 9", "DELETE FROM deliveries WHERE id = 9"


@pytest.fixture(params=["sqlite_url", "empty_postgres"])
def second_schema(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return a database as the program with the second schema left it."""
    url: str = request.getfixturevalue(request.param)
    folder = tmp_path / "migrations"
    shutil.copytree(Path(schema.__file__).parent / "migrations", folder)
    for later in (folder / "versions").glob("000[3-9]*.py"):
        later.unlink()
    database = _database(url, create=True)
    schema.bring_up(database, url, NOW, head="0002", migrations=str(folder))
    database.close()
    times = [as_text(at(hours)) for hours in range(4)]
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(SOURCE.replace("@", codec.dump(ACME)))
        for statement in (CHECKS, OUTAGE, DELIVERIES, ATTEMPTS, *GONE):
            connection.exec_driver_sql(statement.format(*times))
    engine.dispose()
    return url


def test_upgrade_keeps_deliveries_attempts_and_numbers(second_schema: str) -> None:
    """Every delivery keeps its number, key and attempts; a number once given is not given again."""
    with Archive.open(second_schema) as archive:
        (kept,) = archive.outbox.deliveries()
        assert (kept.id, kept.key, kept.state) == (7, "seven", "sent")
        assert [attempt.answer for attempt in kept.attempts] == ["yes"]
        assert archive.checks("acme")[0].explanation.stage == ""
        (state,) = archive.states()
        assert state.troubled_at == at(2)
        assert state.outage is not None
        assert (state.outage.reminders, state.outage.reminded_at) == (0, None)


def test_upgraded_database_takes_reminders(second_schema: str) -> None:
    """One outage is reminded of several times, and each reminder is a delivery of its own."""
    with Archive.open(second_schema) as archive:
        for hours in (10, 20):
            failed = Failed("dns", "x")
            archive.record(check(failed, at(hours), remind_outage=True, channels=("mail",)))
        reminders = [row for row in archive.outbox.deliveries() if row.event == "source.reminder"]
        assert len({row.key for row in reminders}) == 2
        if second_schema.startswith("sqlite"):
            # Number 9 was given to a delivery that is gone.
            assert min(row.id for row in reminders) > 9
        outage = archive.state(ACME.id).outage
        assert outage is not None
        assert (outage.reminders, outage.reminded_at) == (2, at(20))


def test_recovery_withdraws_what_was_not_sent(archive: Archive) -> None:
    """A reminder still in the outbox when the source recovers is never sent."""
    first(archive)
    archive.record(check(Failed("dns", "x"), at(1), open_outage="failing", channels=("mail",)))
    archive.record(check(Failed("dns", "x"), at(2), remind_outage=True, channels=("mail", "hook")))
    (sending,) = archive.outbox.claim(
        owner="me", now=at(2), lease=at(3) - at(2), limit=1, channel="hook"
    )
    archive.record(check(Unchanged("gate"), at(3), close_outage=True, channels=("mail",)))
    left = [(row.event, row.channel) for row in archive.outbox.deliveries()]
    assert left == [
        ("source.recovered", "mail"),
        ("source.reminder", "hook"),
        ("source.failing", "mail"),
    ]
    assert sending.event == "source.reminder"


def test_sqlite_rows_refer_to_rows_that_are_there(second_schema: str) -> None:
    """After the migration every reference still holds."""
    Archive.open(second_schema).close()
    if second_schema.startswith("sqlite"):
        database = SqliteDatabase(Path(second_schema.removeprefix("sqlite:///")), create=False)
        with database.read() as connection:
            assert connection.rows("PRAGMA foreign_key_check") == []
            assert not connection.rows("SELECT name FROM sqlite_master WHERE sql LIKE '%0003%'")
        database.close()
