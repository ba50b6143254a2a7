"""When a policy was seen, and which version; what follows for the times in between."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from monitor.model import Gap, InForce, Source
from monitor.record import codec, reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.record.engine import Connection, Row

_CHECKS = (
    "SELECT c.started_at, c.outcome, c.version, d.first_seen_at FROM checks c "
    "JOIN sources s ON s.id = c.source_id LEFT JOIN changes d ON d.id = c.change_id "
    "WHERE s.slug = :source ORDER BY c.id"
)
_LEAST = timedelta(hours=1)
"""Nobody is blamed for less."""


@dataclass(frozen=True, slots=True)
class _Sighting:
    at: datetime
    version: int
    words: int
    """The first version that said the same words to our readers; re-reading makes no change."""


@dataclass(frozen=True, slots=True)
class Sightings:
    """What the checks of one source saw."""

    source: str
    seen: tuple[_Sighting, ...]
    """By time."""
    missed: tuple[datetime, ...]
    """Checks that did not reach the policy, by time."""
    usual: timedelta
    """Longer than this between two sightings is a gap."""

    def at(self, when: datetime) -> tuple[_Sighting | None, _Sighting | None]:
        """Return the last sighting by then, and the next one."""
        place = bisect_right(self.seen, when, key=lambda sighting: sighting.at)
        before = self.seen[place - 1] if place else None
        return before, self.seen[place] if place < len(self.seen) else None

    def gap(self, since: datetime, until: datetime | None, now: datetime) -> Gap | None:
        """Return the time between two sightings where that is a gap."""
        if (until or now) - since <= self.usual:
            return None
        start, end = bisect_right(self.missed, since), bisect_right(self.missed, until or now)
        return Gap(self.source, since, until, end - start)

    def gaps(self, now: datetime) -> tuple[Gap, ...]:
        """Return every gap, oldest first; the last may not have ended."""
        times = [sighting.at for sighting in self.seen]
        ends = [*times[1:], None] if times else []
        pairs = zip(times, ends, strict=True)
        found = (self.gap(since, until, now) for since, until in pairs)
        return tuple(gap for gap in found if gap is not None)


def sightings(connection: Connection, source: str) -> Sightings:
    """Gather what the checks of a source saw."""
    rows = connection.rows(_CHECKS, source=source)
    definition = connection.value(
        "SELECT definition FROM sources WHERE slug = :source", source=source
    )
    seen = tuple(sorted(_seen(rows), key=lambda sighting: sighting.at))
    missed = sorted(row["started_at"] for row in rows if row["outcome"] in {"failed", "blocked"})
    return Sightings(source, seen, tuple(missed), _usual(seen, definition))


def in_force(connection: Connection, source: str, when: datetime, now: datetime) -> InForce | None:
    """Return what was shown at a time; `None` where nothing had been seen by then."""
    known = sightings(connection, source)
    before, after = known.at(when)
    version = reading.version(connection, source, before.version) if before else None
    if before is None or version is None:
        return None
    same = after is not None and after.words == before.words
    return InForce(
        version=version,
        certainty="open" if after is None else "certain" if same else "changing",
        seen_at=before.at,
        next_seen_at=after.at if after else None,
        next_version=after.version if after else None,
        gap=known.gap(before.at, after.at if after else None, now),
    )


def _seen(rows: Sequence[Row]) -> list[_Sighting]:
    found: list[_Sighting] = []
    words: dict[int, int] = {}
    held: list[datetime] = []
    shown: int | None = None
    version: int | None
    for row in rows:
        outcome, at, version = row["outcome"], row["started_at"], row["version"]
        if outcome == "pending":
            held.append(at)
            continue
        if outcome == "rederived":
            if version is not None:
                words[version] = words.get(shown or version, version)
                shown = version
            continue
        if outcome in {"failed", "blocked"}:
            continue
        if version is not None:
            words.setdefault(version, version)
            shown = version
        if outcome == "changed" and row["first_seen_at"] is not None and shown is not None:
            # What held the change back had seen it too.
            early = [time for time in held if time >= row["first_seen_at"]]
            early.append(row["first_seen_at"])
            found += [_Sighting(time, shown, words[shown]) for time in early if time < at]
        held = []
        if shown is not None:
            found.append(_Sighting(at, shown, words[shown]))
    return found


def _usual(seen: Sequence[_Sighting], definition: str | None) -> timedelta:
    """Tell how long may pass unseen: twice as planned, or thrice as is usual where that is longer.

    What comes out of another archive follows that archive's rhythm, not our plan.
    """
    schedule = codec.load(Source, definition).schedule if definition else None
    planned = (schedule.most or schedule.every) if schedule else None
    longest = 2 * planned + schedule.jitter if schedule and planned else _LEAST
    steps = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(seen)]
    rhythm = timedelta(seconds=median([step for step in steps if step] or [0]))
    return max(_LEAST, longest if rhythm <= longest else 3 * rhythm)
