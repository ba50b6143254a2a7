"""The chain of a source: what was kept, each link holding the digest of the one before.

A link's text is not stored. It is put together from the rows it stands for, so that a change to
any of them shows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from monitor.errors import ArchiveError
from monitor.model import Link
from monitor.model.evidence import canonical, stamp, text_digest
from monitor.record import codec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.record.engine import Connection, Row

FORMAT = 1
"""Raised where a text would be put together otherwise; links of older formats keep theirs."""

_CAPTURE = (
    "SELECT n.id, n.url, n.final_url, n.fetched_at, n.claimed, n.status, n.media_type, n.charset, "
    "n.headers, n.hops, c.digest AS body, c.size "
    "FROM snapshots n JOIN contents c ON c.id = n.body"
)
_VERSION = (
    "SELECT v.id, v.number AS version, v.recorded_at, v.fetched_at, v.cause, v.extractor, v.rules, "
    "v.title, v.text_digest, v.dates, l.number AS capture, d.from_version, "
    "d.last_seen_unchanged_at, d.first_seen_at, d.confirmed_at "
    "FROM versions v LEFT JOIN links l ON l.snapshot_id = v.snapshot_id "
    "LEFT JOIN changes d ON d.source_id = v.source_id AND d.to_version = v.number"
)
_DATES = ("updated", "effective", "published", "bare")


def extend(
    connection: Connection,
    source_id: int,
    captures: Sequence[int],
    version: int | None = None,
    *,
    held: bool = False,
) -> None:
    """Link captures that are kept, and the version read from the last of them, by their ids.

    What is linked already is passed over. With `held`, those that held a change back go first.
    """
    if held:
        captures = (*_pending(connection, source_id), *captures)
    loose = (
        "SELECT n.id FROM snapshots n LEFT JOIN links l ON l.snapshot_id = n.id "
        "WHERE n.id = :id AND l.id IS NULL"
    )
    for number in captures:
        if connection.value(loose, id=number) is not None:
            row = connection.row(f"{_CAPTURE} WHERE n.id = :id", id=number)
            assert row is not None
            _append(connection, source_id, "capture", _capture(row), snapshot_id=number)
    if version is not None:
        row = connection.row(f"{_VERSION} WHERE v.id = :id", id=version)
        assert row is not None
        _append(connection, source_id, "version", _version(row), version_id=version)


def _pending(connection: Connection, source_id: int) -> list[int]:
    found = connection.rows(
        "SELECT n.id FROM snapshots n LEFT JOIN links l ON l.snapshot_id = n.id "
        "WHERE n.source_id = :source_id AND n.role = 'pending' AND l.id IS NULL ORDER BY n.id",
        source_id=source_id,
    )
    return [row["id"] for row in found]


def note(connection: Connection, source_id: int, kind: str, said: dict[str, Any]) -> None:
    """Link something that is neither a capture nor a version, in its own words."""
    _append(connection, source_id, kind, said, note=canonical(said))


def adopt(connection: Connection, source_id: int, now: datetime) -> None:
    """Link everything of a source that is in no link, in the order it was kept.

    Where that is an older history, its first link says when it was linked.
    """
    captures = connection.rows(
        "SELECT n.id FROM snapshots n JOIN sources s ON s.id = n.source_id "
        "JOIN contents c ON c.id = n.body LEFT JOIN links l ON l.snapshot_id = n.id "
        "WHERE s.id = :source_id AND l.id IS NULL "
        # What waits for a second capture may yet go, and leave no trace.
        "AND (n.role <> 'pending' OR s.pending_first_seen_at IS NULL "
        "OR n.fetched_at < s.pending_first_seen_at) ORDER BY n.id",
        source_id=source_id,
    )
    found = connection.rows(
        "SELECT v.id, v.snapshot_id FROM versions v LEFT JOIN links l ON l.version_id = v.id "
        "WHERE v.source_id = :source_id AND l.id IS NULL ORDER BY v.number",
        source_id=source_id,
    )
    if not captures and not found:
        return
    note(
        connection,
        source_id,
        "upgraded",
        {"at": stamp(now), "captures": len(captures), "versions": len(found)},
    )
    waiting = [row["id"] for row in captures]
    for row in found:
        ready = [number for number in waiting if number <= row["snapshot_id"]]
        extend(connection, source_id, ready, row["id"])
        waiting = waiting[len(ready) :]
    extend(connection, source_id, waiting)


def intervals(
    connection: Connection, source_id: int, changes: Sequence[int], last: int
) -> dict[str, Any]:
    """Return what links say of changes that go while the version they led to stays.

    By the number of that version; the link that tells of the pruning keeps it.
    """
    rows = connection.rows(
        f"{_VERSION} WHERE v.source_id = :source_id AND v.number > :last "
        "AND d.from_version <= :last",
        source_id=source_id,
        last=last,
    )
    return {str(row["version"]): _change(row) for row in rows} if changes else {}


def links(connection: Connection, source: str) -> tuple[Link, ...]:
    """Return the chain of a source, first link first, with the texts of what is kept today."""
    source_id = connection.value("SELECT id FROM sources WHERE slug = :slug", slug=source)
    rows = connection.rows(
        "SELECT number, kind, digest, snapshot_id, version_id, note FROM links "
        "WHERE source_id = :source_id ORDER BY number",
        source_id=source_id,
    )
    parted: dict[str, Any] = {}
    for row in rows:
        if row["kind"] == "pruned":
            parted |= json.loads(row["note"])["changes"]
    kept = {
        "snapshot_id": _kept(connection, f"{_CAPTURE} WHERE n.source_id = :source_id", source_id),
        "version_id": _kept(connection, f"{_VERSION} WHERE v.source_id = :source_id", source_id),
    }
    previous, found = "", []
    for row in rows:
        try:
            entry, version = _entry(row, kept, parted)
        except (ArchiveError, ValueError, TypeError, KeyError):
            # No longer readable, so no longer what was linked.
            entry, version = {}, None
        text = None if entry is None else _text(source, row["number"], row["kind"], previous, entry)
        previous = row["digest"].hex()
        found.append(Link(row["number"], row["kind"], previous, text, row["snapshot_id"], version))
    return tuple(found)


def _kept(connection: Connection, sql: str, source_id: int) -> dict[int, Row]:
    return {row["id"]: row for row in connection.rows(sql, source_id=source_id)}


def _entry(
    row: Row, kept: dict[str, dict[int, Row]], parted: dict[str, Any]
) -> tuple[dict[str, Any] | None, int | None]:
    """Return what a link says today, and the number of the version it is about."""
    if row["note"] is not None:
        return json.loads(row["note"]), None
    if row["snapshot_id"] is not None:
        return _capture(kept["snapshot_id"][row["snapshot_id"]]), None
    if row["version_id"] is not None:
        version = kept["version_id"][row["version_id"]]
        entry = _version(version)
        entry["change"] = entry["change"] or parted.get(str(version["version"]))
        return entry, version["version"]
    return None, None


def _append(
    connection: Connection, source_id: int, kind: str, entry: dict[str, Any], **about: int | str
) -> None:
    """Write the next link; whoever calls holds the source's row."""
    last = connection.row(
        "SELECT s.slug, l.number, l.digest FROM sources s "
        "LEFT JOIN links l ON l.source_id = s.id WHERE s.id = :source_id "
        "ORDER BY l.number DESC LIMIT 1",
        source_id=source_id,
    )
    assert last is not None
    number = (last["number"] or 0) + 1
    previous = last["digest"].hex() if last["digest"] else ""
    text = _text(last["slug"], number, kind, previous, entry)
    connection.insert(
        "links",
        source_id=source_id,
        number=number,
        kind=kind,
        digest=bytes.fromhex(text_digest(text)),
        **about,
    )


