"""What a document means, given all the source has shown before. Decides; records nothing.

::

    differs from what is shown now?
      no ──► Unchanged; a variant that has stayed for days is told after all
      yes ─► another page, by what it has in common with the policy known? ─► Blocked
             shown before, within days? ─► Variant
             only passages that come and go? ─► Pending, until they have stayed for days
             clear, or still there in a later capture? ─► Changed, what is confirmed of it
             else ─► Pending
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.compare.confirm import agree, agrees, settled, steady
from monitor.compare.suspicion import little_left
from monitor.compare.verdict import compare
from monitor.compare.volatile import passages, turned, without
from monitor.extract.guard import stand_in
from monitor.model import Blocked, Changed, Pending, Unchanged, Variant
from monitor.reading import Waiting, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.model import (
        Comparison,
        Document,
        Outcome,
        Passage,
        Source,
        SourceState,
        UnchangedBy,
    )
    from monitor.record import Archive

KNOWN_FOR = timedelta(days=14)
"""A return to a state seen within this time is a variant rather than a change."""
STAYED = timedelta(days=3)
"""What has stayed this long is told, however often it came and went before."""
FLIPS = 2
"""Comings and goings after which a passage counts as volatile."""
SUSPECT_CAPTURES = 3
"""Captures in a row that have to agree before a suspect difference is believed."""
STATES = 4
"""Known states that are compared; more variants than this are no variants."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """An outcome, and what was learned on the way to it."""

    outcome: Outcome
    flipped: tuple[Passage, ...] = ()
    """Passages that came or went once more."""
    difference: Comparison | None = None
    """All that differs from the version that is shown; `None` where nothing does."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows one source's past; made anew for each capture."""

    archive: Archive
    source: Source
    state: SourceState
    at: datetime
    """When the capture was taken."""
    live: bool = True
    """Whether captures can be had on demand, so that waiting for one makes sense."""
    waiting: Waiting = field(default_factory=Waiting)

    def unchanged(self, by: UnchangedBy) -> Judgement:
        """Judge a capture that shows what was shown before."""
        vanished = self._vanished()
        state = self.state
        untold = state.told_version is not None and state.told_version != state.version
        if untold and state.turned_at and self.at - state.turned_at >= STAYED:
            told, shown = self._version(state.told_version), self._version(state.version)
            comparison = self._compare(told, shown)
            if comparison.edits:
                since = state.turned_at
                changed = Changed(shown, comparison, since, from_version=state.told_version)
                return Judgement(changed, vanished)
        detail = f"vanished: {state.pending.reason}" if state.pending else ""
        return Judgement(Unchanged(by, detail), vanished)

    def document(self, document: Document) -> Judgement:
        """Judge a document that was read from a capture."""
        old = self._version(self.state.version)
        whole = self._compare(old, document)
        if whole.verdict == "same":
            return self.unchanged("text")
        strange = whole.verdict == "suspect" or little_left(whole)
        if strange and (instead := stand_in(document, old)):
            return Judgement(Blocked(*instead))
        return replace(self._differing(old, document, whole), difference=whole)

    def _differing(self, old: Document, document: Document, whole: Comparison) -> Judgement:
        known = self._known(document)
        if known is not None:
            flipped = passages(whole, ignore=self._ignore)
            return Judgement(Variant(known), flipped)
        if self.state.pending is not None:
            return self._confirm(old, document, whole)
        comparison = self._doubted(whole)
        if comparison.verdict == "same":
            return Judgement(Pending(comparison.reason, self.at, soon=False))
        at_once = comparison.clear or not self.source.confirm_after
        if comparison.verdict == "changed" and at_once:
            return Judgement(self._changed(old, comparison, document, self.at))
        return Judgement(Pending(comparison.reason, self.at))

    def released(self) -> Judgement | None:
        """Believe what is pending without a further capture; `None` where there is nothing."""
        pending = self.state.pending
        if pending is None:
            return None
        old = self._version(self.state.version)
        shown = self._shown(pending.snapshot)
        comparison = without(self._compare(old, shown), self._volatile(), ignore=self._ignore)
        if comparison.verdict != "changed":
            return None
        return Judgement(self._changed(old, comparison, shown, pending.first_seen_at))

    def _confirm(self, old: Document, document: Document, whole: Comparison) -> Judgement:
        pending = self.state.pending
        assert pending is not None
        if self.live and self.at < pending.first_seen_at + self.source.confirm_after:
            return Judgement(Pending(pending.reason, pending.first_seen_at))
        first = self._shown(pending.snapshot)
        gone = self._gone(old, first, whole)
        confirmed, kept = agree(old, first, document, ignore=self._ignore)
        if confirmed.edits and confirmed.verdict == "suspect":
            return Judgement(self._suspect(old, first, document, confirmed), gone)
        believed, fresh = self._doubted(confirmed), self._doubted(whole)
        if believed.edits and kept is not first and not self._differs_for_days():
            believed = steady(believed, old, first, document, ignore=self._ignore)
        if believed.edits and kept is first:
            # Edited twice in a row: the first edit is told, the second waits in its turn.
            changed = Changed(first, believed, pending.first_seen_at, rest=whole.reason)
        elif believed.edits:
            changed = self._changed(old, believed, document, pending.first_seen_at)
        elif fresh.edits and fresh.verdict == "changed" and fresh.clear:
            changed = self._changed(old, fresh, document, self.at)
        elif fresh.edits:
            return Judgement(Pending(fresh.reason, self.at), gone)
        else:
            since = pending.first_seen_at if confirmed.edits or not gone else self.at
            return Judgement(Pending(fresh.reason, since, soon=False), gone)
        return Judgement(changed, gone)

    def _doubted(self, comparison: Comparison) -> Comparison:
        """Leave out the passages that come and go, unless what is pending has stayed for days."""
        pending = self.state.pending
        if pending and self.at - pending.first_seen_at >= STAYED:
            return comparison
        return without(comparison, self._volatile(), ignore=self._ignore)

    def _differs_for_days(self) -> bool:
        """Whether the version that is shown has not been seen as it is for long."""
        seen_at = self.state.last_unchanged_at
        return seen_at is not None and self.at - seen_at >= STAYED

    def _suspect(
        self, old: Document, first: Document, document: Document, confirmed: Comparison
    ) -> Outcome:
        pending = self.state.pending
        assert pending is not None
        if not agrees(first, document, ignore=self._ignore):
            return Pending(confirmed.reason, self.at)
        if pending.captures + 1 < SUSPECT_CAPTURES:
            return Pending(confirmed.reason, pending.first_seen_at)
        believed = replace(confirmed, verdict="changed")
        return self._changed(old, believed, document, pending.first_seen_at)

    def _changed(
        self, old: Document, comparison: Comparison, document: Document, since: datetime
    ) -> Changed:
        kept = settled(old, comparison, document, ignore=self._ignore)
        rest = "" if kept is document else "more of the page differs"
        return Changed(kept, comparison, since, rest=rest)

    def _known(self, document: Document) -> int | None:
        recent = self.archive.recent_states(self.source.id, self.at - KNOWN_FOR)
        for known in [state for state in recent if state.version != self.state.version][:STATES]:
            if known.digest == document.digest:
                return known.version
            if self._compare(self._version(known.version), document).verdict == "same":
                return known.version
        return None

    def _vanished(self) -> tuple[Passage, ...]:
        pending = self.state.pending
        if pending is None:
            return ()
        shown = self._shown(pending.snapshot)
        old = self._version(self.state.version)
        return self._gone(old, shown, self._compare(old, old))

    def _gone(self, old: Document, first: Document, whole: Comparison) -> tuple[Passage, ...]:
        """Return what an earlier capture showed and this one does not, passages and places."""
        before = self._compare(old, first)
        if before.verdict == "suspect":
            # Of another page, or half of this one, there is nothing to learn about this one.
            return ()
        still = {passage.key for passage in passages(whole, ignore=self._ignore)}
        lines = passages(before, ignore=self._ignore)
        gone = tuple(passage for passage in lines if passage.key not in still)
        return gone + turned(before, whole, ignore=self._ignore)

    def _volatile(self) -> frozenset[str]:
        known = self.archive.volatile(self.source.id)
        return frozenset(entry.passage.key for entry in known if entry.flips >= FLIPS)

    def _shown(self, snapshot: str) -> Document:
        """Return what a capture says that is waited with."""
        known = self.waiting.find(self.source, snapshot)
        if known is None:
            known = read(self.source, self.archive.capture(self.source.id, snapshot))
            self.waiting.keep(self.source, snapshot, known)
        return known

    def _version(self, number: int | None) -> Document:
        version = self.archive.version(self.source.id, number)
        assert version is not None
        return version.document

    def _compare(self, old: Document, new: Document) -> Comparison:
        return compare(old, new, ignore=self._ignore)

    @property
    def _ignore(self) -> Sequence[str]:
        return self.source.rules.ignored
