"""Rows become model values here, and nowhere else; no row leaves this package."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.model import (
    Attempt,
    Capture,
    Change,
    CheckRow,
    Dates,
    Delivery,
    Document,
    Explanation,
    Finding,
    Hop,
    KeptCapture,
    Outage,
    PendingDifference,
    Review,
    Rules,
    SectionChange,
    SourceState,
    Validators,
    Version,
    VersionSummary,
)
from monitor.record import codec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.record.engine import Row

STATE = (
    "SELECT s.slug AS source, s.next_check_at, s.last_checked_at, s.last_outcome, s.last_detail, "
    "s.last_success_at, s.last_full_at, s.last_unchanged_at, s.etag, s.last_modified, "
    "s.body_digest, s.gate, s.version, s.turned_at, s.told_version, "
    "s.extractor, s.rules, s.drift, s.shell_at, s.failures, s.troubled_at, s.pending_snapshot, "
    "s.pending_first_seen_at, s.pending_reason, s.pending_captures, s.checks, s.changes, "
    "o.id AS outage_id, o.opened_at, o.closed_at, o.kind AS outage_kind, "
    "o.detail AS outage_detail, o.reminders, o.reminded_at "
    "FROM sources s LEFT JOIN outages o ON o.source_id = s.id AND o.closed_at IS NULL"
)
CHANGE = (
    "SELECT c.id, s.slug AS source, s.site, s.kind, s.name, s.url, c.from_version, c.to_version, "
    "c.last_seen_unchanged_at, c.first_seen_at, c.confirmed_at, c.verdict, c.reason, c.alert, "
    "c.imported, c.muted, c.sections, c.old_dates, c.new_dates, c.findings, "
    "c.summary, c.score, c.announcement, "
    "r.verdict AS review, r.note, r.reviewed_at "
    "FROM changes c JOIN sources s ON s.id = c.source_id LEFT JOIN reviews r ON r.change_id = c.id"
)
CHECK = (
    "SELECT s.slug AS source, c.started_at, c.duration_ms, c.outcome, c.detail, c.http_status, "
    "c.stage, c.rule, c.verdict, c.words, c.version, c.change_id "
    "FROM checks c JOIN sources s ON s.id = c.source_id"
)
VERSION = (
    "SELECT s.slug AS source, v.number, v.recorded_at, v.fetched_at, b.digest AS snapshot, "
    "v.cause, v.extractor, v.rules, v.document FROM versions v "
    "JOIN sources s ON s.id = v.source_id JOIN snapshots n ON n.id = v.snapshot_id "
    "JOIN contents b ON b.id = n.body"
)
OUTAGE = (
    "SELECT o.id, s.slug AS source, o.opened_at, o.closed_at, o.kind, o.detail, o.reminders, "
    "o.reminded_at "
    "FROM outages o JOIN sources s ON s.id = o.source_id"
)
DELIVERY = (
    "SELECT d.id, d.key, d.channel, d.event, COALESCE(s.slug, '') AS source, d.change_id, "
    "d.outage_id, d.trouble_id, d.deadline_id, d.reminder, v.number AS version, b.key AS batch, "
    "d.state, d.created_at, d.next_attempt_at "
    "FROM deliveries d LEFT JOIN sources s ON s.id = d.source_id "
    "LEFT JOIN versions v ON v.id = d.version_id LEFT JOIN batches b ON b.id = d.batch_id"
)


def state(row: Row) -> SourceState:
    """Read a row of `STATE`."""
    pending = row["pending_snapshot"]
    return SourceState(
        source=row["source"],
        next_check_at=row["next_check_at"],
        last_checked_at=row["last_checked_at"],
        last_outcome=row["last_outcome"],
        last_detail=row["last_detail"],
        last_success_at=row["last_success_at"],
        last_full_at=row["last_full_at"],
        last_unchanged_at=row["last_unchanged_at"],
        validators=Validators(row["etag"], row["last_modified"]),
        body_digest=row["body_digest"],
        gate=row["gate"],
        version=row["version"],
        turned_at=row["turned_at"],
        told_version=row["told_version"],
        extractor=row["extractor"],
        rules=row["rules"],
        drift=row["drift"] or "",
        shell_at=row["shell_at"],
        failures=row["failures"],
        troubled_at=row["troubled_at"],
        outage=_open_outage(row),
        pending=PendingDifference(
            pending, row["pending_first_seen_at"], row["pending_reason"], row["pending_captures"]
        )
        if pending
        else None,
        checks=row["checks"],
        changes=row["changes"],
    )


def _open_outage(row: Row) -> Outage | None:
    if row["outage_id"] is None:
        return None
    return Outage(
        id=row["outage_id"],
        source=row["source"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        kind=row["outage_kind"],
        detail=row["outage_detail"],
        reminders=row["reminders"],
        reminded_at=row["reminded_at"],
    )


def change(row: Row) -> Change:
    """Read a row of `CHANGE`."""
    return Change(
        id=row["id"],
        source=row["source"],
        site=row["site"],
        kind=row["kind"],
        name=row["name"],
        url=row["url"],
        from_version=row["from_version"],
        to_version=row["to_version"],
        last_seen_unchanged_at=row["last_seen_unchanged_at"],
        first_seen_at=row["first_seen_at"],
        confirmed_at=row["confirmed_at"],
        verdict=row["verdict"],
        reason=row["reason"],
        sections=codec.load_all(SectionChange, row["sections"]),
        old_dates=codec.load(Dates, row["old_dates"]),
        new_dates=codec.load(Dates, row["new_dates"]),
        alert=bool(row["alert"]),
        findings=codec.load_all(Finding, row["findings"]),
        summary=row["summary"],
        score=row["score"],
        announcement=row["announcement"],
        imported=bool(row["imported"]),
        muted=bool(row["muted"]),
        review=Review(row["review"], row["note"], row["reviewed_at"]) if row["review"] else None,
    )


def version(row: Row, document: Document) -> Version:
    """Read a row of `VERSION`, whose document has been read."""
    return Version(
        source=row["source"],
        number=row["number"],
        recorded_at=row["recorded_at"],
        fetched_at=row["fetched_at"],
        snapshot=row["snapshot"].hex(),
        cause=row["cause"],
        extractor=row["extractor"],
        rules=row["rules"],
        document=document,
    )


def version_summary(row: Row) -> VersionSummary:
    """Read a row of `versions` without its document."""
    return VersionSummary(
        number=row["number"],
        recorded_at=row["recorded_at"],
        fetched_at=row["fetched_at"],
        cause=row["cause"],
        dates=codec.load(Dates, row["dates"]),
        words=row["words"],
        title=row["title"],
    )


def capture(row: Row, body: bytes) -> Capture:
    """Read a row of `snapshots`."""
    return Capture(
        url=row["url"],
        final_url=row["final_url"],
        fetched_at=row["fetched_at"],
        status=row["status"],
        media_type=row["media_type"],
        charset=row["charset"],
        headers=codec.unpack_plain(row["headers"]),
        body=body,
        hops=codec.load_all(Hop, row["hops"]),
        claimed=bool(row["claimed"]),
    )


def check(row: Row) -> CheckRow:
    """Read a row of `checks` joined with its source."""
    return CheckRow(
        source=row["source"],
        started_at=row["started_at"],
        duration=timedelta(milliseconds=row["duration_ms"]),
        outcome=row["outcome"],
        detail=row["detail"],
        http_status=row["http_status"],
        explanation=Explanation(
            row["stage"],
            row["rule"],
            row["verdict"],
            tuple(json.loads(row["words"])) if row["words"] else (),
        ),
        version=row["version"],
        change=row["change_id"],
    )


def kept(row: Row) -> KeptCapture:
    """Read a row of `snapshots` with the size of its body and the version read from it."""
    seen_until = row["last_seen_at"]
    if seen_until and row["number"] == row["version"]:
        seen_until = max(seen_until, row["last_unchanged_at"] or seen_until)
    return KeptCapture(
        number=row["id"],
        role=row["role"],
        reason=row["reason"],
        fetched_at=row["fetched_at"],
        digest=row["digest"].hex(),
        size=row["size"],
        status=row["status"],
        final_url=row["final_url"],
        media_type=row["media_type"],
        rules=codec.load(Rules, row["definition"]) if row["definition"] else None,
        seen_until=seen_until if row["role"] == "version" else None,
    )


def outage(row: Row) -> Outage:
    """Read a row of `OUTAGE`."""
    return Outage(**row)


def delivery(row: Row, attempts: Sequence[Row]) -> Delivery:
    """Read a row of `DELIVERY` and those of its attempts."""
    return Delivery(
        id=row["id"],
        key=row["key"],
        channel=row["channel"],
        event=row["event"],
        source=row["source"],
        change=row["change_id"],
        outage=row["outage_id"],
        state=row["state"],
        created_at=row["created_at"],
        next_attempt_at=row["next_attempt_at"],
        attempts=tuple(
            Attempt(tried["tried_at"], bool(tried["ok"]), tried["answer"]) for tried in attempts
        ),
        version=row["version"],
        trouble=row["trouble_id"],
        deadline=row["deadline_id"],
        reminder=row["reminder"],
        batch=row["batch"],
    )