def _text(source: str, number: int, kind: str, previous: str, entry: dict[str, Any]) -> str:
    frame = {
        "format": FORMAT,
        "source": source,
        "number": number,
        "kind": kind,
        "previous": previous,
    }
    return canonical(entry | frame)


def _capture(row: Row) -> dict[str, Any]:
    return {
        "url": row["url"],
        "final_url": row["final_url"],
        "fetched_at": stamp(row["fetched_at"]),
        "claimed": bool(row["claimed"]),
        "status": row["status"],
        "media_type": row["media_type"],
        "charset": row["charset"],
        "headers": codec.unpack_plain(row["headers"]),
        "hops": json.loads(row["hops"]),
        "body": row["body"].hex(),
        "size": row["size"],
    }


def _version(row: Row) -> dict[str, Any]:
    dates = json.loads(row["dates"])
    return {
        "version": row["version"],
        "capture": row["capture"],
        "recorded_at": stamp(row["recorded_at"]),
        "fetched_at": stamp(row["fetched_at"]),
        "cause": row["cause"],
        "extractor": row["extractor"],
        "rules": row["rules"],
        "title": row["title"],
        "text": row["text_digest"],
        "dates": {name: dates[name]["value"] for name in _DATES if name in dates},
        "change": None if row["from_version"] is None else _change(row),
    }


def _change(row: Row) -> dict[str, Any]:
    interval = ("last_seen_unchanged_at", "first_seen_at", "confirmed_at")
    return {"from_version": row["from_version"], **{name: stamp(row[name]) for name in interval}}
