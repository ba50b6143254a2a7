"""Databases of earlier schemas, with rows in them, brought up to date."""

from __future__ import annotations

from pathlib import Path

import pytest
from keep_schema import OTHER
from old_schemas import REVISIONS, empty, filled
from record_samples import ACME, at, capture, change, check, document, first
from sqlalchemy import create_engine

from monitor.model import Failed, Unchanged
from monitor.record import Archive, codec
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
    empty(url, "0002", tmp_path / "migrations")
    times = [as_text(at(hours)) for hours in range(4)]
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(SOURCE.replace("@", codec.dump(ACME)))
        for statement in (CHECKS, OUTAGE, DELIVERIES, ATTEMPTS, *GONE):
            connection.exec_driver_sql(statement.format(*times))
    engine.dispose()
    return url


@pytest.fixture(params=REVISIONS)
def revision(request: pytest.FixtureRequest) -> str:
    """Return one of the schemas that were ever released."""
    found: str = request.param
    return found


@pytest.mark.parametrize("kind", ["sqlite_url", "empty_postgres"])
def test_every_schema_comes_up_to_date(
    revision: str, kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """What a program of any age recorded is all there, byte for byte, and goes on from there."""
    url: str = request.getfixturevalue(kind)
    filled(url, revision, tmp_path / "migrations")
    with Archive.open(url) as archive:
        newer, older = archive.history(["acme"])
        assert (older.from_version, older.to_version) == (1, 2)
        assert (newer.first_seen_at, newer.confirmed_at) == (at(3), at(3))
        assert archive.comparison(older.id).new_lines == document("two").lines
        assert [archive.version("acme", number).document.lines[1] for number in (1, 2, 3)] == [  # type: ignore[union-attr] # they are there
            "one", "two", "three",
        ]  # fmt: skip
        kept = archive.kept("acme")
        assert {one.role for one in kept} == {"version", "pending", "quarantine"}
        assert archive.kept_capture("acme", kept[-1].number) == capture("one", at(0))
        assert archive.capture(OTHER.id, capture("one", at(1)).digest).fetched_at == at(1)
        pending = archive.state("acme").pending
        assert pending is not None
        assert archive.body(pending.snapshot) == capture("four", at(6)).body
        assert [row.outcome for row in archive.checks("acme")][:2] == ["pending", "blocked"]
        sent = [row for row in archive.outbox.deliveries() if row.state == "sent"]
        assert len({row.key for row in archive.outbox.deliveries()}) == 5
        assert [row.channel for row in sent] == ["mail"] * len(sent)
        assert archive.state(OTHER.id).outage is not None
        while archive.upkeep.repack():
            pass
        for slug in ("acme", OTHER.id):
            # The first schemas knew no chain: what they kept is its first link.
            assert archive.evidence.chain(slug)[0].kind == (
                "upgraded" if revision < "0013" else "capture"
            )
            assert archive.evidence.verify(slug).breaks == ()
        assert change(archive, "three", "four", at(7)).version == 4
        assert archive.comparison(archive.history(["acme"])[0].id).old_lines[1] == "three"
        assert archive.evidence.verify("acme").breaks == ()
        archive.upkeep.inspect()


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
