"""What is kept: versions, changes, checks, outages and the deliveries they cause."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from monitor.model.explanation import Explanation

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from monitor.model.assessment import Announcement, Finding
    from monitor.model.comparison import Operation, Verdict
    from monitor.model.document import Dates, Document
    from monitor.model.review import Review

Cause = Literal["source", "extractor", "rules", "unattributed"]
OutcomeKind = Literal[
    "first",
    "changed",
    "rederived",
    "unchanged",
    "not_modified",
    "pending",
    "variant",
    "blocked",
    "failed",
]
EventType = Literal[
    "policy.changed",
    "policy.silent_change",
    "policy.returned",
    "policy.effective",
    "policy.objection",
    "policy.first_seen",
    "policy.digest",
    "source.failing",
    "source.blocked",
    "source.gone",
    "source.reminder",
    "source.recovered",
    "channel.failing",
    "channel.recovered",
    "channel.test",
]
CHANGES: tuple[EventType, ...] = ("policy.changed", "policy.silent_change")
"""Events that tell of a change, each change by one of them."""
OutageKind = Literal["failing", "blocked", "gone"]
DeliveryState = Literal["pending", "sent", "failed"]


def event_of(announcement: Announcement | None) -> EventType:
    """Return the event that tells of a change, given what the policy's dates did."""
    return "policy.silent_change" if announcement == "silent" else "policy.changed"


@dataclass(frozen=True, slots=True)
class Version:
    """A document recorded because it differs from the source's previous version."""

    source: str
    number: int
    """Counts from 1 within a source."""
    recorded_at: datetime
    """UTC; when the version was written."""
    fetched_at: datetime
    """UTC; when the capture it was read from was taken."""
    snapshot: str
    """SHA-256 of the captured body."""
    cause: Cause
    extractor: int
    rules: str
    document: Document


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """What a list of versions shows, without loading their documents."""

    number: int
    recorded_at: datetime
    """UTC."""
    fetched_at: datetime
    """UTC."""
    cause: Cause
    dates: Dates
    """The dates chosen, without the candidates."""
    words: int
    title: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the archive made of a check."""

    version: int | None
    """Number of the version written; `None` where none was."""
    change: int | None
    """Id of the change written."""
    deliveries: int
    """How many channels are to be told."""
    returned: bool = False
    """Whether they are told that a change was undone."""


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One edited section, as listed in a history; the words are in the change's comparison."""

    path: tuple[str, ...]
    operation: Operation
    words_added: int
    words_removed: int


@dataclass(frozen=True, slots=True)
class Change:
    """The edits between two consecutive versions of a source."""

    id: int
    source: str
    site: str
    kind: str
    name: str
    url: str
    from_version: int
    to_version: int
    last_seen_unchanged_at: datetime
    """UTC; the last check that still saw the old text. The change happened after this."""
    first_seen_at: datetime
    """UTC; the first capture that shows the new text. The change happened by this."""
    confirmed_at: datetime
    """UTC; the capture that showed it again, or the first one where none was needed."""
    verdict: Verdict
    reason: str
    sections: tuple[SectionChange, ...]
    old_dates: Dates
    new_dates: Dates
    alert: bool
    """Whether it was notified or, for an import, would have been."""
    findings: tuple[Finding, ...] = ()
    summary: str = ""
    """What it means, in a sentence or two; empty where it was never assessed."""
    score: float = 0.0
    """Between 0 and 1, for ranking; each finding says what it adds."""
    announcement: Announcement | None = None
    """How it was announced; `None` where it was never assessed."""
    imported: bool = False
    muted: bool = False
    """Whether nobody was told because the source was muted at the time."""
    review: Review | None = None
    """What a person thought of it; `None` where nobody has said."""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check as recorded, also when it failed."""

    source: str
    started_at: datetime
    duration: timedelta
    outcome: OutcomeKind
    detail: str
    """Failure kind and message, or the reason of a verdict; empty where there is nothing to say."""
    http_status: int | None = None
    explanation: Explanation = field(default_factory=Explanation)
    version: int | None = None
    """Number of the version it wrote or found again."""
    change: int | None = None
    """Id of the change it wrote."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A source failing for several consecutive checks; opening and closing are delivered."""

    id: int
    source: str
    opened_at: datetime
    closed_at: datetime | None
    kind: OutageKind
    detail: str
    reminders: int = 0
    """How often it was told again that it is still open."""
    reminded_at: datetime | None = None
    """UTC; the last time."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a delivery."""

    at: datetime
    ok: bool
    """Whether everybody it was for has accepted it."""
    answer: str
    """What the receiving server said, or the error."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The obligation to tell one channel about one event; unique per pair."""

    id: int
    key: str
    """Stable across retries: the ``webhook-id`` and the left part of the ``Message-ID``."""
    channel: str
    event: EventType
    source: str
    change: int | None
    outage: int | None
    state: DeliveryState
    created_at: datetime
    next_attempt_at: datetime | None
    attempts: tuple[Attempt, ...] = ()
    version: int | None = None
    """Number of the version it tells of, where that is the first one."""
    trouble: int | None = None
    """Id of the channel's outage it tells of."""
    deadline: int | None = None
    """Id of the deadline it reminds of."""
    reminder: int = 0
    """Which reminder it is, counted from 1; 0 for every other event."""
    batch: str | None = None
    """Key of the digest it is sent with, once that has been put together; stable like `key`."""

    @property
    def partly(self) -> bool:
        """Whether it was sent, but refused for good for some of its recipients."""
        tried = bool(self.attempts) and not any(one.ok for one in self.attempts)
        return self.state == "sent" and tried


@dataclass(frozen=True, slots=True)
class ChannelOutage:
    """A channel that refuses what it is sent, from the first refusal to the next acceptance."""

    id: int
    channel: str
    opened_at: datetime
    """UTC; the first attempt that was refused."""
    told_at: datetime | None
    """UTC; when it was told through other channels."""
    closed_at: datetime | None
    detail: str
    """What the channel answered last, before it was told."""


@dataclass(frozen=True, slots=True)
class ChannelTrouble:
    """A channel that does not accept what it is sent."""

    channel: str
    failed: int
    """Deliveries given up."""
    retrying: int
    """Deliveries tried at least once that will be tried again."""
    since: datetime
    """UTC; the first attempt that failed among these."""
    answer: str
    """What the last attempt was told."""
