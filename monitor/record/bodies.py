"""Bytes of captures, addressed by their SHA-256; knows nothing of sources."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import zstandard

from monitor.errors import ArchiveError

if TYPE_CHECKING:
    from monitor.record.engine import Connection

LEVEL = 9
"""zstd level of bodies: half the time of the next levels, which save a few per cent more."""

_KNOWN = "SELECT digest FROM bodies WHERE digest = :digest"


def put(connection: Connection, digest: str, body: bytes) -> None:
    """Keep a body; a digest that is kept already costs nothing."""
    if connection.rows(_KNOWN + connection.for_reference, digest=digest):
        return
    connection.run(
        "INSERT INTO bodies (digest, size, encoding, base, content) "
        "VALUES (:digest, :size, 'zstd', NULL, :content) ON CONFLICT (digest) DO NOTHING",
        digest=digest,
        size=len(body),
        content=zstandard.ZstdCompressor(level=LEVEL).compress(body),
    )


def get(connection: Connection, digest: str) -> bytes:
    """Return the bytes exactly as captured.

    Raises:
        ArchiveError: the body is not there, or is no longer what was captured.

    """
    row = connection.row(
        "SELECT encoding, content FROM bodies WHERE digest = :digest", digest=digest
    )
    if row is None:
        raise ArchiveError(f"there is no body {digest} in the archive")
    if row["encoding"] != "zstd":
        raise ArchiveError(f"body {digest} is packed as {row['encoding']!r}; upgrade this program")
    try:
        body = zstandard.ZstdDecompressor().decompress(row["content"])
    except zstandard.ZstdError as error:
        raise ArchiveError(f"{_damaged(digest)} ({error})") from error
    if hashlib.sha256(body).hexdigest() != digest:
        raise ArchiveError(_damaged(digest))
    return body


def drop_unused(connection: Connection, digest: str) -> None:
    """Remove a body that no snapshot shows and no other body is packed against."""
    # Whoever is about to show it is waited for, and seen by the next statement.
    connection.rows(_KNOWN + connection.for_update, digest=digest)
    connection.run(
        "DELETE FROM bodies WHERE digest = :digest "
        "AND NOT EXISTS (SELECT 1 FROM snapshots WHERE snapshots.digest = :digest) "
        "AND NOT EXISTS (SELECT 1 FROM bodies AS packed WHERE packed.base = :digest)",
        digest=digest,
    )


def _damaged(digest: str) -> str:
    return f"body {digest} is damaged: it is not what was captured. Restore a backup"
