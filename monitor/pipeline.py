"""The line a source goes through, and the decisions on the way.

::

    fetch ──► gates ──► extract ──► guard ──► compare ──► record (one transaction)
      │         │          │                     │
      │         │          └ Blocked             ├ same ─► Unchanged("text")
      │         └ Unchanged("body" | "gate")     ├ clear, or confirmed ─► Changed
      └ Failed, Unchanged("validators")          └ else ─► Pending, until a capture confirms it

Does no work of its own: every stage is a stranger to the others, and only meets them here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.compare.confirm import confirm, settled
from monitor.compare.verdict import compare
from monitor.errors import ExtractError, FetchError
from monitor.extract import REVISION, gate_digest
from monitor.extract.document import extract
from monitor.model import (
    Blocked,
    Capture,
    Changed,
    Check,
    Failed,
    First,
    NotModified,
    Pending,
    Rederived,
    Unchanged,
)
from monitor.schedule import next_due, retry_due

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

    from monitor.fetch import Fetcher
    from monitor.model import Cause, Comparison, Document, Outcome, Source, SourceState, Validators
    from monitor.record import Archive, Recorded

NOBODY = ""
"""Owner of no lease: what is recorded under this name ends none."""
FULL_GET_EVERY = timedelta(days=7)
"""A server that answers 304 for ever is asked for the whole body this often."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A check and what the archive made of it."""

    check: Check
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Checks one source at a time; safe to share between threads."""

    fetcher: Fetcher
    archive: Archive
    clock: Callable[[], datetime]
    dice: Random
    owner: str
    """Who claims the sources that are checked."""

    def check(self, source: Source) -> Checked:
        """Fetch the source, decide what it shows, and record that in one transaction.

        A page that cannot be had or is not a policy is an outcome, not an exception.
        Raises `ArchiveError` where the database cannot be written.
        """
        started = self.clock()
        state = self.rederive(source)
        capture, outcome = self._fetch(source, state, started)
        gate = None
        if capture is not None:
            gate, outcome = self._read(source, state, capture)
        assert outcome is not None
        return self._record(source, state, started, capture, gate, outcome)

    def look(self, source: Source) -> tuple[Capture, Outcome]:
        """Fetch and decide as `check` does, recording nothing; for a dry run.

        Raises `FetchError`.
        """
        answer = self.fetcher.fetch(source, None)
        assert isinstance(answer, Capture)
        return answer, self._read(source, self.archive.state(source.id), answer)[1]

    def ingest(self, source: Source, capture: Capture, *, deliver: bool = False) -> Checked:
        """Send a capture from elsewhere down the same line; nobody is told unless `deliver`."""
        state = self.archive.state(source.id)
        gate, outcome = self._read(source, state, capture)
        return self._import(source, state, capture, gate, outcome, deliver=deliver)

    def release(self, source: Source, *, deliver: bool = False) -> Checked | None:
        """Take a pending difference for confirmed, where no further capture can come.

        For the end of an import; returns `None` where nothing is pending.
        """
        state = self.archive.state(source.id)
        version = self.archive.version(source.id)
        if state.pending is None or version is None:
            return None
        capture = self.archive.capture(source.id, state.pending.snapshot)
        document = _document(source, capture)
        comparison = compare(version.document, document, ignore=source.rules.ignore)
        if comparison.verdict != "changed":
            return None
        outcome = Changed(document, comparison, state.pending.first_seen_at)
        gate = gate_digest(capture.body, capture.media_type, capture.charset)
        return self._import(source, state, capture, gate, outcome, deliver=deliver)

    def rederive(self, source: Source) -> SourceState:
        """Read the last snapshot again where the extractor or the rules are newer than it.

        What that changes is our doing: it becomes a version with that cause, never a change.
        """
        state = self.archive.state(source.id)
        if state.version is None or (state.extractor, state.rules) == (
            REVISION,
            source.rules.revision,
        ):
            return state
        now = self.clock()
        version = self.archive.version(source.id)
        assert version is not None
        try:
            document = _document(source, self.archive.capture(source.id, version.snapshot))
        except ExtractError:
            # The old snapshot cannot be read under the new rules; the next capture decides.
            return state
        cause: Cause = "extractor" if state.extractor != REVISION else "rules"
        outcome = Rederived(document, cause)
        due = state.next_check_at or now
        check = Check(source, now, self.clock(), outcome, due, REVISION)
        self.archive.record(check, owner=NOBODY)
        return self.archive.state(source.id)

    def _fetch(
        self, source: Source, state: SourceState, now: datetime
    ) -> tuple[Capture | None, Outcome | None]:
        try:
            answer = self.fetcher.fetch(source, _validators(state, now))
        except FetchError as error:
            failed = Failed(
                error.kind, str(error), error.permanent, error.status, error.retry_after
            )
            return None, failed
        if isinstance(answer, NotModified):
            return None, Unchanged("validators")
        return answer, None

    def _read(
        self, source: Source, state: SourceState, capture: Capture
    ) -> tuple[str | None, Outcome]:
        if capture.digest == state.body_digest:
            return state.gate, Unchanged("body", _vanished(state))
        gate = gate_digest(capture.body, capture.media_type, capture.charset)
        if gate == state.gate:
            return gate, Unchanged("gate", _vanished(state))
        try:
            document = _document(source, capture)
        except ExtractError as error:
            return gate, Blocked(error.reason, str(error))
        if state.version is None:
            return gate, First(document)
        return gate, self._compare(source, state, capture, document)

    def _compare(
        self, source: Source, state: SourceState, capture: Capture, document: Document
    ) -> Outcome:
        version = self.archive.version(source.id)
        assert version is not None
        comparison = compare(version.document, document, ignore=source.rules.ignore)
        if comparison.verdict == "same":
            return Unchanged("text", _vanished(state))
        if state.pending is not None:
            return self._confirm(source, state, capture, version.document, document, comparison)
        if comparison.verdict == "changed" and (comparison.clear or not source.confirm_after):
            return Changed(document, comparison, capture.fetched_at)
        return Pending(comparison.reason, capture.fetched_at)

    def _confirm(
        self,
        source: Source,
        state: SourceState,
        capture: Capture,
        old: Document,
        document: Document,
        comparison: Comparison,
    ) -> Outcome:
        pending = state.pending
        assert pending is not None
        if capture.claimed and capture.fetched_at < pending.first_seen_at + source.confirm_after:
            return Pending(pending.reason, pending.first_seen_at)
        first = _document(source, self.archive.capture(source.id, pending.snapshot))
        confirmed = confirm(old, first, document, ignore=source.rules.ignore)
        if not confirmed.edits or confirmed.verdict == "suspect":
            return Pending(comparison.reason, capture.fetched_at)
        kept = settled(old, confirmed, document)
        rest = "" if kept is document else "more of the page differs"
        return Changed(kept, confirmed, pending.first_seen_at, rest=rest)

    def _record(
        self,
        source: Source,
        state: SourceState,
        started: datetime,
        capture: Capture | None,
        gate: str | None,
        outcome: Outcome,
    ) -> Checked:
        now = self.clock()
        check = Check(
            source,
            started,
            now,
            outcome,
            next_check_at=self._due(source, state, now, outcome),
            extractor=REVISION,
            capture=capture,
            gate=gate,
            validators=capture.validators if capture else None,
            base=state.version,
            channels=source.notify,
        )
        troubled = isinstance(outcome, Failed | Blocked)
        if troubled and not state.outage and state.failures + 1 >= source.alert_after:
            blocked = isinstance(outcome, Blocked)
            check = replace(check, open_outage="blocked" if blocked else "failing")
        elif state.outage and not troubled:
            check = replace(check, close_outage=True)
        return Checked(check, self.archive.record(check, owner=self.owner))

    def _import(
        self,
        source: Source,
        state: SourceState,
        capture: Capture,
        gate: str | None,
        outcome: Outcome,
        *,
        deliver: bool,
    ) -> Checked:
        at = capture.fetched_at
        check = Check(
            source,
            at,
            at,
            outcome,
            # Not used: what another archive saw does not move our own schedule.
            next_check_at=state.next_check_at or at,
            extractor=REVISION,
            capture=capture,
            gate=gate,
            base=state.version,
            channels=source.notify if deliver else (),
            imported=True,
        )
        return Checked(check, self.archive.record(check, owner=NOBODY))

    def _due(self, source: Source, state: SourceState, now: datetime, outcome: Outcome) -> datetime:
        match outcome:
            case Failed(permanent=False, retry_after=wait):
                return retry_due(
                    source.schedule, now, state.failures + 1, self.dice, retry_after=wait
                )
            case Pending(first_seen_at=seen):
                return max(now, seen + source.confirm_after)
            case _:
                return next_due(source.schedule, now, self.dice)


def _document(source: Source, capture: Capture) -> Document:
    return extract(
        capture.body,
        url=capture.final_url,
        media_type=capture.media_type,
        charset=capture.charset,
        rules=source.rules,
    )


def _validators(state: SourceState, now: datetime) -> Validators | None:
    stale = state.last_full_at is None or now - state.last_full_at >= FULL_GET_EVERY
    return None if stale or state.pending or state.version is None else state.validators


def _vanished(state: SourceState) -> str:
    return f"vanished: {state.pending.reason}" if state.pending else ""
