"""Answers about the past: what stood where and when, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model.record import Version

Certainty = Literal["certain", "changing", "open"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that holds the words somebody searched for."""

    source: str
    text: str
    """The line as it stands in the policy."""
    path: tuple[str, ...]
    """Headings of the section it stands in."""
    from_version: int
    """The first version in a row that has it."""
    until_version: int
    """The last version in a row that has it."""
    first_seen_at: datetime | None
    """UTC; the first capture that shows it; `None` where that was pruned."""
    last_seen_at: datetime
    """UTC; the last check that saw it."""
    standing: bool
    """Whether the policy says so today, as far as is known."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What retention took away of a source, or would."""

    source: str
    versions: int = 0
    changes: int = 0
    captures: int = 0
    freed: int = 0
    """Bytes of packed bodies and documents."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nobody saw a policy, though it is usually looked at more often."""

    source: str
    since: datetime
    """UTC; the last check before that saw it."""
    until: datetime | None
    """UTC; the first check after; `None` where there is none yet."""
    failed: int
    """Checks in between that did not reach the policy; without one, nobody looked."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The version that was shown at a time, as far as is known."""

    version: Version
    certainty: Certainty
    """``certain`` where the same was seen before and after, ``changing`` where something else was
    seen after, so that the change may have happened already, ``open`` where nothing was."""
    seen_at: datetime
    """UTC; the last time by then that it was seen."""
    next_seen_at: datetime | None
    """UTC; the next time anything of the policy was seen."""
    next_version: int | None
    """What was seen then."""
    gap: Gap | None
    """Where the time lies in a gap, that gap."""
