"""Bytes kept once, by their SHA-256: bodies of captures, and documents of versions.

What resembles something kept before is packed against it, its base, and that against another: a
line that ends in bytes that stand alone. A line is short, because the base of place ``p`` is the
nearest one at or before ``p & (p - 1)``, as in a binary indexed tree; and after `PLACES` a new one
begins. Knows nothing of sources: who puts bytes here says what they may resemble.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.errors import ArchiveError
from monitor.record.packing import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.record.engine import Connection, Row

PLACES = 128
"""How many contents follow one that stands alone at most; damage to that one reaches no further."""
DEEPEST = 8
"""Bases that are unpacked to read one content, at most; a few more where some were taken away."""
CANDIDATES = 4
"""How many earlier contents are worth a look."""
CLOSE = 1500
"""Bytes of a packed difference beyond which other bases are tried too."""
UNSORTED = -1
"""Place of a content that was never compared with others: an earlier schema kept each alone."""

_KNOWN = "SELECT id FROM contents WHERE digest = :digest"
_HELD = "SELECT id FROM contents WHERE id = :id"
_LINE = (
    "WITH RECURSIVE line (id, digest, base, place, depth, packed, step) AS ("
    "SELECT id, digest, base, place, depth, packed, 0 FROM contents WHERE id = :id "
    "UNION ALL SELECT c.id, c.digest, c.base, c.place, c.depth, c.packed, line.step + 1 "
    "FROM contents c JOIN line ON c.id = line.base WHERE line.step < 99"
    ") SELECT id, digest, base, place, depth, packed FROM line ORDER BY step"
)


@dataclass(frozen=True, slots=True)
class _Packing:
    """One way to keep a content."""

    packed: bytes
    base: int | None = None
    place: int = 0
    depth: int = 0


def put(connection: Connection, content: bytes, near: Sequence[int] = ()) -> int:
    """Keep bytes and return their number; those that are kept already cost nothing.

    `near` are contents they may resemble, the most likely first.
    """
    digest = hashlib.sha256(content).digest()
    known = connection.value(_KNOWN + connection.for_reference, digest=digest)
    if known is not None:
        return int(known)
    best = _best(connection, content, near)
    added = connection.value(
        "INSERT INTO contents (digest, size, base, place, depth, packed) "
        "VALUES (:digest, :size, :base, :place, :depth, :packed) "
        "ON CONFLICT (digest) DO NOTHING RETURNING id",
        digest=digest,
        size=len(content),
        base=best.base,
        place=best.place,
        depth=best.depth,
        packed=best.packed,
    )
    return int(added if added is not None else connection.value(_KNOWN, digest=digest))


def find(connection: Connection, digest: str) -> int | None:
    """Return the number of the content with this SHA-256, hexadecimal."""
    try:
        found = connection.value(_KNOWN, digest=bytes.fromhex(digest))
    except ValueError:
        return None
    return None if found is None else int(found)


def get(connection: Connection, number: int, noun: str = "body") -> bytes:
    """Return the bytes exactly as they were put here.

    Raises:
        ArchiveError: they are not there, or are no longer the same; `noun` says what they are.

    """
    line = connection.rows(_LINE, id=number)
    if not line:
        raise ArchiveError(f"there is no {noun} {number} in the archive")
    try:
        content = _unpacked(line)
    except ValueError as error:
        raise ArchiveError(f"{_damaged(line, noun)} ({error})") from error
    if hashlib.sha256(content).digest() != line[0]["digest"]:
        raise ArchiveError(_damaged(line, noun))
    return content


def release(connection: Connection, number: int) -> int | None:
    """Remove a content that nothing shows any more, and return the bytes that frees.

    What is packed against it is packed anew, against its base or the oldest of them, which may
    take more than it frees. `None` where it has to stay.
    """
    # Whoever is about to show it is waited for, and seen by the next statement.
    connection.rows(_HELD + connection.for_update, id=number)
    shown = connection.value(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM snapshots WHERE body = :id) "
        "OR EXISTS (SELECT 1 FROM versions WHERE document = :id)",
        id=number,
    )
    if shown is not None:
        return None
    line = connection.rows(_LINE, id=number)
    heir = line[1] if len(line) > 1 else None
    leaning = "SELECT id, digest, base, place, depth FROM contents WHERE base = :id ORDER BY id"
    freed = len(line[0]["packed"]) if line else 0
    for row in connection.rows(leaning, id=number):
        try:
            freed -= _lean(connection, row, heir)
        except ArchiveError:
            # Damaged: as long as it is kept, so is what may help to mend it.
            return None
        heir = heir or row
    connection.run("DELETE FROM contents WHERE id = :id", id=number)
    return freed


def sort_in(connection: Connection, number: int, near: Sequence[int]) -> None:
    """Pack a content of an earlier schema against those that came before it."""
    earlier = [other for other in near if not _leads_to(connection, other, number)]
    try:
        best = _best(connection, get(connection, number), earlier)
    except ArchiveError:
        # Damaged bytes stay as they are; who asks for them is told.
        best = None
    if best is None:
        connection.update("contents", number, place=0)
    else:
        _rewrite(connection, number, best)


def _lean(connection: Connection, row: Row, base: Row | None) -> int:
    """Pack a content against another base, or alone; return the bytes it takes more."""
    before = connection.value("SELECT LENGTH(packed) FROM contents WHERE id = :id", id=row["id"])
    content = get(connection, row["id"])
    if base is None:
        found = _Packing(pack(content), place=row["place"])
    else:
        packed = pack(content, get(connection, base["id"]))
        found = _Packing(packed, base["id"], row["place"], base["depth"] + 1)
    _rewrite(connection, row["id"], found)
    return len(found.packed) - int(before)


def _rewrite(connection: Connection, number: int, found: _Packing) -> None:
    connection.update(
        "contents",
        number,
        packed=found.packed,
        base=found.base,
        place=found.place,
        depth=found.depth,
    )


def _leads_to(connection: Connection, start: int, number: int) -> bool:
    return any(row["id"] == number for row in connection.rows(_LINE, id=start))


def _best(connection: Connection, content: bytes, near: Sequence[int]) -> _Packing:
    found = _in_line(connection, content, near[0]) if near else None
    if found is not None and len(found.packed) > CLOSE:
        for number in near:
            other = _against(content, connection.rows(_LINE, id=number))
            if other is not None and len(other.packed) < len(found.packed):
                found = other
    if found is not None and len(found.packed) < len(content) // 10:
        return found
    alone = pack(content)
    # A base that saves little is not worth what its damage would cost.
    gain = found is not None and len(found.packed) < 0.8 * len(alone)
    return found if found is not None and gain else _Packing(alone)


def _in_line(connection: Connection, content: bytes, previous: int) -> _Packing | None:
    """Pack against the content that the place after `previous` wants for a base."""
    line = connection.rows(_LINE, id=previous)
    place = max(line[0]["place"], 0) + 1 if line else PLACES
    if place >= PLACES:
        return None
    wanted = place & (place - 1)
    steps = [row["place"] <= wanted and row["depth"] < DEEPEST for row in line]
    return _against(content, line[steps.index(True) if True in steps else -1 :], place)


def _against(content: bytes, line: Sequence[Row], place: int | None = None) -> _Packing | None:
    """Pack against the first of a line, unless that is damaged or too far from its end."""
    if not line or line[0]["depth"] >= DEEPEST:
        return None
    try:
        base = _unpacked(line)
    except ValueError:
        return None
    if not base or hashlib.sha256(base).digest() != line[0]["digest"]:
        return None
    depth, next_place = line[0]["depth"] + 1, max(line[0]["place"], 0) + 1
    return _Packing(pack(content, base), line[0]["id"], place or next_place, depth)


def _unpacked(line: Sequence[Row]) -> bytes:
    content = b""
    for row in reversed(line):
        content = unpack(row["packed"], content)
    return content


def _damaged(line: Sequence[Row], noun: str) -> str:
    """Name what is damaged, and where that is a base, what it is the base of."""
    asked = line[0]["digest"].hex()
    said = f"{noun} {asked} is damaged: it is not what was captured. Restore a backup"
    for place in range(len(line) - 1, 0, -1):
        try:
            whole = hashlib.sha256(_unpacked(line[place:])).digest() == line[place]["digest"]
        except ValueError:
            whole = False
        if not whole:
            return f"{said}; it is kept as a difference to {line[place]['digest'].hex()}, which is"
    return said
