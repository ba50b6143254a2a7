"""What a change means: findings, how it was announced, the days that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date, datetime

Announcement = Literal[
    "announced",
    "silent",
    "date_only",
    "backdated",
    "date_removed",
    "date_added",
    "none",
]
"""What a policy's own dates did while its words changed; ``none`` where it states none."""
DeadlineKind = Literal["effective", "upcoming", "objection"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One explained observation about a change."""

    rule: str
    """Name of the rule: ``announcement.silent``."""
    summary: str
    """One sentence for a person."""
    words: tuple[str, ...] = ()
    """The exact words it rests on."""
    path: tuple[str, ...] = ()
    """Headings of the section they stand in; empty where they are of the whole document."""
    old: str = ""
    """The sentence the words stood in before; empty where there was none."""
    new: str = ""
    """The sentence they stand in after; empty where there is none."""
    weight: float = 0.0
    """What it adds to the score of the change, between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day that follows from what a policy says."""

    kind: DeadlineKind
    """``effective``: this text takes effect; ``upcoming``: another one, announced here, does;
    ``objection``: the last day to object."""
    due_on: date
    words: str = ""
    """The words of the page it was read from."""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A deadline that is kept, and how often it has been told."""

    id: int
    source: str
    version: int
    """Number of the version that first states it."""
    change: int | None
    """Id of the change that brought it; `None` for a source's first version."""
    deadline: Deadline
    seen_at: datetime
    """UTC; the first capture that states it."""
    reminders: int = 0
    """The last reminder that was recorded: 1 before the day, 2 on it."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that a change was found to mean."""

    announcement: Announcement | None = None
    """`None` where it was not assessed."""
    findings: tuple[Finding, ...] = ()
    summary: str = ""
    """A sentence or two for a person."""
    score: float = 0.0
    """Between 0 and 1: how much it deserves to be read."""
    deadlines: tuple[Deadline, ...] = ()


UNASSESSED = Assessment()
