"""What people thought of the alerts, and the figures that follow from it."""

# ruff: noqa: S608 - statements are put together from this package's own words; values are parameters

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.model import Review, SourceScore

if TYPE_CHECKING:
    from monitor.record.engine import Connection

# A body arrived in every check but these.
_BODILESS = "('not_modified', 'failed', 'rederived')"


def put(connection: Connection, change_id: int, review: Review) -> bool:
    """Note a verdict in place of an earlier one; tell whether there is such a change."""
    if connection.row("SELECT id FROM changes WHERE id = :id", id=change_id) is None:
        return False
    connection.run(
        "INSERT INTO reviews (change_id, verdict, note, reviewed_at) "
        "VALUES (:change_id, :verdict, :note, :reviewed_at) ON CONFLICT (change_id) DO UPDATE "
        "SET verdict = excluded.verdict, note = excluded.note, reviewed_at = excluded.reviewed_at",
        change_id=change_id,
        verdict=review.verdict,
        note=review.note,
        reviewed_at=review.reviewed_at,
    )
    return True


def scores(connection: Connection) -> tuple[SourceScore, ...]:
    """Return the figures of every source, by id."""
    found = connection.rows(
        "SELECT s.slug AS source, COALESCE(k.checks, 0) AS checks, "
        "COALESCE(k.captures, 0) AS captures, COALESCE(k.pending, 0) AS pending, "
        "COALESCE(k.variants, 0) AS variants, COALESCE(k.quarantined, 0) AS quarantined, "
        "COALESCE(c.alerts, 0) AS alerts, COALESCE(c.real, 0) AS real, "
        "COALESCE(c.noise, 0) AS noise, COALESCE(v.volatile, 0) AS volatile FROM sources s "
        # Counted before they are joined: no row is counted twice.
        "LEFT JOIN (SELECT source_id, COUNT(*) AS checks, "
        f"SUM(CASE WHEN outcome IN {_BODILESS} THEN 0 ELSE 1 END) AS captures, "
        f"{_counted('outcome', 'pending', 'pending')}, "
        f"{_counted('outcome', 'variant', 'variants')}, "
        f"{_counted('outcome', 'blocked', 'quarantined')} FROM checks GROUP BY source_id) k "
        "ON k.source_id = s.id "
        "LEFT JOIN (SELECT a.source_id, COUNT(*) AS alerts, "
        f"{_counted('r.verdict', 'real', 'real')}, {_counted('r.verdict', 'noise', 'noise')} "
        "FROM changes a LEFT JOIN reviews r ON r.change_id = a.id WHERE a.alert "
        "GROUP BY a.source_id) c ON c.source_id = s.id "
        "LEFT JOIN (SELECT source_id, COUNT(*) AS volatile FROM volatile GROUP BY source_id) v "
        "ON v.source_id = s.id ORDER BY s.slug"
    )
    return tuple(SourceScore(**row) for row in found)


def _counted(column: str, value: str, name: str) -> str:
    return f"SUM(CASE WHEN {column} = '{value}' THEN 1 ELSE 0 END) AS {name}"
