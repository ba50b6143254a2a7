"""Lists over all sources and all changes: filtered, sorted and cut to a page by the database."""

# ruff: noqa: S608 - statements are put together from this package's own words; values are parameters

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from monitor.model import (
    STANDINGS,
    Choices,
    Filters,
    Gauges,
    Neighbours,
    Overview,
    Source,
    SourceRow,
)
from monitor.model.state import OVERDUE_AFTER
from monitor.record import codec, rows
from monitor.record.engine import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from monitor.model import Change, Standing
    from monitor.record.engine import Connection

LATELY = timedelta(days=14)
"""A change is news for this long."""
LOOKED_BACK = timedelta(days=365)
"""How far back the latest changes of a source are listed with it."""
MOST_CHOICES = 200
# In the order of `STANDINGS`; `monitor.model.condition` says the same of one source.
_STANDING = (
    "CASE WHEN s.next_check_at IS NULL THEN 8 WHEN s.last_outcome = 'failed' THEN 0 "
    "WHEN s.last_outcome = 'blocked' THEN 1 WHEN s.next_check_at < :overdue THEN 2 "
    "WHEN COALESCE(s.drift, '') <> '' THEN 3 WHEN s.pending_snapshot IS NOT NULL THEN 4 "
    "WHEN s.version IS NULL THEN 6 WHEN n.changed_at IS NOT NULL THEN 5 ELSE 7 END"
)
_LATELY = (
    "LEFT JOIN (SELECT source_id, MAX(first_seen_at) AS changed_at FROM changes "
    "WHERE first_seen_at >= :lately GROUP BY source_id) n ON n.source_id = s.id"
)


def page(
    connection: Connection, filters: Filters, now: datetime, limit: int, offset: int
) -> Overview:
    """Return one page of the sources that match, those that need a person first."""
    where, named = _matching(filters)
    named |= {"overdue": now - OVERDUE_AFTER, "lately": now - LATELY}
    ranked = (
        f"SELECT s.id, s.slug, n.changed_at, {_STANDING} AS standing "
        f"FROM sources s {_LATELY} WHERE {where}"
    )
    counted = connection.rows(
        f"SELECT standing, COUNT(*) AS sources FROM ({ranked}) ranked GROUP BY standing", **named
    )
    tally = {STANDINGS[row["standing"]]: row["sources"] for row in counted}
    only = ""
    if filters.standing:
        only, named["only"] = "WHERE standing = :only ", _place(filters.standing)
    found = connection.rows(
        f"SELECT id, standing FROM ({ranked}) ranked {only}"
        "ORDER BY standing, CASE WHEN changed_at IS NULL THEN 1 ELSE 0 END, changed_at DESC, slug "
        "LIMIT :limit OFFSET :offset",
        limit=limit,
        offset=offset,
        **named,
    )
    standings = {row["id"]: STANDINGS[row["standing"]] for row in found}
    return Overview(_rows(connection, standings, now), tally)


def _place(standing: str) -> int:
    return next((at for at, name in enumerate(STANDINGS) if name == standing), -1)


def _matching(filters: Filters) -> tuple[str, dict[str, Any]]:
    conditions, named = ["s.watched IS NOT NULL"], dict[str, Any]()
    for name in ("site", "kind"):
        if value := getattr(filters, name):
            conditions.append(f"s.{name} = :{name}")
            named[name] = value
    if filters.tag:
        conditions.append("s.tags LIKE :tag ESCAPE '!'")
        named["tag"] = f"%{_literal(json.dumps(filters.tag, ensure_ascii=False))}%"
    if filters.language:
        conditions.append("(s.language = :language OR s.language LIKE :languages ESCAPE '!')")
        named |= {"language": filters.language, "languages": f"{_literal(filters.language)}-%"}
    if filters.finding:
        conditions.append(
            "s.id IN (SELECT c.source_id FROM changes c JOIN change_findings f "
            "ON f.change_id = c.id WHERE f.rule = :finding)"
        )
        named["finding"] = filters.finding
    for at, word in enumerate(filters.text.split()[:8]):
        fields = " OR ".join(f"LOWER(s.{name}) LIKE :word{at} ESCAPE '!'" for name in _TEXTS)
        conditions.append(f"({fields})")
        named[f"word{at}"] = f"%{_literal(word.lower())}%"
    return " AND ".join(conditions), named


_TEXTS = ("slug", "site", "name", "url")


