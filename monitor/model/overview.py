"""How all sources stand, as a page of a list shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.model.record import Change
    from monitor.model.source import Source
    from monitor.model.state import SourceState

Standing = Literal[
    "failing",
    "blocked",
    "overdue",
    "drifted",
    "pending",
    "changed",
    "new",
    "fine",
    "not watched",
]
"""A source's condition; what is fine and changed lately is ``changed``."""
STANDINGS: tuple[Standing, ...] = get_args(Standing)
"""What needs a person comes first."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which sources, or changes of sources, are meant: those that match all that is set."""

    site: str = ""
    kind: str = ""
    tag: str = ""
    language: str = ""
    """BCP 47 tag; ``en`` means ``en-GB`` too."""
    finding: str = ""
    """Name of a rule; sources with a change that has such a finding."""
    text: str = ""
    """Part of a source's id, site, name or address; case does not matter."""
    standing: str = ""
    """One of `STANDINGS`; of sources only."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source in a list."""

    source: Source
    state: SourceState
    standing: Standing
    language: str | None
    last_change: Change | None
    changed_at: tuple[datetime, ...]
    """UTC; its latest changes, oldest first."""


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of the list of sources, and how many there are of each standing."""

    rows: tuple[SourceRow, ...]
    tally: Mapping[Standing, int]
    """Of all that match, but for the standing asked for."""

    @property
    def total(self) -> int:
        """Count the sources that match, whatever their standing."""
        return sum(self.tally.values())


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be filtered by; the most frequent values of each."""

    sites: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The changes of a source beside one of them."""

    older: int | None = None
    newer: int | None = None


@dataclass(frozen=True, slots=True)
class Gauges:
    """What the archive says about itself as a whole."""

    sources: int = 0
    """Watched ones."""
    overdue: int = 0
    failing: int = 0
    blocked: int = 0
    pending: int = 0
    quarantined: int = 0
    """Captures in quarantine."""
    outages: int = 0
    outbox_pending: int = 0
    outbox_failed: int = 0
    oldest_due_at: datetime | None = None
    """UTC; the due time that has waited longest."""
    last_success_at: Mapping[str, datetime] = field(default_factory=dict)
    """UTC, by source."""
