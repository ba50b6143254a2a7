"""Takes away what a source's retention no longer asks for, and says so in its chain.

Versions go from the oldest on, with the changes from and to them; captures that no version was read
from go by their age. What stays is whole: every change that is still listed has both of its
versions, their captures, and those that held it back.
"""

# ruff: noqa: S608 - statements are put together from this package's own words; values are parameters

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.model import Pruned
from monitor.model.evidence import stamp
from monitor.record import chain, contents, passages
from monitor.record.engine import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from monitor.model import Source
    from monitor.record.engine import Connection, Row

RECENT = timedelta(days=30)
"""What was seen this lately stays, whatever retention says: a return to it is recognised."""
_AT_ONCE = 500


def prune(connection: Connection, source: Source, now: datetime) -> Pruned:
    """Take away what is older or more than the source keeps; nothing where it keeps everything."""
    row = connection.row(
        "SELECT id, version, told_version, pending_first_seen_at FROM sources WHERE slug = :slug"
        + connection.for_update,
        slug=source.id,
    )
    if row is None or (source.keep_for is None and source.keep_versions is None):
        return Pruned(source.id)
    cutoff = now - max(source.keep_for or RECENT, RECENT)
    versions = _versions(connection, row, source, now)
    changes = _changes(connection, row["id"], versions)
    captures = _captures(connection, row, source, cutoff, versions)
    if versions:
        passages.forget(connection, row["id"], max(versions.values()) + 1)
    parted = chain.intervals(connection, row["id"], changes, max(versions.values(), default=0))
    _forget_changes(connection, changes, list(versions))
    linked = _unlink(connection, captures, list(versions))
    released = _remove(connection, captures, list(versions))
    freed = sum(contents.release(connection, number) or 0 for number in released)
    if linked:
        said = {"at": stamp(now), "links": _runs(linked), "changes": parted}
        chain.note(connection, row["id"], "pruned", said)
    return Pruned(source.id, len(versions), len(changes), len(captures), freed)


def _versions(connection: Connection, row: Row, source: Source, now: datetime) -> dict[int, int]:
    """Return the versions that go, by id with their numbers: the first ones, as far as all may."""
    found = connection.rows(
        "SELECT v.id, v.number, v.last_seen_at, MAX(c.first_seen_at) AS left_at FROM versions v "
        "LEFT JOIN changes c ON c.source_id = v.source_id AND c.from_version = v.number "
        "WHERE v.source_id = :source_id GROUP BY v.id, v.number, v.last_seen_at ORDER BY v.number",
        source_id=row["id"],
    )
    owed = {
        one["number"]
        for one in connection.rows(
            "SELECT v.number FROM versions v JOIN deliveries d ON d.version_id = v.id "
            "WHERE v.source_id = :source_id AND d.state = 'pending' "
            "UNION SELECT c.from_version FROM changes c JOIN deliveries d ON d.change_id = c.id "
            "WHERE c.source_id = :source_id AND d.state = 'pending' "
            "UNION SELECT v.number FROM versions v JOIN deadlines l ON l.version_id = v.id "
            "JOIN deliveries d ON d.deadline_id = l.id "
            "WHERE v.source_id = :source_id AND d.state = 'pending'",
            source_id=row["id"],
        )
    }
    kept = {row["version"], row["told_version"], found[-1]["number"] if found else None} | owed
    many = len(found) - (source.keep_versions or len(found))
    gone: dict[int, int] = {}
    for place, one in enumerate(found):
        age = now - max(one["last_seen_at"], one["left_at"] or one["last_seen_at"])
        aged = source.keep_for is not None and age > source.keep_for
        if one["number"] in kept or age <= RECENT or not (aged or place < many):
            break
        gone[one["id"]] = one["number"]
    return gone


def _changes(connection: Connection, source_id: int, versions: dict[int, int]) -> list[int]:
    """Return the changes that go: from or to a version that does."""
    if not versions:
        return []
    found = connection.rows(
        "SELECT id FROM changes WHERE source_id = :source_id "
        "AND (from_version <= :last OR to_version <= :last) ORDER BY id",
        source_id=source_id,
        last=max(versions.values()),
    )
    return [one["id"] for one in found]