def _literal(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _rows(
    connection: Connection, standings: dict[int, Standing], now: datetime
) -> tuple[SourceRow, ...]:
    if not standings:
        return ()
    marks, named = listed("id", standings)
    states = {
        row["source"]: rows.state(row)
        for row in connection.rows(f"{rows.STATE} WHERE s.id IN {marks}", **named)
    }
    found = connection.rows(
        f"SELECT id, slug, definition, language FROM sources WHERE id IN {marks}", **named
    )
    sources = {row["id"]: row for row in found}
    latest = _latest(connection, standings)
    times = _times(connection, standings, now - LOOKED_BACK)
    return tuple(
        SourceRow(
            source=codec.load(Source, sources[key]["definition"]),
            state=states[sources[key]["slug"]],
            standing=standing,
            language=sources[key]["language"],
            last_change=latest.get(sources[key]["slug"]),
            changed_at=tuple(times.get(key, ())),
        )
        for key, standing in standings.items()
    )


def _latest(connection: Connection, ids: Iterable[int]) -> dict[str, Change]:
    marks, named = listed("id", ids)
    found = connection.rows(
        f"{rows.CHANGE} WHERE c.id IN (SELECT (SELECT l.id FROM changes l "
        "WHERE l.source_id = k.id ORDER BY l.first_seen_at DESC, l.id DESC LIMIT 1) "
        f"FROM sources k WHERE k.id IN {marks})",
        **named,
    )
    return {row["source"]: rows.change(row) for row in found}


def _times(
    connection: Connection, ids: Iterable[int], since: datetime
) -> dict[int, list[datetime]]:
    marks, named = listed("id", ids)
    found = connection.rows(
        f"SELECT source_id, first_seen_at FROM changes WHERE source_id IN {marks} "
        "AND first_seen_at >= :since ORDER BY first_seen_at LIMIT 5000",
        since=since,
        **named,
    )
    times: dict[int, list[datetime]] = defaultdict(list)
    for row in found:
        times[row["source_id"]].append(row["first_seen_at"])
    return times


def choices(connection: Connection) -> Choices:
    """Return the values to filter by, the most frequent ones, each list by name."""
    found = connection.rows("SELECT site, kind, tags, language FROM sources")
    tags: Counter[str] = Counter()
    for packed, times in Counter(row["tags"] for row in found).items():
        for tag in json.loads(packed):
            tags[tag] += times
    rules = connection.rows(
        "SELECT rule, COUNT(*) AS times FROM change_findings GROUP BY rule ORDER BY times DESC "
        "LIMIT :most",
        most=MOST_CHOICES,
    )
    return Choices(
        sites=_frequent(Counter(row["site"] for row in found)),
        kinds=_frequent(Counter(row["kind"] for row in found)),
        tags=_frequent(tags),
        languages=_frequent(Counter(row["language"] for row in found if row["language"])),
        findings=tuple(sorted(row["rule"] for row in rules)),
    )


def _frequent(times: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted((value for value, _ in times.most_common(MOST_CHOICES)), key=str.casefold))


def recent(
    connection: Connection,
    filters: Filters,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    offset: int,
) -> tuple[Change, ...]:
    """Return the changes of the sources that match, newest first."""
    where, named = _matching(filters)
    if filters.finding:
        # Of a change, it must be this one that has the finding.
        where += " AND c.id IN (SELECT change_id FROM change_findings WHERE rule = :finding)"
    for name, sign, at in (("since", ">=", since), ("until", "<", until)):
        if at is not None:
            where += f" AND c.first_seen_at {sign} :{name}"
            named[name] = at
    found = connection.rows(
        f"{rows.CHANGE} WHERE {where} ORDER BY c.first_seen_at DESC, c.id DESC "
        "LIMIT :limit OFFSET :offset",
        limit=limit,
        offset=offset,
        **named,
    )
    return tuple(rows.change(row) for row in found)


def neighbours(connection: Connection, number: int) -> Neighbours:
    """Return the changes of the same source before and after one."""

    def beside(sign: str, order: str) -> int | None:
        found: int | None = connection.value(
            "SELECT o.id FROM changes c JOIN changes o ON o.source_id = c.source_id "
            f"AND o.to_version {sign} c.to_version WHERE c.id = :id "
            f"ORDER BY o.to_version {order} LIMIT 1",
            id=number,
        )
        return found

    return Neighbours(beside("<", "DESC"), beside(">", "ASC"))


def source(connection: Connection, slug: str) -> Source | None:
    """Return one source, as last configured."""
    found = connection.value("SELECT definition FROM sources WHERE slug = :slug", slug=slug)
    return codec.load(Source, found) if found else None


def sources(connection: Connection, slugs: Sequence[str]) -> dict[str, Source]:
    """Return these sources by id."""
    if not slugs:
        return {}
    marks, named = listed("slug", dict.fromkeys(slugs))
    found = connection.rows(f"SELECT slug, definition FROM sources WHERE slug IN {marks}", **named)
    return {row["slug"]: codec.load(Source, row["definition"]) for row in found}


def gauges(connection: Connection, now: datetime, most: int) -> Gauges:
    """Count what there is to count; the times of single sources where there are at most so many."""
    found = connection.row(
        "SELECT COUNT(*) AS sources, "
        "SUM(CASE WHEN next_check_at < :overdue THEN 1 ELSE 0 END) AS overdue, "
        "SUM(CASE WHEN last_outcome = 'failed' THEN 1 ELSE 0 END) AS failing, "
        "SUM(CASE WHEN last_outcome = 'blocked' THEN 1 ELSE 0 END) AS blocked, "
        "SUM(CASE WHEN pending_snapshot IS NOT NULL THEN 1 ELSE 0 END) AS pending, "
        "MIN(next_check_at) AS oldest_due_at FROM sources WHERE next_check_at IS NOT NULL",
        overdue=now - OVERDUE_AFTER,
    )
    assert found is not None
    counts = {name: value or 0 for name, value in found.items() if name != "oldest_due_at"}
    seen: list[dict[str, Any]] = []
    if counts["sources"] <= most:
        seen = connection.rows(
            "SELECT slug, last_success_at FROM sources "
            "WHERE next_check_at IS NOT NULL AND last_success_at IS NOT NULL"
        )
    one = connection.value
    return Gauges(
        **counts,
        quarantined=one("SELECT COUNT(*) FROM snapshots WHERE role = 'quarantine'"),
        outages=one("SELECT COUNT(*) FROM outages WHERE closed_at IS NULL"),
        outbox_pending=one("SELECT COUNT(*) FROM deliveries WHERE state = 'pending'"),
        outbox_failed=one("SELECT COUNT(*) FROM deliveries WHERE state = 'failed'"),
        oldest_due_at=found["oldest_due_at"],
        last_success_at={row["slug"]: row["last_success_at"] for row in seen},
    )
