"""Time stamps over the last links of chains, kept."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from monitor.model import Head, Seal
from monitor.record import codec

if TYPE_CHECKING:
    from monitor.record.engine import Connection

_HEADS = (
    "SELECT s.slug AS source, l.number, l.digest FROM links l JOIN sources s ON s.id = l.source_id "
    "WHERE l.number = (SELECT MAX(m.number) FROM links m WHERE m.source_id = l.source_id) "
    "ORDER BY s.slug"
)


def unsealed(connection: Connection) -> tuple[Head, ...]:
    """Return the heads of all chains that no seal holds."""
    held = {(head.source, head.number) for seal in seals(connection) for head in seal.heads}
    heads = (
        Head(row["source"], row["number"], row["digest"].hex()) for row in connection.rows(_HEADS)
    )
    return tuple(head for head in heads if (head.source, head.number) not in held)


def seals(connection: Connection, source: str | None = None) -> tuple[Seal, ...]:
    """Return the seals that hold a head of a source, or all, oldest first."""
    rows = connection.rows("SELECT sealed_at, authority, heads, token FROM seals ORDER BY id")
    found = (
        Seal(row["sealed_at"], row["authority"], _read(row["heads"]), bytes(row["token"]))
        for row in rows
    )
    return tuple(
        seal
        for seal in found
        if source is None or any(head.source == source for head in seal.heads)
    )


def keep(connection: Connection, seal: Seal) -> None:
    """Keep a seal."""
    connection.insert(
        "seals",
        sealed_at=seal.sealed_at,
        authority=seal.authority,
        heads=codec.pack([[head.source, head.number, head.digest] for head in seal.heads]),
        token=seal.token,
    )


@lru_cache(maxsize=1024)
def _read(packed: bytes) -> tuple[Head, ...]:
    found: Any = codec.unpack_plain(packed)
    return tuple(Head(*head) for head in found)
