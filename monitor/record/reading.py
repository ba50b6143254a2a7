"""Questions about the past; every one is answered inside one read transaction."""

# ruff: noqa: S608 - statements are put together from this package's own words; values are parameters

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.errors import ArchiveError
from monitor.model import Comparison, Document, Edit, KnownState, QuietStretch, Source
from monitor.record import codec, documents, rows
from monitor.record.engine import listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.model import (
        Change,
        CheckRow,
        Outage,
        SourceState,
        Version,
        VersionSummary,
    )
    from monitor.record.engine import Connection, Row


def sources(connection: Connection) -> tuple[Source, ...]:
    """Return every source the archive knows, as last configured, without its headers."""
    found = connection.rows("SELECT definition FROM sources ORDER BY slug")
    return tuple(codec.load(Source, row["definition"]) for row in found)


def state(connection: Connection, source: str) -> SourceState | None:
    """Return what is known of a source; `None` where nothing is."""
    row = connection.row(f"{rows.STATE} WHERE s.slug = :source", source=source)
    return rows.state(row) if row else None


def states(connection: Connection) -> tuple[SourceState, ...]:
    """Return what is known of every source, by id."""
    return tuple(rows.state(row) for row in connection.rows(f"{rows.STATE} ORDER BY s.slug"))


def history(
    connection: Connection,
    slugs: Sequence[str],
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
) -> tuple[Change, ...]:
    """Return changes of these sources, newest first."""
    if not slugs:
        return ()
    marks, named = listed("source", dict.fromkeys(slugs))
    bounds: dict[str, object] = {"since": since, "until": until, "limit": limit}
    sql = f"{rows.CHANGE} WHERE s.slug IN {marks}"
    sql += " AND c.first_seen_at >= :since" if since else ""
    sql += " AND c.first_seen_at < :until" if until else ""
    sql += " ORDER BY c.first_seen_at DESC, c.id DESC"
    sql += " LIMIT :limit" if limit is not None else ""
    given = {name: value for name, value in bounds.items() if value is not None}
    return tuple(rows.change(row) for row in connection.rows(sql, **named, **given))


def change(connection: Connection, number: int) -> Change | None:
    """Return one change."""
    row = connection.row(f"{rows.CHANGE} WHERE c.id = :id", id=number)
    return rows.change(row) if row else None


def change_between(connection: Connection, source: str, old: int, new: int) -> Change | None:
    """Return the change from one version to another; `None` where they are not neighbours."""
    row = connection.row(
        f"{rows.CHANGE} WHERE s.slug = :source AND c.to_version = :new AND c.from_version = :old",
        source=source,
        old=old,
        new=new,
    )
    return rows.change(row) if row else None


def comparison(connection: Connection, number: int) -> Comparison:
    """Return the edits of a change, with the lines of both versions."""
    row = connection.row(
        "SELECT c.verdict, c.reason, c.comparison, c.against_documents, "
        "old.document AS old, new.document AS new FROM changes c "
        "JOIN versions old ON old.source_id = c.source_id AND old.number = c.from_version "
        "JOIN versions new ON new.source_id = c.source_id AND new.number = c.to_version "
        "WHERE c.id = :id",
        id=number,
    )
    if row is None:
        raise ArchiveError(f"there is no change {number} in the archive")
    old, new = (documents.written(connection, row[name]) for name in ("old", "new"))
    kept = codec.unpack_plain(row["comparison"], old + new if row["against_documents"] else b"")
    return Comparison(
        verdict=row["verdict"],
        reason=row["reason"],
        edits=codec.built_all(Edit, kept["edits"]),
        old_lines=kept.get("old_lines") or codec.read(Document, old).lines,
        new_lines=kept.get("new_lines") or codec.read(Document, new).lines,
        clear=kept["clear"],
    )


def version(connection: Connection, source: str, number: int | None) -> Version | None:
    """Return one version; the newest without a number."""
    row = connection.row(
        f"{rows.VERSION} WHERE s.slug = :source "
        + ("" if number is None else "AND v.number = :number ")
        + "ORDER BY v.number DESC LIMIT 1",
        source=source,
        **({} if number is None else {"number": number}),
    )
    return _version(connection, row)


def version_at(connection: Connection, source: str, when: datetime) -> Version | None:
    """Return the version in force at a time, as far as captures tell."""
    row = connection.row(
        f"{rows.VERSION} WHERE s.slug = :source AND v.fetched_at <= :when "
        "ORDER BY v.fetched_at DESC, v.number DESC LIMIT 1",
        source=source,
        when=when,
    )
    return _version(connection, row)


def _version(connection: Connection, row: Row | None) -> Version | None:
    return rows.version(row, documents.read(connection, row["document"])) if row else None


