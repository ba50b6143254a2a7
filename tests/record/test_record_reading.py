"""Questions about the past."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta, timezone
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from record_samples import ACME, HOUR, NOW, at, capture, change, check, document, first

from monitor.errors import ArchiveError
from monitor.model import Blocked, First, KnownState, Rederived, Source, VersionSummary
from monitor.record import contents, packing

if TYPE_CHECKING:
    from monitor.record import Archive

OTHER = replace(ACME, id="other", site="Other")


def _story(archive: Archive, source: Source = ACME, texts: str = "abcd") -> None:
    first(archive, texts[0], source=source)
    for hour, (old, new) in enumerate(pairwise(texts), 1):
        change(archive, old, new, at(24 * hour), source=source)


def test_history_is_newest_first_and_bounded(archive: Archive) -> None:
    """Changes of the sources asked for, from `since` and before `until`, at most `limit`."""
    _story(archive)
    _story(archive, OTHER, "xy")

    def seen(*sources: str, **bounds: object) -> list[tuple[str, int]]:
        found = archive.history(sources, **bounds)  # type: ignore[arg-type]  # any bound
        return [(one.source, one.to_version) for one in found]

    assert seen("acme") == [("acme", 4), ("acme", 3), ("acme", 2)]
    assert seen("acme", "other") == [("acme", 4), ("acme", 3), ("other", 2), ("acme", 2)]
    assert seen("acme", limit=1) == [("acme", 4)]
    assert seen("acme", since=at(48)) == [("acme", 4), ("acme", 3)]
    assert seen("acme", until=at(48)) == [("acme", 2)]
    assert seen("acme", since=at(48), until=at(72)) == [("acme", 3)]
    assert seen() == []
    assert seen("nobody") == []
    assert seen(*(f"source-{number}" for number in range(10_000)), "other") == [("other", 2)]


def test_versions_are_summaries(archive: Archive) -> None:
    """The list of versions holds what a table shows."""
    _story(archive, texts="ab")

    one, two = archive.versions("acme")
    assert one == VersionSummary(1, NOW, NOW, "source", document("a").dates, 3, "Policy")
    assert (two.number, two.dates) == (2, document("b", "2026-03-01").dates)
    assert archive.versions("nobody") == ()


def test_version_by_number_and_by_date(archive: Archive) -> None:
    """The version in force at a time is the newest one captured by then."""
    _story(archive)

    def number(version: object) -> int | None:
        return getattr(version, "number", None)

    assert number(archive.version("acme")) == 4
    assert number(archive.version("acme", 2)) == 2
    assert number(archive.version("acme", 9)) is None
    assert number(archive.version_at("acme", at(-1))) is None
    assert number(archive.version_at("acme", NOW)) == 1
    assert number(archive.version_at("acme", at(47))) == 2
    assert number(archive.version_at("acme", at(9999))) == 4
    archive.record(check(Rederived(document("D"), "extractor"), at(80), extractor=2))
    assert number(archive.version_at("acme", at(72))) == 5


def test_times_come_back_in_utc(archive: Archive) -> None:
    """A time goes in with any zone and comes out as the same moment, in UTC."""
    tokyo = timezone(timedelta(hours=9))
    when = NOW.replace(microsecond=123_456).astimezone(tokyo)
    archive.record(check(First(document("a")), when, capture("a", when)))

    version = archive.version("acme")
    assert version is not None
    assert version.fetched_at == when
    assert version.fetched_at.utcoffset() == timedelta(0)
    assert archive.state("acme").last_checked_at == when


def test_time_without_a_zone_is_refused(archive: Archive) -> None:
    """A naive time is a defect of the caller, not a time to guess at."""
    with pytest.raises((ValueError, ArchiveError)):
        archive.adopt([ACME], NOW.replace(tzinfo=None))


def test_known_states_are_the_last_eight(archive: Archive) -> None:
    """The memory of earlier texts is short, and ordered by when each was last seen."""
    _story(archive, texts="abcdefghijkl")
    states = archive.recent_states("acme", NOW)

    assert [state.version for state in states] == [12, 11, 10, 9, 8, 7, 6, 5]
    assert states[0] == KnownState(12, document("l").digest, at(24 * 11))
    assert states[1].seen_at == at(24 * 10)
    assert archive.recent_states("nobody", NOW) == ()


def test_what_is_not_there_is_said_plainly(archive: Archive) -> None:
    """Asking for one thing by its number answers `None`, for its contents raises."""
    assert archive.change(7) is None
    assert archive.outage(7) is None
    assert archive.version("acme") is None
    assert archive.checks("acme") == ()
    with pytest.raises(ArchiveError, match="no change 7"):
        archive.comparison(7)
    with pytest.raises(ArchiveError, match="no capture"):
        archive.capture("acme", "0" * 64)


def test_same_bytes_are_stored_once(archive: Archive) -> None:
    """Two sources, or two versions, that show the same bytes share one body."""
    first(archive)
    change(archive, "one", "two", at(1))
    change(archive, "two", "one", at(2))
    first(archive, source=OTHER)

    digest = capture("one", NOW).digest
    assert archive.capture("acme", digest).fetched_at == at(2)
    assert archive.capture("other", digest).fetched_at == NOW
    with archive._database.read() as connection:
        assert connection.value("SELECT COUNT(DISTINCT body) FROM snapshots") == 2


@pytest.mark.parametrize("size", [0, 1, 300_000, 5_000_000])
def test_bytes_come_back_exactly(archive: Archive, size: int) -> None:
    """A body of any bytes, none or many, is read back as captured."""
    for body in (os.urandom(size), b"\0" * size):
        found = replace(capture("", NOW), body=body)
        archive.record(check(Blocked("unsupported", "no text"), NOW, found))

        assert archive.body(found.digest) == body


def test_damaged_body_is_named_and_never_served(archive: Archive) -> None:
    """Bytes that are no longer what was captured are refused, with their digest."""
    first(archive)
    one, two = capture("one", NOW).digest, capture("two", NOW).digest
    change(archive, "one", "two", at(1))
    with archive._database.write() as connection:
        other = contents.get(connection, contents.find(connection, two) or 0)
        swap = "UPDATE contents SET base = NULL, packed = :packed WHERE digest = :digest"
        connection.run(swap, packed=packing.pack(other), digest=bytes.fromhex(one))
        connection.run(swap, packed=b"?", digest=bytes.fromhex(two))

    for digest in (one, two):
        with pytest.raises(ArchiveError, match=f"body {digest} is damaged"):
            archive.body(digest)
    with pytest.raises(ArchiveError, match="damaged"):
        archive.capture("acme", one)


def test_lists_of_due_and_waiting_use_an_index(archive: Archive) -> None:
    """The questions asked every few seconds read an index, never a whole table."""
    archive.adopt([replace(ACME, id=f"s{number}") for number in range(2000)], NOW)
    first(archive)
    for number in range(1, 30):
        change(archive, str(number), str(number + 1), at(number))
    asked = {
        "sources_due": "SELECT slug FROM sources WHERE next_check_at <= :now "
        "AND (lease_expires_at IS NULL OR lease_expires_at <= :now) ORDER BY next_check_at, id",
        "deliveries_waiting": "SELECT id FROM deliveries WHERE state = 'pending' "
        "AND next_attempt_at <= :now ORDER BY next_attempt_at, id LIMIT 10",
    }
    for index, sql in asked.items():
        with archive._database.write() as connection:
            if connection.for_update:
                # A small table is read whole or sorted whatever its indexes are.
                connection.run("SET LOCAL enable_seqscan = off")
                connection.run("SET LOCAL enable_sort = off")
                plan = connection.rows(f"EXPLAIN {sql}", now=at(-HOUR.seconds))
            else:
                plan = connection.rows(f"EXPLAIN QUERY PLAN {sql}", now=at(-1))
        assert index in str(plan)
