"""The line a source goes through.

::

    fetch ──► gates ──► extract ──► guard ──► judge ──► record (one transaction)
      │         │          │                    │
      │         │          └ Blocked            └ Changed | Pending | Variant | Unchanged("text")
      │         └ Unchanged("body" | "gate")
      └ Failed | Unchanged("validators")

Does no work of its own: every stage is a stranger to the others, and only meets them here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, get_args

from monitor.assess import shipped
from monitor.errors import ExtractError, FetchError
from monitor.extract import REVISION, gate_digest
from monitor.judgement import Judge, Judgement
from monitor.meaning import with_meaning
from monitor.model import (
    Blocked,
    Capture,
    Changed,
    Check,
    EventType,
    Failed,
    First,
    NotModified,
    Pending,
    Rederived,
    Route,
    explain,
)
from monitor.pacing import due
from monitor.reach import Reach
from monitor.reading import Waiting, found_in, prepare, read, turn_to_read
from monitor.routing import chosen
from monitor.schedule import next_due, retry_due

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from random import Random

    from monitor.assess import Vocabulary
    from monitor.fetch import Fetcher
    from monitor.model import (
        Cause,
        ChannelConfig,
        Explanation,
        Outage,
        OutageKind,
        Outcome,
        Source,
        SourceState,
    )
    from monitor.reading import Prepared
    from monitor.record import Archive, Recorded

NOBODY = ""
"""Owner of no lease: what is recorded under this name ends none."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A check and what the archive made of it."""

    check: Check
    """Without its capture and difference: they are megabytes, and in the archive."""
    recorded: Recorded
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Reading:
    """What a check saw, and what it means."""

    judgement: Judgement
    capture: Capture | None = None
    gate: str | None = None
    drift: str | None = None
    """Rules that fit nothing on the page; `None` where it was not read."""
    hollow: bool | None = None
    """Whether the plain page was an empty shell; `None` where it was not asked for or not read."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Checks one source at a time; safe to share between threads."""

    fetcher: Fetcher
    archive: Archive
    clock: Callable[[], datetime]
    dice: Random
    owner: str
    """Who claims the sources that are checked."""
    channels: Mapping[str, ChannelConfig] = field(default_factory=dict)
    """What each channel wants to be told, and when; one that is not here, everything at once."""
    lexicon: Callable[[str], Vocabulary] = shipped
    """The words by which changes are assessed, by language."""
    waiting: Waiting = field(default_factory=Waiting)

    def check(self, source: Source) -> Checked:
        """Fetch the source, decide what it shows, and record that in one transaction.

        A page that cannot be had or is not a policy is an outcome, not an exception.
        Raises `ArchiveError` where the database cannot be written.
        """
        started = self.clock()
        state = self.rederive(source)
        return self._record(source, state, started, self._look(source, state, started))

    def give_up(self, source: Source, started: datetime) -> Checked:
        """Record a check that hangs as failed, so that its source is looked at again."""
        after = round((self.clock() - started).total_seconds())
        failed = Failed("timeout", f"the check hung and was given up after {after} s")
        state = self.archive.state(source.id)
        return self._record(source, state, started, Reading(Judgement(failed)))

    def look(self, source: Source) -> Outcome:
        """Fetch and decide as `check` does, recording nothing."""
        state = self.archive.state(source.id)
        return self._look(source, replace(state, last_full_at=None), self.clock()).judgement.outcome

    def ingest(
        self,
        source: Source,
        capture: Capture,
        *,
        deliver: bool = False,
        prepared: Prepared | None = None,
    ) -> Checked:
        """Send a capture from elsewhere down the same line; nobody is told unless `deliver`.

        What was `prepared` from the same capture is not read again.
        """
        state = self.archive.state(source.id)
        reading = self._read(source, state, capture, live=False, prepared=prepared)
        return self._import(source, state, capture, reading, deliver=deliver)

    def release(self, source: Source, *, deliver: bool = False) -> Checked | None:
        """Take a pending difference for confirmed, where no further capture can come.

        For the end of an import; returns `None` where nothing is pending that can be believed, or
        where live checks have begun: they can ask for a further capture.
        """
        state = self.archive.state(source.id)
        if state.pending is None:
            return None
        capture = self.archive.capture(source.id, state.pending.snapshot)
        live = state.last_full_at is not None and state.last_full_at >= capture.fetched_at
        if capture.claimed or live:
            return None
        judge = Judge(
            self.archive, source, state, capture.fetched_at, live=False, waiting=self.waiting
        )
        judgement = judge.released()
        if judgement is None:
            return None
        gate = gate_digest(capture.body, capture.media_type, capture.charset)
        reading = Reading(judgement, capture, gate)
        return self._import(source, state, capture, reading, deliver=deliver)

    def rederive(self, source: Source) -> SourceState:
        """Read the last snapshot again where the extractor or the rules are newer than it.

        What that changes is our doing: it becomes a version with that cause, never a change.
        """
        state = self.archive.state(source.id)
        revisions = (REVISION, source.rules.revision)
        if state.version is None or (state.extractor, state.rules) == revisions:
            return state
        now = self.clock()
        version = self.archive.version(source.id, state.version)
        assert version is not None
        try:
            document = read(source, self.archive.capture(source.id, version.snapshot))
        except ExtractError:
            # The old snapshot cannot be read under the new rules; the next capture decides.
            return state
        cause: Cause = "extractor" if state.extractor != REVISION else "rules"
        due = state.next_check_at or now
        outcome, drift = Rederived(document, cause), "; ".join(document.drift)
        check = Check(source, now, self.clock(), outcome, due, REVISION, drift=drift)
        self.archive.record(check, owner=NOBODY)
        return self.archive.state(source.id)

    def _look(self, source: Source, state: SourceState, now: datetime) -> Reading:
        reach = Reach(self.fetcher, source, state, now)
        if reach.prefers_browser:
            return self._had(source, state, reach.by_browser)
        plain = self._had(source, state, reach.plainly)
        if not reach.is_shell(plain.judgement.outcome):
            return replace(plain, hollow=False if plain.capture else None)
        if self.fetcher.lacks_browser:
            return replace(plain, judgement=Judgement(reach.explained(plain.judgement.outcome)))
        return replace(self._had(source, state, reach.by_browser), hollow=True)

    def _had(
        self, source: Source, state: SourceState, have: Callable[[], Capture | NotModified]
    ) -> Reading:
        try:
            answer = have()
            if isinstance(answer, NotModified):
                judge = Judge(self.archive, source, state, answer.fetched_at, waiting=self.waiting)
                return Reading(judge.unchanged("validators"))
            with turn_to_read(len(answer.body)):
                return self._read(source, state, answer)
        except FetchError as error:
            failed = Failed(
                error.kind, str(error), error.permanent, error.status, error.retry_after
            )
            return Reading(Judgement(failed))

    def _read(
        self,
        source: Source,
        state: SourceState,
        capture: Capture,
        *,
        live: bool = True,
        prepared: Prepared | None = None,
    ) -> Reading:
        judge = Judge(self.archive, source, state, capture.fetched_at, live, self.waiting)
        if capture.digest == state.body_digest:
            return Reading(judge.unchanged("body"), capture, state.gate)
        prepared = prepared or prepare(source, capture, known=(state.gate,))
        gate = prepared.gate
        if gate == state.gate:
            return Reading(judge.unchanged("gate"), capture, gate)
        found = prepared.found or found_in(source, capture)
        if isinstance(found, Blocked):
            return Reading(Judgement(found), capture, gate)
        first = state.version is None
        judgement = Judgement(First(found)) if first else judge.document(found)
        if isinstance(judgement.outcome, Pending):
            self.waiting.keep(source, capture.digest, found)
        return Reading(judgement, capture, gate, drift="; ".join(found.drift))

    def _record(
        self, source: Source, state: SourceState, started: datetime, reading: Reading
    ) -> Checked:
        now, capture = self.clock(), reading.capture
        outcome = self._meaning(source, state, reading, now)
        muted = _muted(source, now)
        check = Check(
            source,
            started,
            now,
            outcome,
            next_check_at=self._due(source, state, now, outcome),
            extractor=REVISION,
            capture=capture,
            gate=reading.gate,
            validators=capture.validators if capture else None,
            base=state.version,
            routes=self._routes(source, state, outcome),
            muted=muted,
            drift=reading.drift,
            hollow=reading.hollow,
            flipped=reading.judgement.flipped,
            difference=reading.judgement.difference,
        )
        troubled = isinstance(outcome, Failed | Blocked)
        if troubled and not state.outage and state.failures + 1 >= source.alert_after:
            check = replace(check, open_outage=_outage_kind(outcome))
        elif state.outage and not troubled:
            check = replace(check, close_outage=True)
        elif state.outage and not muted and _remind(source, state.outage, now):
            check = replace(check, remind_outage=True)
        return self._commit(check, self.owner)

    def _import(
        self,
        source: Source,
        state: SourceState,
        capture: Capture,
        reading: Reading,
        *,
        deliver: bool,
    ) -> Checked:
        at = capture.fetched_at
        outcome = self._meaning(source, state, reading, at)
        check = Check(
            source,
            at,
            at,
            outcome,
            # Not used: what another archive saw does not move our own schedule.
            next_check_at=state.next_check_at or at,
            extractor=REVISION,
            capture=capture,
            gate=reading.gate,
            base=state.version,
            routes=self._routes(source, state, outcome) if deliver else {},
            muted=deliver and _muted(source, self.clock()),
            imported=True,
            drift=reading.drift,
            flipped=reading.judgement.flipped,
            difference=reading.judgement.difference,
        )
        return self._commit(check, NOBODY)

    def _meaning(
        self, source: Source, state: SourceState, reading: Reading, at: datetime
    ) -> Outcome:
        found = reading.judgement.outcome
        return with_meaning(self.archive, source, state, found, at, lexicon=self.lexicon)

    def _routes(
        self, source: Source, state: SourceState, outcome: Outcome
    ) -> Mapping[EventType, tuple[Route, ...]]:
        now = self.clock()
        if _muted(source, now):
            return {}
        wants = {name: config.wants for name, config in self.channels.items()}
        at = {name: due(config.pace, now) for name, config in self.channels.items()}
        findings = outcome.assessment.findings if isinstance(outcome, Changed) else ()
        language = None
        if any(given.languages for given in wants.values()):
            language = self._language(source, state, outcome)
        events: tuple[EventType, ...] = get_args(EventType)
        names = {
            event: chosen(wants, source, event, language=language, findings=findings)
            for event in events
        }
        return {
            event: tuple(Route(name, at.get(name, now)) for name in told)
            for event, told in names.items()
        }

    def _language(self, source: Source, state: SourceState, outcome: Outcome) -> str | None:
        if isinstance(outcome, Changed | First):
            return outcome.document.language
        if source.rules.language or state.version is None:
            return source.rules.language
        version = self.archive.version(source.id, state.version)
        return version.document.language if version else None

    def _commit(self, check: Check, owner: str) -> Checked:
        recorded = self.archive.record(check, owner=owner)
        # A pass over thousands of sources keeps what each found, but not its megabytes.
        explanation = explain(check, returned=recorded.returned)
        return Checked(replace(check, capture=None, difference=None), recorded, explanation)

    def _due(self, source: Source, state: SourceState, now: datetime, outcome: Outcome) -> datetime:
        rhythm = self.archive.rhythm(source.id) if source.schedule.adaptive else None
        regular = next_due(source.schedule, now, self.dice, rhythm)
        match outcome:
            case Failed(permanent=False, retry_after=wait):
                failures = state.failures + 1
                return retry_due(
                    source.schedule, now, failures, self.dice, retry_after=wait, rhythm=rhythm
                )
            case Pending(first_seen_at=seen, soon=True):
                due, latest = seen + source.confirm_after, now + source.confirm_after
                # Where the clock went back, what was seen before was seen in the future.
                return due if now < due <= latest else min(regular, latest)
            case Changed(rest=rest) if rest:
                return min(regular, now + source.confirm_after)
            case _:
                return regular


def _muted(source: Source, now: datetime) -> bool:
    return source.mute_until is not None and now < source.mute_until


def _outage_kind(outcome: Outcome) -> OutageKind:
    match outcome:
        case Failed(status=HTTPStatus.NOT_FOUND | HTTPStatus.GONE) | Blocked(reason="not_found"):
            return "gone"
        case Blocked():
            return "blocked"
        case _:
            return "failing"


def _remind(source: Source, outage: Outage, now: datetime) -> bool:
    last_told = outage.reminded_at or outage.opened_at
    return bool(source.remind_after) and now - last_told >= source.remind_after
