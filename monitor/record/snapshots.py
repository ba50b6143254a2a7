"""Captures that are kept, each with its body and the reason why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from monitor.errors import ArchiveError
from monitor.record import bodies, codec, rows

if TYPE_CHECKING:
    from monitor.model import Capture
    from monitor.record.engine import Connection

Role = Literal["version", "pending", "variant", "quarantine"]


def keep(connection: Connection, source_id: int, capture: Capture, role: Role, reason: str) -> int:
    """Keep a capture with its body; the same bytes in the same role are kept once for a source."""
    digest = capture.digest
    if role in {"quarantine", "variant"}:
        known = connection.value(
            "SELECT id FROM snapshots "
            "WHERE source_id = :source_id AND digest = :digest AND role = :role",
            source_id=source_id,
            digest=digest,
            role=role,
        )
        if known is not None:
            return int(known)
    bodies.put(connection, digest, capture.body)
    return connection.insert(
        "snapshots",
        source_id=source_id,
        digest=digest,
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
    )


def drop_pending(connection: Connection, source_id: int, digest: str) -> None:
    """Remove the newest capture kept for a difference that was never confirmed."""
    connection.run(
        "DELETE FROM snapshots WHERE id = (SELECT MAX(id) FROM snapshots "
        "WHERE source_id = :source_id AND digest = :digest AND role = 'pending')",
        source_id=source_id,
        digest=digest,
    )
    bodies.drop_unused(connection, digest)


def read(connection: Connection, source: str, digest: str) -> Capture:
    """Return the newest capture of a source with these bytes.

    Raises:
        ArchiveError: there is none, or its body is damaged.

    """
    row = connection.row(
        "SELECT n.url, n.final_url, n.fetched_at, n.status, n.media_type, n.charset, n.headers, "
        "n.hops, n.claimed FROM snapshots n JOIN sources s ON s.id = n.source_id "
        "WHERE s.slug = :source AND n.digest = :digest "
        "ORDER BY n.fetched_at DESC, n.id DESC LIMIT 1",
        source=source,
        digest=digest,
    )
    if row is None:
        raise ArchiveError(f"{source}: there is no capture {digest} in the archive")
    return rows.capture(row, bodies.get(connection, digest))
