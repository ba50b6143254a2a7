"""Puts all findings about one change together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.assess import effective
from monitor.assess.summary import summary
from monitor.model import Assessment, Deadline, Finding

if TYPE_CHECKING:
    from datetime import date

    from monitor.assess.interval import Interval
    from monitor.model import Comparison, Document


def assess(
    old: Document,
    new: Document,
    comparison: Comparison,
    interval: Interval,
    *,
    objection_days: int | None = None,
) -> Assessment:
    """Say what a change means; the same arguments give the same answer."""
    findings: list[Finding] = []
    deadlines: list[Deadline] = []
    told, due = effective.clock(old.dates, new.dates, interval)
    findings += told
    deadlines += due
    if (window := effective.objection(objection_days, interval)) is not None:
        findings.append(window[0])
        deadlines.append(window[1])
    return Assessment(
        findings=tuple(findings),
        summary=summary(comparison, findings, old.dates, new.dates),
        score=score(findings),
        deadlines=tuple(deadlines),
    )


def assess_first(new: Document, seen_on: date) -> tuple[Deadline, ...]:
    """Return the days to come that a source's first version states."""
    return effective.first(new.dates, seen_on)


def score(findings: list[Finding]) -> float:
    """Add up weights so that many weak findings never outweigh certainty: 1 is never passed."""
    rest = 1.0
    for finding in findings:
        rest *= 1 - finding.weight
    return round(1 - rest, 3)
