"""Answers for programs: the one place that says which fields a JSON answer has."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from monitor.model import condition
from monitor.render.reasons import why

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import (
        Change,
        CheckRow,
        Comparison,
        Dates,
        Edit,
        Finding,
        Gap,
        Hit,
        Hunk,
        InForce,
        PolicyDate,
        Review,
        Source,
        SourceState,
        Version,
    )
    from monitor.render import shapes


def utc(moment: datetime | None) -> str | None:
    """Write a time as ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def date_value(date: PolicyDate | None) -> str | None:
    """Return the ISO value of a policy's date."""
    return date.value if date else None


def dates(found: Dates) -> shapes.DatesAnswer:
    """Return a document's dates."""
    return {
        "updated": date_value(found.updated),
        "effective": date_value(found.effective),
        "published": date_value(found.published),
        "last_updated": date_value(found.last_updated),
    }


def change(told: Change) -> shapes.ChangeAnswer:
    """Return a change as ``history --json`` lists it."""
    return {
        "source": told.source,
        "site": told.site,
        "kind": told.kind,
        "name": told.name,
        "url": told.url,
        "change": told.id,
        "from_version": told.from_version,
        "to_version": told.to_version,
        "last_seen_unchanged_at": utc(told.last_seen_unchanged_at),
        "first_seen_at": utc(told.first_seen_at),
        "confirmed_at": utc(told.confirmed_at),
        "verdict": told.verdict,
        "reason": told.reason,
        "alert": told.alert,
        "imported": told.imported,
        "muted": told.muted,
        "review": _review(told.review) if told.review else None,
        "dates": {"old": dates(told.old_dates), "new": dates(told.new_dates)},
        "announcement": told.announcement,
        "summary": told.summary,
        "score": told.score,
        "findings": [finding(one) for one in told.findings],
        "sections": [
            {
                "path": list(section.path),
                "op": section.operation,
                "words_added": section.words_added,
                "words_removed": section.words_removed,
            }
            for section in told.sections
        ],
        "stats": {
            "words_added": sum(section.words_added for section in told.sections),
            "words_removed": sum(section.words_removed for section in told.sections),
        },
    }


def _review(review: Review) -> shapes.ReviewAnswer:
    return {
        "verdict": review.verdict,
        "note": review.note,
        "reviewed_at": utc(review.reviewed_at),
    }


def finding(told: Finding) -> shapes.FindingAnswer:
    """Return a finding as every answer about a change holds it."""
    return {
        "rule": told.rule,
        "summary": told.summary,
        "words": list(told.words),
        "path": list(told.path),
        "old": told.old,
        "new": told.new,
        "weight": told.weight,
    }


def version(source: Source, told: Version) -> shapes.VersionAnswer:
    """Return a version as ``show --json`` prints it."""
    document = told.document
    return {
        "source": source.id,
        "site": source.site,
        "url": source.url,
        "version": told.number,
        "recorded_at": utc(told.recorded_at),
        "fetched_at": utc(told.fetched_at),
        "snapshot": told.snapshot,
        "cause": told.cause,
        "title": document.title,
        "language": document.language,
        "dates": dates(document.dates),
        "sections": [
            {"path": list(section.path), "heading": section.heading, "text": section.text}
            for section in document.sections
        ],
        "text": document.text,
    }


def in_force(found: InForce) -> shapes.InForceAnswer:
    """Return how sure it is that a version was in force at a time."""
    return {
        "certainty": found.certainty,
        "seen_at": utc(found.seen_at),
        "next_seen_at": utc(found.next_seen_at),
        "next_version": found.next_version,
        "gap": gap(found.gap) if found.gap else None,
    }


def gap(found: Gap) -> shapes.GapAnswer:
    """Return a time in which nobody saw a policy."""
    return {"since": utc(found.since), "until": utc(found.until), "failed_checks": found.failed}


def hit(found: Hit) -> shapes.HitAnswer:
    """Return a passage as ``search --json`` lists it."""
    return {
        "source": found.source,
        "text": found.text,
        "path": list(found.path),
        "from_version": found.from_version,
        "until_version": found.until_version,
        "first_seen_at": utc(found.first_seen_at),
        "last_seen_at": utc(found.last_seen_at),
        "standing": found.standing,
    }


def diff(comparison: Comparison, labels: tuple[str, str]) -> shapes.DiffAnswer:
    """Return a comparison with its words as ``diff --json`` prints it."""
    return {
        "from": labels[0],
        "to": labels[1],
        "verdict": comparison.verdict,
        "reason": comparison.reason,
        "sections": [_edit(edit) for edit in comparison.edits],
        "unified_diff": comparison.unified(*labels),
    }


def _edit(edit: Edit) -> shapes.EditAnswer:
    return {
        "path": list(edit.path),
        "old_path": list(edit.old_path) if edit.old_path is not None else None,
        "op": edit.operation,
        "hunks": [_hunk(hunk) for hunk in edit.hunks],
    }


def _hunk(hunk: Hunk) -> shapes.HunkAnswer:
    return {
        "old_line": hunk.old_line,
        "new_line": hunk.new_line,
        "old": list(hunk.old),
        "new": list(hunk.new),
        "runs": [[run.kind, run.text] for run in hunk.runs],
        "elsewhere": list(hunk.elsewhere) if hunk.elsewhere is not None else None,
    }


def state(source: Source, told: SourceState, now: datetime) -> shapes.StateAnswer:
    """Return how a source stands as ``status --json`` lists it."""
    pending = told.pending
    return {
        "source": source.id,
        "site": source.site,
        "kind": source.kind,
        "name": source.name,
        "url": source.url,
        "state": condition(told, now).replace(" ", "_"),
        "version": told.version,
        "changes": told.changes,
        "checks": told.checks,
        "drift": told.drift or None,
        "failures": told.failures,
        "last_outcome": told.last_outcome,
        "detail": told.last_detail,
        "last_checked_at": utc(told.last_checked_at),
        "last_success_at": utc(told.last_success_at),
        "last_seen_unchanged_at": utc(told.last_unchanged_at),
        "next_check_at": utc(told.next_check_at),
        "pending": {"reason": pending.reason, "first_seen_at": utc(pending.first_seen_at)}
        if pending
        else None,
        "quarantine": _quarantine(told),
        "outage_since": utc(told.outage.opened_at) if told.outage else None,
    }


def _quarantine(told: SourceState) -> shapes.QuarantineAnswer | None:
    if told.last_outcome != "blocked":
        return None
    reason, _, message = told.last_detail.partition(": ")
    return {"reason": reason, "message": message, "since": utc(told.troubled_at)}


def check(row: CheckRow) -> shapes.CheckAnswer:
    """Return a check as lists and logs show it."""
    decided = row.explanation
    return {
        "source": row.source,
        "checked_at": utc(row.started_at),
        "duration_ms": round(row.duration.total_seconds() * 1000),
        "outcome": row.outcome,
        "alert": row.change is not None or decided.rule == "returned",
        "why": why(row),
        "stage": decided.stage or None,
        "rule": decided.rule or None,
        "verdict": decided.verdict,
        "detail": row.detail,
        "words": list(decided.words),
        "http_status": row.http_status,
        "version": row.version,
        "change": row.change,
    }
