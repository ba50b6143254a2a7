"""Passages that come and go, counted for each source."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from monitor.model import Passage, VolatilePassage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.record.engine import Connection

LONGEST = 2000
"""Characters of a passage that are kept as a sample."""
MOST_ONCE = 500
"""Passages of a source that came or went only once and are remembered: the last ones."""


def learn(
    connection: Connection, source_id: int, passages: Sequence[Passage], at: datetime
) -> None:
    """Count one more coming or going of each passage."""
    connection.run_many(
        "INSERT INTO volatile (source_id, key, words, sample, flips, first_seen_at, last_seen_at) "
        "VALUES (:source_id, :key, :words, :sample, 1, :at, :at) "
        "ON CONFLICT (source_id, key) DO UPDATE "
        "SET flips = volatile.flips + 1, last_seen_at = excluded.last_seen_at",
        [
            {
                "source_id": source_id,
                "key": hashlib.sha256(passage.key.encode()).hexdigest(),
                "words": passage.key,
                "sample": passage.sample[:LONGEST],
                "at": at,
            }
            for passage in passages
        ],
    )
    connection.run(
        "DELETE FROM volatile WHERE source_id = :source_id AND flips = 1 AND id <= ("
        "SELECT id FROM volatile WHERE source_id = :source_id AND flips = 1 "
        "ORDER BY id DESC LIMIT 1 OFFSET :most)",
        source_id=source_id,
        most=MOST_ONCE,
    )


def known(connection: Connection, source: str) -> tuple[VolatilePassage, ...]:
    """Return the passages of a source that have come and gone, most often first."""
    rows = connection.rows(
        "SELECT v.words, v.sample, v.flips, v.first_seen_at, v.last_seen_at FROM volatile v "
        "JOIN sources s ON s.id = v.source_id WHERE s.slug = :source "
        "ORDER BY v.flips DESC, v.id",
        source=source,
    )
    return tuple(
        VolatilePassage(
            Passage(row["words"], row["sample"]),
            row["flips"],
            row["first_seen_at"],
            row["last_seen_at"],
        )
        for row in rows
    )


def forget(connection: Connection, source: str) -> int:
    """Forget them all, and return how many there were."""
    return connection.run(
        "DELETE FROM volatile WHERE source_id = (SELECT id FROM sources WHERE slug = :source)",
        source=source,
    )
