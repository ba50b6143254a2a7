"""Writes events as the JSON a webhook carries; `docs/webhook.schema.json` describes it.

Text goes out as the policy has it: whoever shows it escapes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.render.excerpt import told_hunks, words_changed
from monitor.render.facts import LABELS, dates_state, iso, stats
from monitor.render.links import links_of
from monitor.render.unified import cut, unified
from monitor.render.visible import encodable
from monitor.render.words import runs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.model import (
        Change,
        ChannelOutage,
        Comparison,
        Dates,
        Delivery,
        Edit,
        Finding,
        Hunk,
        Outage,
        PolicyDate,
        SectionChange,
        Source,
        Version,
    )

Json = dict[str, object]

SECTIONS = 100
HUNKS = 400
TEXT = 100_000
"""Characters of all hunks together."""
DIFF = 50_000
"""Characters of the unified diff."""
PASSAGE = 20_000
TITLE = 500


def payload(delivery: Delivery, source: Source, content: Mapping[str, object]) -> Json:
    """Put what happened into the envelope of Standard Webhooks."""
    about_channel = delivery.event in {"channel.failing", "channel.recovered"}
    return {
        "type": delivery.event,
        "timestamp": iso(delivery.created_at),
        "data": content if about_channel else {"source": _source(source), **content},
    }


def of_change(change: Change, comparison: Comparison | None, web: str = "") -> Json:
    """Describe a change, up to the limits above; `truncated` tells whether they were reached."""
    sections, shortened = _sections(change, comparison)
    diff, cut_off = cut(unified(change, comparison), DIFF) if comparison else ("", False)
    added, removed = stats(change, comparison)
    total = len(comparison.edits if comparison and comparison.edits else change.sections)
    return {
        "change": change.id,
        "versions": {"from": change.from_version, "to": change.to_version},
        "interval": {
            "not_before": iso(change.last_seen_unchanged_at),
            "not_after": iso(change.first_seen_at),
        },
        "confirmed_at": iso(change.confirmed_at),
        "verdict": change.verdict,
        "reason": _text(change.reason),
        "dates": {
            "state": dates_state(change.old_dates, change.new_dates),
            "old": _dates(change.old_dates),
            "new": _dates(change.new_dates),
        },
        "announcement": change.announcement,
        "summary": _text(change.summary),
        "score": change.score,
        "findings": [_finding(finding) for finding in change.findings],
        "stats": {"sections": total, "words_added": added, "words_removed": removed},
        "sections": sections,
        "unified_diff": diff,
        "truncated": shortened or cut_off,
        "links": links_of(change.url, change, web),
        "commands": {
            "diff": f"monitor diff {change.source} {change.from_version} {change.to_version}"
        },
    }


def of_first(source: Source, version: Version) -> Json:
    """Describe the first version of a policy."""
    document = version.document
    return {
        "version": {
            "number": version.number,
            "fetched_at": iso(version.fetched_at),
            "sha256": version.snapshot,
            "title": encodable(document.title[:TITLE]),
            "language": document.language,
            "words": len(document.text.split()),
            "sections": len(document.sections),
            "dates": _dates(document.dates),
        },
        "links": {"page": _text(source.url)},
        "commands": {"show": f"monitor show {source.id}"},
    }


def of_outage(source: Source, outage: Outage) -> Json:
    """Describe an outage that opened or closed."""
    return {
        "outage": {
            "kind": outage.kind,
            "opened_at": iso(outage.opened_at),
            "closed_at": iso(outage.closed_at) if outage.closed_at else None,
            "detail": _text(outage.detail),
        },
        "links": {"page": _text(source.url)},
        "commands": {"check": f"monitor check {source.id}"},
    }


def of_channel(trouble: ChannelOutage) -> Json:
    """Describe the outage of a channel that began or ended."""
    return {
        "channel": _text(trouble.channel),
        "opened_at": iso(trouble.opened_at),
        "closed_at": iso(trouble.closed_at) if trouble.closed_at else None,
        "detail": _text(trouble.detail),
    }


def of_test(delivery: Delivery) -> Json:
    """Describe a test of a channel."""
    return {"channel": _text(delivery.channel)}


def _text(value: str) -> str:
    return encodable(value[:PASSAGE])


def _source(source: Source) -> Json:
    return {
        "id": source.id,
        "site": _text(source.site),
        "kind": _text(source.kind),
        "name": _text(source.name),
        "url": _text(source.url),
        "tags": [_text(tag) for tag in source.tags],
    }


def _dates(dates: Dates) -> Json:
    shown: Json = {label: _date(getattr(dates, label)) for label, _ in LABELS}
    shown["last_updated"] = dates.last_updated.value if dates.last_updated else None
    return shown


def _date(date: PolicyDate | None) -> Json | None:
    if date is None:
        return None
    evidence = encodable(date.evidence[:TITLE])
    return {"value": date.value, "precision": date.precision, "evidence": evidence}


def _finding(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "summary": _text(finding.summary),
        "words": [_text(word) for word in finding.words],
        "path": [encodable(part[:TITLE]) for part in finding.path],
        "old": _text(finding.old),
        "new": _text(finding.new),
        "weight": finding.weight,
    }


def _sections(change: Change, comparison: Comparison | None) -> tuple[list[Json], bool]:
    if comparison is None or not comparison.edits:
        listed = [_listed(part) for part in change.sections[:SECTIONS]]
        return listed, bool(change.sections)
    room = _Room()
    sections = [_section(edit, room) for edit in comparison.edits[:SECTIONS]]
    return sections, room.refused or len(comparison.edits) > SECTIONS


class _Room:
    """Counts what still fits into a payload."""

    def __init__(self) -> None:
        self.hunks = HUNKS
        self.characters = TEXT
        self.refused = False

    def take(self, hunk: Hunk) -> bool:
        """Take the room a hunk needs, unless there is too little."""
        size = sum(map(len, (*hunk.old, *hunk.new)))
        if not self.hunks or size > min(self.characters, PASSAGE):
            self.refused = True
            return False
        self.hunks -= 1
        self.characters -= size
        return True

    def title(self, path: tuple[str, ...]) -> list[str]:
        """Cut headings that are no headings."""
        self.refused |= any(len(part) > TITLE for part in path)
        return [encodable(part[:TITLE]) for part in path]


def _section(edit: Edit, room: _Room) -> Json:
    added, removed = words_changed(edit)
    return {
        "path": room.title(edit.path),
        "old_path": None if edit.old_path is None else room.title(edit.old_path),
        "op": edit.operation,
        "words_added": added,
        "words_removed": removed,
        "hunks": [_hunk(hunk, room) for hunk in told_hunks(edit) if room.take(hunk)],
    }


def _listed(part: SectionChange) -> Json:
    return {
        "path": [encodable(name[:TITLE]) for name in part.path],
        "old_path": None,
        "op": part.operation,
        "words_added": part.words_added,
        "words_removed": part.words_removed,
        "hunks": [],
    }


def _hunk(hunk: Hunk, room: _Room) -> Json:
    told: Json = {
        "old_line": hunk.old_line + 1,
        "new_line": hunk.new_line + 1,
        "old": [encodable(line) for line in hunk.old],
        "new": [encodable(line) for line in hunk.new],
        "runs": [{"kind": run.kind, "text": encodable(run.text)} for run in runs_of(hunk)],
    }
    if hunk.elsewhere is not None:
        told["moved_from"] = room.title(hunk.elsewhere)
    return told
