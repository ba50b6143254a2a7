"""Captures that are kept, each with its body and the reason why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from monitor.errors import ArchiveError
from monitor.record import codec, contents, rows

if TYPE_CHECKING:
    from monitor.model import Capture, Check, KeptCapture, Rules, Source
    from monitor.record.engine import Connection

Role = Literal["version", "pending", "variant", "quarantine", "seen"]

_CAPTURE = (
    "SELECT n.body, n.url, n.final_url, n.fetched_at, n.status, n.media_type, n.charset, "
    "n.headers, n.hops, n.claimed FROM snapshots n JOIN sources s ON s.id = n.source_id"
)
_KEPT = (
    "SELECT n.id, n.role, n.reason, n.fetched_at, c.digest, c.size, n.status, n.final_url, "
    "n.media_type, r.definition, v.number, v.last_seen_at, s.version, s.last_unchanged_at "
    "FROM snapshots n JOIN sources s ON s.id = n.source_id JOIN contents c ON c.id = n.body "
    "LEFT JOIN rules r ON r.revision = n.rules "
    # Re-reading adds versions of one snapshot: the newest knows how long its text was seen.
    "LEFT JOIN versions v ON v.id = (SELECT MAX(w.id) FROM versions w WHERE w.snapshot_id = n.id)"
)


def keep(
    connection: Connection,
    source_id: int,
    capture: Capture,
    role: Role,
    reason: str,
    rules: Rules,
) -> int:
    """Keep a capture with its body; the same bytes in the same role are kept once for a source."""
    body = contents.put(
        connection, capture.body, near(connection, source_id, strange=role == "quarantine")
    )
    if role in {"quarantine", "variant"}:
        known = connection.value(
            "SELECT id FROM snapshots "
            "WHERE source_id = :source_id AND body = :body AND role = :role",
            source_id=source_id,
            body=body,
            role=role,
        )
        if known is not None:
            return int(known)
    connection.run(
        "INSERT INTO rules (revision, definition) VALUES (:revision, :definition) "
        "ON CONFLICT (revision) DO NOTHING",
        revision=rules.revision,
        definition=codec.dump(rules),
    )
    return connection.insert(
        "snapshots",
        source_id=source_id,
        body=body,
        role=role,
        reason=reason,
        fetched_at=capture.fetched_at,
        claimed=capture.claimed,
        status=capture.status,
        url=capture.url,
        final_url=capture.final_url,
        media_type=capture.media_type,
        charset=capture.charset,
        headers=codec.pack(capture.headers),
        hops=codec.dump(capture.hops),
        rules=rules.revision,
    )


def near(
    connection: Connection, source_id: int, *, strange: bool, before: int | None = None
) -> list[int]:
    """Return the bodies a capture of a source may resemble: its last ones, the newest first.

    `strange` ones, in quarantine, resemble each other; `before` leaves out later ones.
    """
    sql = "SELECT body FROM snapshots WHERE source_id = :source_id AND role "
    sql += f"{'=' if strange else '<>'} 'quarantine'"
    sql += "" if before is None else " AND id < :before"
    given = {} if before is None else {"before": before}
    found = connection.rows(
        f"{sql} ORDER BY id DESC LIMIT {contents.CANDIDATES}", source_id=source_id, **given
    )
    return list(dict.fromkeys(row["body"] for row in found))


def keep_seen(connection: Connection, source_id: int, check: Check) -> list[int]:
    """Keep what arrived and shows nothing new, where its source keeps all; return its number.

    Bytes that the source has shown before are kept already.
    """
    capture = check.capture
    if check.source.keep != "all" or capture is None:
        return []
    known = connection.value(
        "SELECT id FROM snapshots WHERE source_id = :source_id AND body = :body LIMIT 1",
        source_id=source_id,
        body=contents.find(connection, capture.digest),
    )
    if known is not None:
        return []
    return [keep(connection, source_id, capture, "seen", "", check.source.rules)]


def drop_pending(connection: Connection, source_id: int, digest: str, source: Source) -> list[int]:
    """Remove what was kept for a difference that was never confirmed; `digest` showed it first.

    Where the source keeps all, it stays as something seen; returned are the numbers of what stays.
    """
    found = connection.rows(
        "SELECT id, body FROM snapshots WHERE source_id = :source_id AND role = 'pending' "
        "AND id >= (SELECT MAX(id) FROM snapshots "
        "WHERE source_id = :source_id AND body = :body AND role = 'pending') ORDER BY id",
        source_id=source_id,
        body=contents.find(connection, digest),
    )
    if source.keep == "all":
        for row in found:
            connection.update("snapshots", row["id"], role="seen")
        return [row["id"] for row in found]
    connection.run_many(
        "DELETE FROM snapshots WHERE id = :id", ({"id": row["id"]} for row in found)
    )
    for body in dict.fromkeys(row["body"] for row in found):
        contents.release(connection, body)
    return []


def read(connection: Connection, source: str, digest: str) -> Capture:
    """Return the newest capture of a source with these bytes.

    Raises:
        ArchiveError: there is none, or its body is damaged.

    """
    row = connection.row(
        f"{_CAPTURE} WHERE s.slug = :source AND n.body = :body "
        "ORDER BY n.fetched_at DESC, n.id DESC LIMIT 1",
        source=source,
        body=contents.find(connection, digest),
    )
    if row is None:
        raise ArchiveError(f"{source}: there is no capture {digest} in the archive")
    return rows.capture(row, contents.get(connection, row["body"]))


def kept(
    connection: Connection, source: str, role: Role | None, limit: int | None
) -> tuple[KeptCapture, ...]:
    """Return the captures kept of a source, newest first."""
    sql = f"{_KEPT} WHERE s.slug = :source"
    sql += " AND n.role = :role" if role else ""
    sql += " ORDER BY n.fetched_at DESC, n.id DESC"
    sql += " LIMIT :limit" if limit is not None else ""
    given = {name: value for name, value in (("role", role), ("limit", limit)) if value is not None}
    return tuple(rows.kept(row) for row in connection.rows(sql, source=source, **given))


def read_kept(connection: Connection, source: str, number: int) -> Capture | None:
    """Return one capture that is kept, by its number; `None` where the source has no such."""
    row = connection.row(
        f"{_CAPTURE} WHERE s.slug = :source AND n.id = :number", source=source, number=number
    )
    return rows.capture(row, contents.get(connection, row["body"])) if row else None
