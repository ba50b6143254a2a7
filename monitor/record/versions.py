"""Versions and the changes between them, written; `monitor.record.reading` reads them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from monitor.errors import ArchiveError
from monitor.model import SectionChange
from monitor.record import codec, contents, documents, passages
from monitor.record.engine import inserting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.model import Assessment, Cause, Changed, Check, Comparison, Document, Finding
    from monitor.record.engine import Connection, Row


def current(connection: Connection, source_id: int, number: int | None) -> Row:
    """Return the row of a version that is there."""
    found = connection.row(
        "SELECT id, number, snapshot_id, fetched_at, text_digest, dates, document FROM versions "
        "WHERE source_id = :source_id AND number = :number",
        source_id=source_id,
        number=number,
    )
    assert found is not None
    return found


def next_number(connection: Connection, source_id: int) -> int:
    """Return the number of a source's next version."""
    newest = connection.value(
        "SELECT MAX(number) FROM versions WHERE source_id = :source_id", source_id=source_id
    )
    return int(newest or 0) + 1


def seen(connection: Connection, source_id: int, number: int, at: datetime) -> None:
    """Note when a version was last seen."""
    connection.run(
        "UPDATE versions SET last_seen_at = :seen_at "
        "WHERE source_id = :source_id AND number = :number",
        seen_at=at,
        source_id=source_id,
        number=number,
    )


def add(
    connection: Connection,
    source_id: int,
    number: int,
    check: Check,
    document: Document,
    cause: Cause,
    snapshot: tuple[int, datetime],
) -> int:
    """Write a version, read from a snapshot whose id and time are given; return its id."""
    snapshot_id, fetched_at = snapshot
    added = connection.insert(
        "versions",
        source_id=source_id,
        number=number,
        snapshot_id=snapshot_id,
        recorded_at=check.finished_at,
        fetched_at=fetched_at,
        last_seen_at=fetched_at,
        cause=cause,
        extractor=check.extractor,
        rules=check.source.rules.revision,
        title=document.title,
        words=len(document.text.split()),
        text_digest=document.digest,
        dates=codec.dump(codec.without_candidates(document.dates)),
        document=contents.put(
            connection, codec.write(codec.trimmed(document)), documents.near(connection, source_id)
        ),
    )
    passages.note_next(connection, source_id, number, document)
    return added


def add_change(
    connection: Connection,
    source_id: int,
    check: Check,
    changed: Changed,
    before: Row,
    to_version: int,
    last_seen: datetime,
) -> int:
    """Write the change that leads from one version to another, and return its id."""
    comparison, document = changed.comparison, changed.document
    base = documents_of(connection, source_id, before["number"], to_version)
    added = connection.insert(
        "changes",
        source_id=source_id,
        from_version=before["number"],
        to_version=to_version,
        last_seen_unchanged_at=last_seen,
        first_seen_at=changed.first_seen_at,
        confirmed_at=check.capture.fetched_at if check.capture else check.started_at,
        verdict=comparison.verdict,
        reason=comparison.reason,
        alert=True,
        imported=check.imported,
        muted=check.muted,
        sections=codec.dump(_sections(comparison)),
        old_dates=before["dates"],
        new_dates=codec.dump(codec.without_candidates(document.dates)),
        **assessed(changed.assessment),
        comparison=codec.pack(_edits(comparison, before["text_digest"], document), base),
        against_documents=bool(base),
    )
    note_findings(connection, added, changed.assessment.findings)
    return added


def note_findings(connection: Connection, change_id: int, findings: Sequence[Finding]) -> None:
    """Note the rules of a change's findings, for lists to filter by, in place of earlier ones."""
    connection.run("DELETE FROM change_findings WHERE change_id = :id", id=change_id)
    rules = dict.fromkeys(finding.rule for finding in findings)
    if rules:
        noted = ({"change_id": change_id, "rule": rule} for rule in rules)
        connection.run_many(inserting("change_findings", ("change_id", "rule")), noted)


def assess(connection: Connection, change_id: int, assessment: Assessment) -> bool:
    """Write anew what a change means; tell whether there is such a change."""
    columns = assessed(assessment)
    setting = ", ".join(f"{name} = :{name}" for name in columns)
    sql = f"UPDATE changes SET {setting} WHERE id = :id"  # noqa: S608 - our own words
    if not connection.run(sql, id=change_id, **columns):
        return False
    note_findings(connection, change_id, assessment.findings)
    return True


def assessed(assessment: Assessment) -> dict[str, Any]:
    """Return the columns of a change that say what it means."""
    return {
        "findings": codec.dump(assessment.findings),
        "announcement": assessment.announcement,
        "summary": assessment.summary,
        "score": assessment.score,
    }


def undone(connection: Connection, source_id: int, number: int | None) -> int | None:
    """Return the change that led to a version, unless its undoing was told before."""
    found: int | None = connection.value(
        "SELECT c.id FROM changes c WHERE c.source_id = :source_id AND c.to_version = :number "
        "AND NOT EXISTS (SELECT 1 FROM deliveries d "
        "WHERE d.change_id = c.id AND d.event = 'policy.returned') ORDER BY c.id DESC LIMIT 1",
        source_id=source_id,
        number=number,
    )
    return found


def documents_of(connection: Connection, source_id: int, old: int, new: int) -> bytes:
    """Return both documents of a change, of which its edits repeat much; nothing if damaged."""
    try:
        pair = [current(connection, source_id, number)["document"] for number in (old, new)]
        return b"".join(documents.written(connection, number) for number in pair)
    except ArchiveError:
        return b""


def _sections(comparison: Comparison) -> tuple[SectionChange, ...]:
    return tuple(
        SectionChange(edit.path, edit.operation, edit.words_added, edit.words_removed)
        for edit in comparison.edits
    )


def _edits(comparison: Comparison, old_digest: str, new: Document) -> dict[str, object]:
    """Pack a comparison without its lines, where the versions on both sides have the same."""
    kept: dict[str, object] = {"edits": comparison.edits, "clear": comparison.clear}
    old_text = "\n".join(comparison.old_lines)
    if hashlib.sha256(old_text.encode()).hexdigest() != old_digest:
        kept["old_lines"] = comparison.old_lines
    if comparison.new_lines != new.lines:
        kept["new_lines"] = comparison.new_lines
    return kept
