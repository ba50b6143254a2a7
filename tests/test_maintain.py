"""The chores of a daemon: what is left over is worked off, and once a day all is looked at."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitor.maintain import Maintenance
from monitor.record import Archive
from monitor.record.packing import pack
from monitor.render.sizes import fullness, size

if TYPE_CHECKING:
    from collections.abc import Iterator

sys.path.append(str(Path(__file__).with_name("record")))
from record_samples import ACME, at, change, first

DAY = timedelta(days=1)
FOREVER = replace(ACME, id="other")
MONTHLY = replace(ACME, keep_for=30 * DAY)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Open an archive with three versions of a source, all told, years ago."""
    with Archive.open(f"sqlite:///{tmp_path}/monitor.db") as opened:
        first(opened, "one")
        change(opened, "one", "two", at(1), channels=())
        change(opened, "two", "three", at(2), channels=())
        yield opened


def test_what_earlier_schemas_left_is_worked_off(archive: Archive) -> None:
    """One turn packs and indexes what is there; a program that is told to stop leaves it."""
    with archive._database.write() as connection:
        connection.run("UPDATE sources SET indexed = 0")
        connection.run("DELETE FROM passages")
        for row in connection.rows("SELECT id, digest FROM contents WHERE base IS NULL"):
            body = archive.body(row["digest"].hex())
            connection.update("contents", row["id"], place=-1, packed=pack(body))
    chores = Maintenance(archive, say=print)
    chores.turn([], None, at(3), stopping=lambda: True)
    assert archive.past.unsearched() == 3
    chores.turn([], None, at(3))
    assert archive.past.unsearched() == 0
    assert archive.past.search("three")
    assert archive.upkeep.repack() == 0


def test_retention_is_looked_after_once_a_day(archive: Archive) -> None:
    """What is pruned is said; a clock that goes back does not stop the next look."""
    said: list[str] = []
    chores = Maintenance(archive, say=said.append)
    now = at(24 * 90)
    chores.turn([FOREVER, MONTHLY], None, at(24 * 20))
    chores.turn([FOREVER, MONTHLY], None, at(24 * 20 + 1))
    assert said == []
    chores.turn([FOREVER, MONTHLY], None, now)
    assert said[0].startswith("acme: pruned 2 versions, 2 changes, 2 captures, ")
    change(archive, "three", "four", at(24 * 91), channels=())
    chores.turn([MONTHLY], None, at(24 * 90.5))
    assert len(said) == 1
    chores.turn([MONTHLY], None, at(24 * 60))
    chores.turn([MONTHLY], None, at(24 * 200))
    assert len(said) == 2


def test_quota_is_warned_of_once_a_day(archive: Archive) -> None:
    """From four fifths on, and louder where it is over; nothing is dropped by itself."""
    said: list[str] = []
    chores = Maintenance(archive, say=said.append)
    used = archive.upkeep.size()
    for day, quota in enumerate((2 * used, used + 1000, used + 1000, used // 2, None)):
        chores.turn([ACME], quota, at(24 * day))
    assert len(said) == 3
    assert " % of its quota (" in said[0]
    assert "the archive is over its quota" in said[2]
    assert len(archive.versions("acme")) == 3


def test_sizes_in_words() -> None:
    """Three digits at most, and the unit that fits."""
    assert [size(count) for count in (0, 999, 1500, 5_000_000_000)] == [
        "0 bytes", "999 bytes", "1.5 kB", "5.0 GB",
    ]  # fmt: skip
    assert fullness(79, 100) == ""
    assert fullness(80, 100).startswith("the archive is at 80 % of its quota (80 bytes of 100")


def test_what_is_new_is_stamped_once_a_day(archive: Archive) -> None:
    """What came of it is said, where something did."""
    said: list[str] = []
    answers = iter(["1 chain time-stamped", "", "the authority answered 503"])
    chores = Maintenance(archive, say=said.append)
    for hours in (0, 1, 23, 25, 30, 50):
        chores.turn([], None, at(hours), stamp=lambda: next(answers))
    assert said == ["1 chain time-stamped", "the authority answered 503"]
    assert next(answers, None) is None
