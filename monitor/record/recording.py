"""Writes one check and everything that follows from it, inside one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from monitor.errors import OvertakenError
from monitor.model import (
    Blocked,
    Changed,
    Failed,
    First,
    Pending,
    Recorded,
    Rederived,
    Unchanged,
    Variant,
    event_of,
)
from monitor.record import (
    chain,
    codec,
    deadlines,
    documents,
    notes,
    outages,
    outbox,
    rows,
    snapshots,
    versions,
    volatile,
    watching,
)
from monitor.record.engine import inserting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.model import (
        Cause,
        Check,
        Deadline,
        Document,
        EventType,
        SourceState,
    )
    from monitor.record.engine import Connection, Row


WITNESSES = 2
"""Captures of a doubtful difference that are kept besides the one that confirms it."""


def record(connection: Connection, check: Check, *, instance: str, owner: str | None) -> Recorded:
    """Write the check, what it found, who is to be told, and the source's new state."""
    row = watching.row_of(connection, check)
    recording = _Recording(connection, check, instance, row["id"], rows.state(row))
    recording.refuse_stale()
    recording.write_outcome()
    recording.kept += snapshots.keep_seen(connection, row["id"], check)
    held = recording.change is not None
    chain.extend(connection, row["id"], recording.kept, recording.added, held=held)
    recording.write_outage()
    recording.write_flips()
    recording.write_check()
    recording.write_state(watching.due_after(check, row), watching.lease_after(row, owner))
    written = recording.version, recording.change, recording.deliveries
    return Recorded(*written, returned=recording.returned)


def matters(check: Check) -> bool:
    """Tell whether the check must survive a power cut; one that found nothing is repeated.

    So is the import that it was part of, from where it was lost.
    """
    quiet = isinstance(check.outcome, Unchanged | Failed)
    outage = check.open_outage is not None or check.close_outage or check.remind_outage
    return not quiet or outage


