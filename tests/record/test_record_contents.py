"""Contents: kept as differences to each other, read back exactly, in whatever order some go."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_samples import at, change, check, first

from monitor.errors import ArchiveError
from monitor.model import Blocked
from monitor.record import Archive, contents
from monitor.record.packing import pack, unpack
from monitor.record.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from monitor.record.engine import Connection


def _page(number: int, lines: int = 300) -> bytes:
    """Make a page of which one line in thirty differs from the page before."""
    dice = random.Random(5)  # noqa: S311 - a made-up page
    words = [dice.randbytes(30).hex() for _ in range(lines)]
    for step in range(number):
        words[step * 7 % lines] = random.Random(step).randbytes(30).hex()  # noqa: S311 - as above
    return "\n".join(words).encode()


def _strewn(connection: Connection, count: int) -> dict[int, bytes]:
    kept: dict[int, bytes] = {}
    for number in range(count):
        page = _page(number)
        kept[contents.put(connection, page, list(kept)[: -contents.CANDIDATES - 1 : -1])] = page
    return kept


@given(content=st.binary(max_size=300), base=st.binary(max_size=300), cut=st.integers(0, 40))
@settings(max_examples=60)
def test_packed_bytes_come_back(content: bytes, base: bytes, cut: int) -> None:
    """Whatever the base is, what was packed against it comes back; cut short, it is refused."""
    packed = pack(content, base)

    assert unpack(packed, base) == content
    if cut and content:  # of nothing, nothing can be lost
        with pytest.raises(ValueError, match=r"."):
            unpack(packed[:-cut], base)


def test_a_long_history_is_small_and_near(archive: Archive) -> None:
    """Hundreds of pages cost little more than their differences, and no line gets long."""
    with archive._database.write() as connection:
        kept = _strewn(connection, 300)
        rows = connection.rows("SELECT base, depth, place, packed FROM contents")
        assert {number: contents.get(connection, number) for number in kept} == kept

    assert max(row["depth"] for row in rows) <= contents.DEEPEST
    assert [row["base"] for row in rows].count(None) == 300 // contents.PLACES + 1
    assert sum(len(row["packed"]) for row in rows) < 300 * len(pack(_page(0))) // 10


@given(order=st.randoms(use_true_random=False), left=st.integers(0, 20))
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_goes_takes_nothing_along(archive: Archive, order: random.Random, left: int) -> None:
    """Contents may be taken away in any order: every other is still read exactly."""
    with archive._database.write() as connection:
        connection.run("DELETE FROM contents")
        kept = _strewn(connection, 24)
        gone = order.sample(list(kept), len(kept) - left)
        for number in gone:
            assert contents.release(connection, number) is not None
            del kept[number]
        assert {number: contents.get(connection, number) for number in kept} == kept
        assert connection.value("SELECT COUNT(*) FROM contents") == left


def test_what_is_shown_stays(archive: Archive) -> None:
    """A content that a snapshot or a version shows is not taken away."""
    first(archive)
    with archive._database.write() as connection:
        for row in connection.rows("SELECT id FROM contents"):
            assert contents.release(connection, row["id"]) is None
    assert archive.version("acme") is not None


def test_damaged_base_is_named_and_built_upon_no_more(archive: Archive) -> None:
    """Who asks for a body learns which one is to blame; later captures do without it."""
    pages = [_page(number) for number in range(4)]
    with archive._database.write() as connection:
        numbers = [contents.put(connection, page) for page in pages[:1]]
        numbers.append(contents.put(connection, pages[1], numbers))
        connection.run(
            "UPDATE contents SET packed = :junk WHERE id = :id", junk=b"?", id=numbers[0]
        )
        names = [
            row["digest"].hex()
            for row in connection.rows("SELECT digest FROM contents ORDER BY id")
        ]
        for page in pages[2:]:
            numbers.append(contents.put(connection, page, numbers[::-1]))
        message = f"body {names[1]} is damaged: .*kept as a difference to {names[0]}, which is"
        with pytest.raises(ArchiveError, match=message):
            contents.get(connection, numbers[1])
        assert [contents.get(connection, number) for number in numbers[2:]] == pages[2:]
        assert contents.release(connection, numbers[0]) is None


def test_pages_in_quarantine_resemble_each_other(archive: Archive) -> None:
    """A block page between two versions is no base for a policy, nor the other way round."""
    from dataclasses import replace

    from record_samples import capture

    def seen(page: bytes, hours: int) -> None:
        found = replace(capture("", at(hours)), body=page)
        archive.record(check(Blocked("challenge", "a challenge"), at(hours), found))

    first(archive)
    seen(_page(0), 1)
    change(archive, "one", "two", at(2))
    seen(_page(1), 3)
    with archive._database.read() as connection:
        leaning = connection.rows(
            "SELECT c.size, b.size AS other FROM contents c JOIN contents b ON b.id = c.base "
            "WHERE c.size > 5000"
        )
    assert leaning == [{"size": len(_page(1)), "other": len(_page(0))}]


def test_history_of_an_earlier_schema_is_packed_later(sqlite_url: str) -> None:
    """Bit by bit, with nothing changed in what is read; a second time there is nothing to do."""
    with Archive.open(sqlite_url) as archive:
        first(archive, "0 " + _page(0).decode())
        for number in range(6):
            change(archive, f"{number} {_page(number).decode()}",
                   f"{number + 1} {_page(number + 1).decode()}", at(number + 1))  # fmt: skip
        changes = archive.history(["acme"])
        before = [archive.comparison(one.id) for one in changes]
        bodies = [archive.body(one.digest) for one in archive.kept("acme")]
    path = Path(re.sub("^sqlite:///", "", sqlite_url))
    database = SqliteDatabase(path, create=False)
    with database.write() as connection:
        for row in connection.rows("SELECT id FROM contents ORDER BY id DESC"):
            whole = pack(contents.get(connection, row["id"]))
            connection.update(
                "contents", row["id"], base=None, place=contents.UNSORTED, depth=0, packed=whole
            )
        total = connection.value("SELECT SUM(LENGTH(packed)) FROM contents")
    database.close()

    with Archive.open(sqlite_url) as archive:
        while archive.upkeep.repack(limit=4):
            pass
        assert [archive.comparison(one.id) for one in changes] == before
        assert [archive.body(one.digest) for one in archive.kept("acme")] == bodies
        with archive._database.read() as connection:
            assert connection.value("SELECT SUM(LENGTH(packed)) FROM contents") < total / 3
