"""Which sources are watched, which are due, and who holds one at the moment."""

# ruff: noqa: S608 - statements are put together from this package's own words; values are parameters

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from monitor.model import Rhythm, Source
from monitor.record import codec, rows
from monitor.record.engine import inserting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from monitor.model import Check
    from monitor.record.engine import Connection, Row


def labels(source: Source) -> dict[str, Any]:
    """Return the columns of a source's row that the configuration decides."""
    return {
        "site": source.site,
        "kind": source.kind,
        "name": source.name,
        "url": source.url,
        "tags": json.dumps(source.tags, ensure_ascii=False),
        # Headers may hold secrets, and those are never stored.
        "definition": codec.dump(replace(source, headers=())),
    }


def adopt(connection: Connection, sources: Sequence[Source], now: datetime) -> None:
    """Make these the watched sources; what is there of others stays.

    Rows are locked in the order of their slugs, so that two programs can start at once.
    """
    found = connection.rows(
        "SELECT slug, site, kind, name, url, tags, definition, watched, next_check_at FROM sources"
    )
    known = {row["slug"]: row for row in found}
    fresh: list[dict[str, Any]] = []
    stale: list[dict[str, Any]] = []
    for source in sorted(sources, key=lambda source: source.id):
        before = known.pop(source.id, None)
        after = {
            "slug": source.id,
            **labels(source),
            "watched": source.enabled,
            "next_check_at": _due(source, before, now),
        }
        if before is None:
            fresh.append(after | {"last_detail": "", "failures": 0, "checks": 0, "changes": 0})
        elif any(before[name] != value for name, value in after.items()):
            stale.append(after)
    if fresh:
        connection.run_many(inserting("sources", fresh[0]) + " ON CONFLICT DO NOTHING", fresh)
    if stale:
        names = ", ".join(f"{name} = :{name}" for name in stale[0] if name != "slug")
        connection.run_many(f"UPDATE sources SET {names} WHERE slug = :slug", stale)
    gone = [{"slug": slug, "watched": False} for slug in sorted(known) if known[slug]["watched"]]
    if gone:
        connection.run_many(
            "UPDATE sources SET watched = :watched, next_check_at = NULL WHERE slug = :slug", gone
        )


def _due(source: Source, before: Row | None, now: datetime) -> datetime | None:
    if not source.enabled:
        return None
    if before is None or before["next_check_at"] is None:
        return now
    due: datetime = before["next_check_at"]
    if codec.load(Source, before["definition"]).schedule == source.schedule:
        return due
    # What any other schedule says is computed by the check that follows.
    return min(due, now + source.schedule.every) if source.schedule.every else min(due, now)


def rhythm(connection: Connection, source: str) -> Rhythm | None:
    """Return how often a source has changed; `None` before its first version."""
    found = connection.row(
        "SELECT (SELECT MIN(fetched_at) FROM versions WHERE source_id = s.id) AS since_at, "
        "(SELECT COUNT(*) FROM changes WHERE source_id = s.id) AS changes "
        "FROM sources s WHERE s.slug = :source",
        source=source,
    )
    if found is None or found["since_at"] is None:
        return None
    return Rhythm(found["since_at"], found["changes"])


def due(connection: Connection, now: datetime, limit: int | None) -> tuple[str, ...]:
    """Return the sources to check, the one that waits longest first."""
    found = connection.rows(
        "SELECT slug FROM sources WHERE next_check_at <= :now "
        "AND (lease_expires_at IS NULL OR lease_expires_at <= :now) "
        "ORDER BY next_check_at, id" + ("" if limit is None else " LIMIT :limit"),
        now=now,
        **({} if limit is None else {"limit": limit}),
    )
    return tuple(row["slug"] for row in found)


def claim(
    connection: Connection,
    source: str,
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    due: bool,
    over: str = "",
) -> bool:
    """Take a source that nobody holds, or only `over`."""
    return bool(
        connection.run(
            "UPDATE sources SET lease_owner = :owner, lease_expires_at = :expires "
            "WHERE slug = :source AND "
            "(lease_expires_at IS NULL OR lease_expires_at <= :now OR lease_owner = :over)"
            + (" AND next_check_at <= :now" if due else ""),
            over=over,
            source=source,
            owner=owner,
            now=now,
            expires=now + lease,
        )
    )


def release(connection: Connection, sources: Iterable[str], *, owner: str) -> None:
    """Give back those of the sources that this owner holds."""
    connection.run_many(
        "UPDATE sources SET lease_owner = NULL, lease_expires_at = NULL "
        "WHERE slug = :source AND lease_owner = :owner",
        ({"source": source, "owner": owner} for source in sources),
    )


def owners(connection: Connection) -> tuple[str, ...]:
    """Return everybody who holds anything."""
    found = connection.rows(
        "SELECT lease_owner FROM sources WHERE lease_owner IS NOT NULL "
        "UNION SELECT lease_owner FROM deliveries WHERE lease_owner IS NOT NULL"
    )
    return tuple(row["lease_owner"] for row in found)


def abandon(connection: Connection, gone: Sequence[str]) -> None:
    """End every lease of these owners."""
    for table in ("sources", "deliveries"):
        connection.run_many(
            f"UPDATE {table} SET lease_owner = NULL, lease_expires_at = NULL "
            "WHERE lease_owner = :owner",
            ({"owner": owner} for owner in gone),
        )


def row_of(connection: Connection, check: Check) -> Row:
    """Lock the row of the check's source and return it with its state; add it where it is new."""
    held = "SELECT id, lease_owner, watched, definition FROM sources WHERE slug = :slug"
    found = connection.row(held + connection.for_update, slug=check.source.id)
    if found is None:
        columns = {
            "slug": check.source.id,
            **labels(check.source),
            "watched": False,
            "last_detail": "",
            "failures": 0,
            "checks": 0,
            "changes": 0,
        }
        connection.run(inserting("sources", columns) + " ON CONFLICT (slug) DO NOTHING", **columns)
        found = connection.row(held + connection.for_update, slug=check.source.id)
    state = connection.row(f"{rows.STATE} WHERE s.slug = :slug", slug=check.source.id)
    assert found is not None
    assert state is not None
    return found | state


def due_after(check: Check, row: Row) -> datetime | None:
    """Return when the source is due after the check."""
    due: datetime | None = row["next_check_at"]
    if check.imported or not row["watched"]:
        return due
    # Where the schedule was edited during the check, the due time set then stands.
    same = codec.load(Source, row["definition"]).schedule == check.source.schedule
    return check.next_check_at if same or due is None else min(due, check.next_check_at)


def lease_after(row: Row, owner: str | None) -> dict[str, Any]:
    """Return the columns that end the lease the check ran under."""
    if owner is not None and row["lease_owner"] != owner:
        return {}
    return {"lease_owner": None, "lease_expires_at": None}
