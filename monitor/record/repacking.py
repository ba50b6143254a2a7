"""Packs what earlier schemas kept alone against what it resembles, a little at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.errors import ArchiveError
from monitor.record import contents, documents, packing, snapshots

if TYPE_CHECKING:
    from monitor.record.engine import Connection, Row


def repack(connection: Connection, limit: int) -> int:
    """Pack at most this many contents and comparisons anew; return how many, 0 in the end."""
    unsorted = connection.rows(
        "SELECT id FROM contents WHERE place < 0 ORDER BY id LIMIT :limit", limit=limit
    )
    for row in unsorted:
        contents.sort_in(connection, row["id"], _near(connection, row["id"]))
    if len(unsorted) == limit:
        return limit
    loose = connection.rows(
        "SELECT c.id, c.comparison, old.document AS old, new.document AS new FROM changes c "
        "JOIN versions old ON old.source_id = c.source_id AND old.number = c.from_version "
        "JOIN versions new ON new.source_id = c.source_id AND new.number = c.to_version "
        "WHERE c.against_documents IS NULL ORDER BY c.id LIMIT :limit",
        limit=limit - len(unsorted),
    )
    for row in loose:
        _lean(connection, row)
    return len(unsorted) + len(loose)


def _near(connection: Connection, content: int) -> list[int]:
    """Return what came before a content where it was first shown."""
    found = connection.row(
        "SELECT id, source_id, role FROM snapshots WHERE body = :id ORDER BY id LIMIT 1", id=content
    )
    if found is not None:
        strange = found["role"] == "quarantine"
        return snapshots.near(connection, found["source_id"], strange=strange, before=found["id"])
    found = connection.row(
        "SELECT number, source_id FROM versions WHERE document = :id ORDER BY id LIMIT 1",
        id=content,
    )
    return documents.near(connection, found["source_id"], found["number"]) if found else []


def _lean(connection: Connection, row: Row) -> None:
    try:
        base = b"".join(documents.written(connection, row[name]) for name in ("old", "new"))
        packed = packing.pack(packing.unpack(row["comparison"]), base)
    except (ArchiveError, ValueError):
        # Damaged, here or there: it stays as it is, and who asks for it is told.
        connection.update("changes", row["id"], against_documents=False)
    else:
        connection.update("changes", row["id"], comparison=packed, against_documents=True)
