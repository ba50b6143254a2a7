"""What people thought of the alerts, and what that says about a source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

ReviewVerdict = Literal["real", "noise"]


@dataclass(frozen=True, slots=True)
class Review:
    """A person's verdict on a change: whether it deserved its alert."""

    verdict: ReviewVerdict
    note: str
    reviewed_at: datetime
    """UTC; of the latest verdict, which replaces earlier ones."""


@dataclass(frozen=True, slots=True)
class SourceScore:
    """How often a source was looked at, how often it alerted, and how often rightly so."""

    source: str
    checks: int
    captures: int
    """Checks in which a body arrived."""
    alerts: int
    """Changes that were told or, for an import, would have been."""
    real: int
    """Alerts reviewed as real."""
    noise: int
    """Alerts reviewed as noise."""
    pending: int
    """Checks that found a difference and waited for another capture."""
    variants: int
    """Checks that found an earlier version again."""
    quarantined: int
    """Checks that were blocked."""
    volatile: int
    """Passages known to come and go."""

    @property
    def unreviewed(self) -> int:
        """Count the alerts nobody has judged."""
        return self.alerts - self.real - self.noise

    @property
    def precision(self) -> float | None:
        """Return the share of reviewed alerts that were real; `None` where none is reviewed."""
        reviewed = self.real + self.noise
        return self.real / reviewed if reviewed else None

    @property
    def alerts_per_thousand(self) -> float | None:
        """Return alerts per 1,000 captures; `None` where there is no capture."""
        return 1000 * self.alerts / self.captures if self.captures else None


def total(scores: tuple[SourceScore, ...], name: str = "") -> SourceScore:
    """Add scores up."""
    return SourceScore(
        source=name,
        checks=sum(score.checks for score in scores),
        captures=sum(score.captures for score in scores),
        alerts=sum(score.alerts for score in scores),
        real=sum(score.real for score in scores),
        noise=sum(score.noise for score in scores),
        pending=sum(score.pending for score in scores),
        variants=sum(score.variants for score in scores),
        quarantined=sum(score.quarantined for score in scores),
        volatile=sum(score.volatile for score in scores),
    )
