"""What the daemon beside the web view is doing: when it last ticked, and what it has counted."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram

from monitor.model import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.model import Delivery
    from monitor.pipeline import Checked

MOST_SOURCES = 500
"""More sources than this share one label: a time series each would be a burden, not a help."""
PREFIX = "monitor"
EVERY = "*"
"""Stands for a source where there are too many to name."""
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Pulse:
    """Counts what the daemon of this program does; safe to use from its threads."""

    def __init__(self, *, ticked_at: Callable[[], datetime | None] | None = None) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self.ticked_at = ticked_at
        """When the daemon last looked at what is due; `None` where no daemon runs here."""
        self._named: set[str] = set()
        self._lock = Lock()
        self._checks = Counter(
            "checks",
            "Checks by what they found.",
            ("source", "outcome"),
            namespace=PREFIX,
            registry=self.registry,
        )
        self._seconds = Histogram(
            "check_duration_seconds",
            "How long checks took.",
            buckets=_SECONDS,
            namespace=PREFIX,
            registry=self.registry,
        )
        self._changes = Counter(
            "changes", "Changes recorded.", ("class",), namespace=PREFIX, registry=self.registry
        )
        self._sent = Counter(
            "notifications",
            "Tries of deliveries.",
            ("channel", "outcome"),
            namespace=PREFIX,
            registry=self.registry,
        )

    def checked(self, checked: Checked) -> None:
        """Count a check that has ended."""
        outcome = checked.check.outcome
        kind = kind_of(outcome)
        self._checks.labels(self._label(checked.check.source.id), kind).inc()
        took = checked.check.finished_at - checked.check.started_at
        self._seconds.observe(max(took.total_seconds(), 0))
        if checked.recorded.change is not None:
            self._changes.labels(_announced(outcome)).inc()

    def delivered(self, delivery: Delivery) -> None:
        """Count a try of a delivery."""
        outcome = "retry" if delivery.state == "pending" else delivery.state
        self._sent.labels(delivery.channel, outcome).inc()

    def _label(self, source: str) -> str:
        with self._lock:
            if len(self._named) < MOST_SOURCES:
                self._named.add(source)
            return source if source in self._named else EVERY


def _announced(outcome: object) -> str:
    """Name the class of a change: what became of the policy's own date, where that is known."""
    assessment = getattr(outcome, "assessment", None)
    return str(getattr(assessment, "announcement", None) or "unclassified")