def _captures(
    connection: Connection, row: Row, source: Source, cutoff: datetime, versions: dict[int, int]
) -> list[int]:
    """Return the captures that go: those no version that stays, and no change, stands on."""
    found = connection.rows(
        "SELECT n.id, n.fetched_at FROM snapshots n WHERE n.source_id = :source_id "
        "AND n.fetched_at < :cutoff AND NOT EXISTS (SELECT 1 FROM versions v "
        "WHERE v.snapshot_id = n.id AND v.number > :last) "
        "AND NOT (n.role = 'pending' AND EXISTS (SELECT 1 FROM changes c "
        "WHERE c.source_id = n.source_id AND c.from_version > :last "
        "AND n.fetched_at BETWEEN c.first_seen_at AND c.confirmed_at)) "
        "AND (n.role <> 'pending' OR n.fetched_at < :held_at) ORDER BY n.id",
        source_id=row["id"],
        cutoff=cutoff,
        last=max(versions.values(), default=0),
        held_at=row["pending_first_seen_at"] or cutoff,
    )
    if source.keep_for is None:
        # Without an age, a capture is as old as the versions around it.
        oldest = connection.value(
            "SELECT MIN(fetched_at) AS oldest_at FROM versions "
            "WHERE source_id = :source_id AND number > :last",
            source_id=row["id"],
            last=max(versions.values(), default=0),
        )
        found = [one for one in found if versions and one["fetched_at"] < oldest]
    return [one["id"] for one in found]


def _forget_changes(
    connection: Connection, changes: Sequence[int], versions: Sequence[int]
) -> None:
    """Remove changes with all that is about them, and what else is about the versions."""
    for column, numbers in (("change_id", changes), ("version_id", versions)):
        for marks, named in _portions(numbers):
            deadlines = f"SELECT id FROM deadlines WHERE {column} IN {marks}"
            about = f"{column} IN {marks} OR deadline_id IN ({deadlines})"
            owed = f"SELECT id FROM deliveries WHERE {about}"
            connection.run(f"DELETE FROM attempts WHERE delivery_id IN ({owed})", **named)
            connection.run(f"DELETE FROM deliveries WHERE {about}", **named)
            connection.run(f"DELETE FROM deadlines WHERE {column} IN {marks}", **named)
    for marks, named in _portions(changes):
        for table in ("reviews", "change_findings"):
            connection.run(f"DELETE FROM {table} WHERE change_id IN {marks}", **named)
        connection.run(f"DELETE FROM changes WHERE id IN {marks}", **named)


def _unlink(connection: Connection, captures: Sequence[int], versions: Sequence[int]) -> list[int]:
    """Leave only the digests of their links; return the numbers of those."""
    found: list[int] = []
    for column, numbers in (("snapshot_id", captures), ("version_id", versions)):
        for marks, named in _portions(numbers):
            rows = connection.rows(
                f"UPDATE links SET {column} = NULL WHERE {column} IN {marks} RETURNING number",
                **named,
            )
            found += [row["number"] for row in rows]
    return sorted(found)


def _remove(connection: Connection, captures: Sequence[int], versions: Sequence[int]) -> list[int]:
    """Remove the rows; return the contents that they showed, each once, the newest first."""
    found: set[int] = set()
    for table, column, numbers in (
        ("versions", "document", versions),
        ("snapshots", "body", captures),
    ):
        for marks, named in _portions(numbers):
            sql = f"DELETE FROM {table} WHERE id IN {marks} RETURNING {column} AS content"
            found |= {row["content"] for row in connection.rows(sql, **named)}
    # The newest first: an old one is then a base of nothing that goes along.
    return sorted(found, reverse=True)


def _portions(numbers: Sequence[int]) -> Iterable[tuple[str, dict[str, object]]]:
    for place in range(0, len(numbers), _AT_ONCE):
        yield listed("gone", numbers[place : place + _AT_ONCE])


def _runs(numbers: Iterable[int]) -> list[list[int]]:
    """Write numbers in order as first and last of every run."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs
