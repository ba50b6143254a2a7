"""What is known of a source between two checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from monitor.model.capture import Validators

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model.record import Outage, OutcomeKind


@dataclass(frozen=True, slots=True)
class PendingDifference:
    """A difference seen once, waiting for a second capture that shows it too."""

    snapshot: str
    """SHA-256 of the body that first showed it; kept in the archive."""
    first_seen_at: datetime
    reason: str
    captures: int = 1
    """How many captures in a row have shown it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One line of a policy as it is recognised again."""

    key: str
    """The words it is compared by."""
    sample: str
    """The line as it was shown."""


@dataclass(frozen=True, slots=True)
class VolatilePassage:
    """A passage of a source that has come and gone, and how often."""

    passage: Passage
    flips: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class SourceState:
    """One row a source; written only together with a check."""

    source: str
    next_check_at: datetime | None = None
    """UTC; `None` where the source is disabled or no longer configured."""
    last_checked_at: datetime | None = None
    last_outcome: OutcomeKind | None = None
    last_detail: str = ""
    last_success_at: datetime | None = None
    """UTC; the last check that reached the policy, whether it had changed or not."""
    last_full_at: datetime | None = None
    """UTC; the last time a whole body arrived rather than a 304."""
    last_unchanged_at: datetime | None = None
    """UTC; the last check that still saw the text of the current version."""
    validators: Validators = field(default_factory=Validators)
    body_digest: str | None = None
    """SHA-256 of the last body that showed the current version."""
    gate: str | None = None
    """Cheap text digest of that body."""
    version: int | None = None
    """Number of the version that is shown now; `None` before the first."""
    turned_at: datetime | None = None
    """UTC; the first capture in a row that showed that version."""
    told_version: int | None = None
    """The version people were last told of, or the first."""
    extractor: int | None = None
    """Revision of the extractor that read the current version."""
    rules: str | None = None
    """Revision of the rules it was read under."""
    drift: str = ""
    """Rules of the source that fitted nothing on the page when it was last read."""
    shell_at: datetime | None = None
    """UTC; the last time the plain page was an empty shell, and a browser was needed."""
    failures: int = 0
    """Consecutive checks that failed or were blocked."""
    troubled_at: datetime | None = None
    """UTC; the first of them; `None` where the last check reached a document."""
    outage: Outage | None = None
    """The outage that is open."""
    pending: PendingDifference | None = None
    checks: int = 0
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a policy has changed since it was first seen."""

    since: datetime
    """UTC; when its first version was captured."""
    changes: int


class KnownState(NamedTuple):
    """A text the source has shown before, by the version that holds it."""

    version: int
    digest: str
    """SHA-256 of the document's text."""
    seen_at: datetime
    """UTC; the last check that saw it."""


CONDITIONS = ("failing", "blocked", "overdue", "drifted", "pending", "new", "fine", "not watched")
"""What a source's condition is called; what needs a person comes first."""
OVERDUE_AFTER = timedelta(minutes=15)


def condition(state: SourceState, now: datetime) -> str:
    """Name a source's condition in one word."""
    if state.next_check_at is None:
        return "not watched"
    if state.last_outcome in {"failed", "blocked"}:
        return "failing" if state.last_outcome == "failed" else "blocked"
    if now - state.next_check_at > OVERDUE_AFTER:
        return "overdue"
    if state.drift:
        return "drifted"
    if state.pending:
        return "pending"
    return "new" if state.version is None else "fine"
