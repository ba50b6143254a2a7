"""Documents of versions, as contents; knows nothing else of versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.errors import ArchiveError
from monitor.model import Document
from monitor.record import codec, contents

if TYPE_CHECKING:
    from monitor.record.engine import Connection


def written(connection: Connection, number: int) -> bytes:
    """Return the content of a version's document.

    Raises:
        ArchiveError: it is damaged.

    """
    return contents.get(connection, number, "document")


def read(connection: Connection, number: int) -> Document:
    """Read the content of a version's document.

    Raises:
        ArchiveError: it is damaged.

    """
    try:
        return codec.read(Document, written(connection, number))
    except (ValueError, TypeError) as error:
        raise ArchiveError(f"document {number} is none ({error}). Restore a backup") from error


def near(connection: Connection, source_id: int, before: int | None = None) -> list[int]:
    """Return the documents a version of a source may resemble: its last ones, newest first."""
    sql = "SELECT document FROM versions WHERE source_id = :source_id"
    sql += "" if before is None else " AND number < :before"
    given = {} if before is None else {"before": before}
    found = connection.rows(
        f"{sql} ORDER BY number DESC LIMIT {contents.CANDIDATES}", source_id=source_id, **given
    )
    return list(dict.fromkeys(row["document"] for row in found))
