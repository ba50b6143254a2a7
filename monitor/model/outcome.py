"""What a check found: a type per outcome, and the check that carries it to the archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from monitor.model.assessment import UNASSESSED
from monitor.model.channel import Route

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from monitor.model.assessment import Assessment, Deadline
    from monitor.model.capture import Capture, Validators
    from monitor.model.comparison import Comparison
    from monitor.model.document import Document
    from monitor.model.record import Cause, EventType, OutageKind, OutcomeKind
    from monitor.model.source import Source
    from monitor.model.state import Passage

UnchangedBy = Literal["validators", "body", "gate", "text"]


@dataclass(frozen=True, slots=True)
class First:
    """The source's first document."""

    document: Document
    deadlines: tuple[Deadline, ...] = ()
    """Days it states that are yet to come."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The policy says something else; a version and a change are recorded."""

    document: Document
    comparison: Comparison
    first_seen_at: datetime
    """UTC; the earliest capture that shows it."""
    assessment: Assessment = UNASSESSED
    from_version: int | None = None
    """The version the comparison starts from, where that is not the one shown until now."""
    rest: str = ""
    """What the capture shows beyond `document`, still to be confirmed; empty where nothing."""


@dataclass(frozen=True, slots=True)
class Rederived:
    """Our own extractor or rules read the last snapshot differently: a version, never a change."""

    document: Document
    cause: Cause


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The policy says the same; `by` names the gate that told."""

    by: UnchangedBy
    detail: str = ""
    """What vanished, where a pending difference did."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A difference that waits for a capture to confirm it."""

    reason: str
    first_seen_at: datetime
    soon: bool = True
    """Whether one more capture soon may settle it; else it has to stay for days."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The source shows an earlier version again."""

    version: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """The capture is not a policy: quarantined, never a version."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The page could not be had."""

    kind: str
    message: str
    permanent: bool = False
    status: int | None = None
    retry_after: timedelta | None = None


Outcome = First | Changed | Rederived | Unchanged | Pending | Variant | Blocked | Failed


def kind_of(outcome: Outcome) -> OutcomeKind:
    """Name an outcome as the archive, metrics and programs do."""
    match outcome:
        case First():
            return "first"
        case Changed():
            return "changed"
        case Rederived():
            return "rederived"
        case Unchanged(by="validators"):
            return "not_modified"
        case Unchanged():
            return "unchanged"
        case Pending():
            return "pending"
        case Variant():
            return "variant"
        case Blocked():
            return "blocked"
        case Failed():
            return "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One run of the line for one source, ready to be recorded in one transaction."""

    source: Source
    started_at: datetime
    finished_at: datetime
    outcome: Outcome
    next_check_at: datetime
    extractor: int
    """Revision of the extractor that read the capture."""
    capture: Capture | None = None
    """`None` where nothing arrived: not modified, failed, re-derived from the archive."""
    gate: str | None = None
    """Digest of the cheap text of `capture`."""
    validators: Validators | None = None
    channels: tuple[str, ...] = ()
    """Who is told at once, if the outcome is one to tell, where `routes` does not say."""
    routes: Mapping[EventType, tuple[Route, ...]] | None = None
    """Who is told of each event, and when at the earliest."""
    muted: bool = False
    """Whether nobody is told because the source is muted."""
    open_outage: OutageKind | None = None
    close_outage: bool = False
    remind_outage: bool = False
    """Whether it is time to say again that the outage is still open."""
    imported: bool = False
    drift: str | None = None
    """Rules that fit nothing on the page; empty where all fit, `None` where none was read."""
    hollow: bool | None = None
    """Whether the plain page was an empty shell; `None` where it was not asked for or not read."""
    flipped: tuple[Passage, ...] = ()
    """Passages this check saw come and go."""
    difference: Comparison | None = None
    """All that differs from the version shown until now, also where nobody is told of it."""
    base: int | None = None
    """Number of the version `outcome` was found against; the archive refuses another's."""

    def told(self, event: EventType) -> tuple[Route, ...]:
        """Return whom to tell of an event, each channel once."""
        if self.routes is not None:
            return self.routes.get(event, ())
        if event == "policy.first_seen":
            return ()
        return tuple(Route(name, self.finished_at) for name in dict.fromkeys(self.channels))
