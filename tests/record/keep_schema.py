"""Keep a database of the present schema, for the tests of later ones to bring up to date.

``PYTHONPATH=tests/record python tests/record/keep_schema.py`` writes ``schemas/REVISION.json``: all
rows of a small history. Run it before a migration is added to what is on main.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from record_samples import ACME, at, capture, change, check, first

from monitor.model import Attempt, Blocked, Failed, Pending, Unchanged
from monitor.record import Archive, schema

FOLDER = Path(__file__).with_name("schemas")
OTHER = replace(ACME, id="other", site="Other", url="https://other.example/terms")


def fill(archive: Archive) -> None:
    """Record a history in which every table has rows."""
    archive.adopt([ACME, OTHER], at(0))
    first(archive)
    change(archive, "one", "two", at(1))
    archive.record(check(Pending("one-sided", at(2)), at(2), capture("three", at(2))))
    change(archive, "two", "three", at(3))
    archive.record(check(Unchanged("gate"), at(4), capture("three", at(4))))
    archive.record(
        check(Blocked("challenge", "a challenge"), at(5), capture("Who are you?", at(5)))
    )
    archive.record(check(Pending("one-sided", at(6)), at(6), capture("four", at(6))))
    first(archive, "one", at(1), source=OTHER)
    for hour in range(2, 5):
        failed = Failed("dns", "no such host")
        opening = {"open_outage": "failing"} if hour == 4 else {}
        archive.record(check(failed, at(hour), source=OTHER, channels=("mail",), **opening))
    _deliver(archive, at(9))


def _deliver(archive: Archive, now: datetime) -> None:
    lease = timedelta(minutes=5)
    for delivery in archive.outbox.claim(owner="me", now=now, lease=lease, limit=3):
        sent = delivery.channel == "mail"
        archive.outbox.settle(
            delivery.id,
            attempt=Attempt(now, sent, "250 OK" if sent else "503"),
            state="sent" if sent else "pending",
            next_attempt_at=None if sent else now + lease,
        )


def rows(path: Path) -> dict[str, Any]:
    """Return every row of every table that has any."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    found = {
        row["name"]: [dict(kept) for kept in connection.execute(f"SELECT * FROM {row['name']}")]  # noqa: S608 - our tables
        for row in named
        # What can be searched is made anew from the versions, and cannot be read.
        if not row["name"].startswith(("sqlite_", "alembic_", "passage_words"))
    }
    connection.close()
    return {name: kept for name, kept in found.items() if kept}


def _hex(value: object) -> object:
    assert isinstance(value, bytes)
    return {"hex": value.hex()}


def main(folder: Path) -> None:
    """Write the database of the schema this program knows."""
    with TemporaryDirectory() as place:
        path = Path(place) / "monitor.db"
        with Archive.open(f"sqlite:///{path}") as archive:
            fill(archive)
        found = rows(path)
    text = json.dumps(found, indent=0, default=_hex, ensure_ascii=False)
    (folder / f"{schema.HEAD}.json").write_text(text + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