@dataclass(slots=True)
class _Recording:
    """One check on its way into the tables; `columns` gathers the source's new state."""

    connection: Connection
    check: Check
    instance: str
    source_id: int
    state: SourceState
    columns: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    change: int | None = None
    deliveries: int = 0
    returned: bool = False
    kept: list[int] = field(default_factory=list)
    """Captures that are kept for good, and the version, by their ids: what is linked."""
    added: int | None = None

    def refuse_stale(self) -> None:
        """Refuse a check that was made against another version than the current one.

        Raises:
            OvertakenError: another process has recorded this source in the meantime.

        """
        outcome, current = self.check.outcome, self.state.version
        stale = self.check.base is not None and self.check.base != current
        if isinstance(outcome, First):
            stale = stale or current is not None
        elif isinstance(outcome, Changed | Rederived):
            stale = stale or current is None
        if stale:
            raise OvertakenError(
                f"{self.check.source.id}: another process recorded version {current} during this "
                "check; nothing was written. Check again"
            )

    def write_outcome(self) -> None:
        """Write what belongs to the kind of outcome."""
        match self.check.outcome:
            case First(document, found):
                version = self._write_version(document, "source")
                self._tell("policy.first_seen", version_id=version)
                self._keep_deadlines(found, version)
                self._reached(policy=True)
            case Changed() as changed:
                self._write_change(changed)
                self._reached(policy=True)
                self._hold_rest(changed.rest)
            case Rederived(document, cause):
                self._rederive(document, cause)
            case Unchanged(by):
                self._reached(policy=True)
                if by == "text":
                    self._read_under()
            case Pending(reason, first_seen_at, soon):
                self._hold(reason, first_seen_at, soon=soon)
            case Variant(version):
                self._see_again(version)
            case Blocked(reason, message):
                self._keep("quarantine", f"{reason}: {message}")
                self._missed()
            case Failed():
                self._missed()

    def write_outage(self) -> None:
        """Open or close an outage or remind of it, with the deliveries that say so."""
        told = outages.write(self.connection, self.source_id, self.check, self.state.outage)
        if told is not None:
            event, outage, reminder = told
            self._tell(event, outage_id=outage, reminder=reminder)

    def write_flips(self) -> None:
        """Count the passages that were seen to come and go."""
        if self.check.flipped:
            volatile.learn(
                self.connection, self.source_id, self.check.flipped, self.check.finished_at
            )

    def write_check(self) -> None:
        """Write the check's own row."""
        outcome = self.check.outcome
        columns = notes.columns(self.check, returned=self.returned) | {
            "source_id": self.source_id,
            "version": outcome.version if isinstance(outcome, Variant) else self.version,
            "change_id": self.change,
        }
        self.connection.run(inserting("checks", columns), **columns)
        self.columns |= {
            "last_checked_at": self.check.finished_at,
            "last_outcome": columns["outcome"],
            "last_detail": columns["detail"],
            "checks": self.state.checks + 1,
        }

    def write_state(self, due: datetime | None, lease: dict[str, Any]) -> None:
        """Write the source's new state, and end the lease the check ran under."""
        columns = self.columns | lease | {"next_check_at": due}
        if self.check.drift is not None:
            columns["drift"] = self.check.drift or None
        if self.check.hollow is not None:
            columns["shell_at"] = self.check.finished_at if self.check.hollow else None
        self.connection.update("sources", self.source_id, **columns)

    def _write_version(self, document: Document, cause: Cause) -> int:
        capture = self.check.capture
        if capture is not None:
            snapshot = self._keep("version"), capture.fetched_at
        else:
            before = self._current()
            snapshot = before["snapshot_id"], before["fetched_at"]
        number = versions.next_number(self.connection, self.source_id)
        about = self.connection, self.source_id, number, self.check
        added = versions.add(*about, document, cause, snapshot)
        self.version, self.added = number, added
        self.columns |= {"version": number, "language": document.language}
        if cause in {"source", "unattributed"} or self.state.told_version == self.state.version:
            self.columns["told_version"] = number
        if cause in {"source", "unattributed"}:
            self.columns["turned_at"] = snapshot[1]
        self._read_under()
        return added

    def _write_change(self, changed: Changed) -> None:
        before = self._current()
        last_seen = self.state.last_unchanged_at or before["fetched_at"]
        versions.seen(self.connection, self.source_id, before["number"], last_seen)
        if changed.from_version is not None:
            before = versions.current(self.connection, self.source_id, changed.from_version)
            last_seen = min(last_seen, changed.first_seen_at)
        # Where the old capture cannot be read anew, page and reading may both have moved.
        cause: Cause = "source" if self._read_alike() else "unattributed"
        version = self._write_version(changed.document, cause)
        assert self.version is not None
        self.change = versions.add_change(
            self.connection, self.source_id, self.check, changed, before, self.version, last_seen
        )
        self._keep_deadlines(changed.assessment.deadlines, version)
        self.columns["changes"] = self.state.changes + 1
        self._tell(event_of(changed.assessment.announcement), change_id=self.change)

    def _keep_deadlines(self, found: Sequence[Deadline], version: int) -> None:
        for deadline in found:
            deadlines.keep(
                self.connection,
                deadline,
                source_id=self.source_id,
                version_id=version,
                change_id=self.change,
                seen_at=self._seen_at(),
            )

    def _rederive(self, document: Document, cause: Cause) -> None:
        if codec.trimmed(document) == documents.read(self.connection, self._current()["document"]):
            # Read the same by both: there is nothing to keep but that it was looked at.
            self.columns["language"] = document.language
            self._read_under()
        else:
            self._write_version(document, cause)
        if cause == "rules":
            # What the page shows today is to be read under the new rules too, equal or not.
            self.columns |= dict.fromkeys(("body_digest", "gate", "etag", "last_modified"))
        elif self.check.gate is not None:
            self.columns["gate"] = self.check.gate

    def _hold(self, reason: str, first_seen_at: datetime, *, soon: bool) -> None:
        pending, capture = self.state.pending, self.check.capture
        assert capture is not None
        self._reached(policy=False)
        if pending is not None and pending.first_seen_at == first_seen_at:
            # Still the same difference: the capture that first showed it stays the one to confirm.
            digest, captures = pending.snapshot, pending.captures + 1
            if soon and captures == WITNESSES:
                self._keep("pending", reason)
        else:
            self._forget_pending()
            self._keep("pending", reason)
            digest, captures = capture.digest, 1
        self.columns |= {
            "pending_captures": captures,
            "pending_snapshot": digest,
            "pending_first_seen_at": first_seen_at,
            "pending_reason": reason,
        }

    def _hold_rest(self, reason: str) -> None:
        if not reason:
            return
        capture = self.check.capture
        assert capture is not None
        # The capture says more than the version: nothing may take it for the version's equal.
        self.columns |= dict.fromkeys(("body_digest", "gate", "etag", "last_modified"))
        self.columns |= {
            "pending_captures": 1,
            "pending_snapshot": capture.digest,
            "pending_first_seen_at": capture.fetched_at,
            "pending_reason": reason,
        }

    def _see_again(self, version: int) -> None:
        capture = self.check.capture
        seen_at = capture.fetched_at if capture else self.check.started_at
        if version != self.state.version:
            last_seen = self.state.last_unchanged_at or seen_at
            versions.seen(self.connection, self.source_id, self._current()["number"], last_seen)
            self.columns |= {"version": version, "turned_at": seen_at}
        if capture is not None:
            self._keep("variant", f"version {version}")
        self._reached(policy=True)
        if self.state.version is not None and version < self.state.version:
            self._tell_return(version)
        versions.seen(self.connection, self.source_id, version, seen_at)

    def _tell_return(self, version: int) -> None:
        """Tell once that a change was undone: by the change that brought what is now gone."""
        undone = versions.undone(self.connection, self.source_id, self.state.version)
        if undone is not None and self.check.told("policy.returned"):
            self._tell("policy.returned", change_id=undone)
            self.returned = True
            self.columns["told_version"] = version

    def _seen_at(self) -> datetime:
        outcome, capture = self.check.outcome, self.check.capture
        if isinstance(outcome, Changed):
            return outcome.first_seen_at
        return capture.fetched_at if capture else self.check.started_at

    def _reached(self, *, policy: bool) -> None:
        """Note that a document arrived; `policy` tells whether it is the current version."""
        check, capture = self.check, self.check.capture
        seen_at = capture.fetched_at if capture else check.started_at
        self.columns |= {"failures": 0, "troubled_at": None, "last_success_at": seen_at}
        self._full_body(policy=policy)
        if not policy:
            return
        self._forget_pending()
        self.columns["last_unchanged_at"] = seen_at
        if capture is not None:
            self.columns |= {"body_digest": capture.digest, "gate": check.gate}
        if check.imported:
            return
        validators = check.validators or (capture.validators if capture else None)
        if validators is not None:
            self.columns |= {
                "etag": validators.etag,
                "last_modified": validators.last_modified,
            }

    def _missed(self) -> None:
        self.columns["failures"] = self.state.failures + 1
        self.columns["troubled_at"] = self.state.troubled_at or self.check.started_at
        self._full_body(policy=False)

    def _full_body(self, *, policy: bool) -> None:
        if self.check.capture is None:
            return
        if self.check.imported:
            # What another archive was told is no ground for asking the server conditionally.
            self.columns |= {"etag": None, "last_modified": None}
            return
        self.columns["last_full_at"] = self.check.capture.fetched_at
        if not policy:
            # The next request is unconditional: no other page's ETag may answer for the policy.
            self.columns |= {"etag": None, "last_modified": None}

    def _forget_pending(self) -> None:
        pending = self.state.pending
        if pending is None:
            return
        self.columns |= dict.fromkeys(
            ("pending_snapshot", "pending_first_seen_at", "pending_reason")
        )
        # What confirms a change keeps the capture that first showed it, as evidence.
        if not isinstance(self.check.outcome, Changed):
            self.kept += snapshots.drop_pending(
                self.connection, self.source_id, pending.snapshot, self.check.source
            )

    def _read_alike(self) -> bool:
        under = (self.check.extractor, self.check.source.rules.revision)
        return under == (self.state.extractor, self.state.rules)

    def _read_under(self) -> None:
        self.columns |= {
            "extractor": self.check.extractor,
            "rules": self.check.source.rules.revision,
        }

    def _keep(self, role: snapshots.Role, reason: str = "") -> int:
        capture = self.check.capture
        assert capture is not None
        rules = self.check.source.rules
        reason = reason[: notes.LIMIT]
        found = snapshots.keep(self.connection, self.source_id, capture, role, reason, rules)
        if role != "pending":
            self.kept.append(found)
        return found

    def _current(self) -> Row:
        return versions.current(self.connection, self.source_id, self.state.version)

    def _tell(self, event: EventType, *, reminder: int = 0, **about: int) -> None:
        for route in self.check.told(event):
            outbox.add(
                self.connection,
                instance=self.instance,
                event=event,
                route=route,
                source_id=self.source_id,
                about=about,
                reminder=reminder,
                now=self.check.finished_at,
            )
            self.deliveries += 1