def summaries(connection: Connection, source: str) -> tuple[VersionSummary, ...]:
    """Return all versions of a source, oldest first, without their documents."""
    found = connection.rows(
        "SELECT v.number, v.recorded_at, v.fetched_at, v.cause, v.dates, v.words, v.title "
        "FROM versions v JOIN sources s ON s.id = v.source_id "
        "WHERE s.slug = :source ORDER BY v.number",
        source=source,
    )
    return tuple(rows.version_summary(row) for row in found)


# Checks that found nothing at all; one that saw a difference vanish has something to tell.
_QUIET = "(c.outcome IN ('unchanged', 'not_modified') AND c.detail = '')"


def checks(
    connection: Connection,
    source: str,
    limit: int | None,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    telling: bool = False,
) -> tuple[CheckRow, ...]:
    """Return the newest checks of a source, newest first; `telling` leaves out the quiet ones."""
    sql = f"{rows.CHECK} WHERE s.slug = :source"
    sql += f" AND NOT {_QUIET}" if telling else ""
    condition, named = _between(since, until)
    sql += f"{condition} ORDER BY c.id DESC{' LIMIT :limit' if limit is not None else ''}"
    if limit is not None:
        named["limit"] = limit
    return tuple(rows.check(row) for row in connection.rows(sql, source=source, **named))


def quiet(
    connection: Connection, source: str, since: datetime | None, until: datetime | None
) -> tuple[QuietStretch, ...]:
    """Return the stretches of checks that found nothing, newest first."""
    condition, named = _between(since, until)
    found = connection.rows(
        "SELECT COUNT(*) AS checks, MIN(started_at) AS first_at, MAX(started_at) AS last_at FROM ("
        f"SELECT c.started_at, CASE WHEN {_QUIET} THEN 1 ELSE 0 END AS quiet, "
        f"SUM(CASE WHEN {_QUIET} THEN 0 ELSE 1 END) OVER (ORDER BY c.id) AS stretch "
        f"FROM checks c JOIN sources s ON s.id = c.source_id WHERE s.slug = :source{condition}"
        ") AS marked WHERE quiet = 1 GROUP BY stretch ORDER BY stretch DESC",
        source=source,
        **named,
    )
    return tuple(QuietStretch(source, **row) for row in found)


def _between(since: datetime | None, until: datetime | None) -> tuple[str, dict[str, object]]:
    sql = " AND c.started_at >= :since" if since else ""
    sql += " AND c.started_at < :until" if until else ""
    given = {"since": since, "until": until}
    return sql, {name: value for name, value in given.items() if value is not None}


def seen_until(connection: Connection, source: str) -> datetime | None:
    """Return the time of the newest capture judged, failures aside."""
    # A check of an imported capture begins and ends at the time of the capture.
    row = connection.row(
        "SELECT MAX(c.started_at) AS seen_at FROM checks c JOIN sources s ON s.id = c.source_id "
        "WHERE s.slug = :source AND c.outcome NOT IN ('failed', 'rederived') "
        "AND NOT (c.outcome = 'blocked' AND c.duration_ms > 0)",
        source=source,
    )
    found: datetime | None = row["seen_at"] if row else None
    return found


def outages(
    connection: Connection, source: str | None, *, open_only: bool, limit: int
) -> tuple[Outage, ...]:
    """Return outages, newest first."""
    conditions = ["s.slug = :source"] * (source is not None) + ["o.closed_at IS NULL"] * open_only
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    found = connection.rows(
        f"{rows.OUTAGE}{where} ORDER BY o.id DESC LIMIT :limit",
        limit=limit,
        **({} if source is None else {"source": source}),
    )
    return tuple(rows.outage(row) for row in found)


def outage(connection: Connection, number: int) -> Outage | None:
    """Return one outage."""
    row = connection.row(f"{rows.OUTAGE} WHERE o.id = :id", id=number)
    return rows.outage(row) if row else None


_KNOWN_STATES = 8


def recent_states(connection: Connection, source: str, since: datetime) -> tuple[KnownState, ...]:
    """Return the texts a source has shown since a time, the last seen first; eight at most."""
    found = connection.rows(
        "SELECT v.number, v.text_digest, v.last_seen_at, s.version, s.last_unchanged_at "
        "FROM versions v JOIN sources s ON s.id = v.source_id "
        "WHERE s.slug = :source AND (v.last_seen_at >= :since OR v.number = s.version) "
        "ORDER BY v.last_seen_at DESC, v.number DESC LIMIT :limit",
        source=source,
        since=since,
        limit=_KNOWN_STATES + 1,
    )
    states = (
        KnownState(
            row["number"],
            row["text_digest"],
            max(row["last_seen_at"], row["last_unchanged_at"] or row["last_seen_at"])
            if row["number"] == row["version"]
            else row["last_seen_at"],
        )
        for row in found
    )
    recent = sorted(states, key=lambda known: (known.seen_at, known.version), reverse=True)
    return tuple(known for known in recent if known.seen_at >= since)[:_KNOWN_STATES]
