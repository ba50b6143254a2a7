"""Adds to what a check found what it means: assessed against the text it takes the place of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.assess import Interval, assess, assess_first
from monitor.model import Changed, First

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.assess import Vocabulary
    from monitor.model import Assessment, Change, Outcome, Source, SourceState
    from monitor.record import Archive


def with_meaning(
    archive: Archive,
    source: Source,
    state: SourceState,
    outcome: Outcome,
    at: datetime,
    *,
    lexicon: Callable[[str], Vocabulary],
) -> Outcome:
    """Return the outcome of a check at a time with what it means, where it is news."""
    zone = ZoneInfo(source.schedule.timezone)
    if isinstance(outcome, First):
        seen_on = at.astimezone(zone).date()
        return replace(outcome, deadlines=assess_first(outcome.document, seen_on))
    if not isinstance(outcome, Changed):
        return outcome
    before = archive.version(source.id, outcome.from_version or state.version)
    assert before is not None
    unchanged_at = min(state.last_unchanged_at or before.fetched_at, outcome.first_seen_at)
    interval = Interval(
        unchanged_at.astimezone(zone).date(), outcome.first_seen_at.astimezone(zone).date()
    )
    assessment = assess(
        before.document,
        outcome.document,
        outcome.comparison,
        interval,
        objection_days=source.objection_days,
        lexicon=lexicon,
    )
    return replace(outcome, assessment=assessment)


def again(
    archive: Archive, source: Source, change: Change, *, lexicon: Callable[[str], Vocabulary]
) -> Assessment:
    """Assess a recorded change by the rules and words of today."""
    zone = ZoneInfo(source.schedule.timezone)
    before = archive.version(source.id, change.from_version)
    after = archive.version(source.id, change.to_version)
    assert before is not None
    assert after is not None
    interval = Interval(
        change.last_seen_unchanged_at.astimezone(zone).date(),
        change.first_seen_at.astimezone(zone).date(),
    )
    return assess(
        before.document,
        after.document,
        archive.comparison(change.id),
        interval,
        objection_days=source.objection_days,
        lexicon=lexicon,
    )
