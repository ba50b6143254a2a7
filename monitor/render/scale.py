"""Lays a stretch of time along a line, with the marks that make it legible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
_DAYS = (1, 2, 7, 14)
MOST_TICKS = 9
SHORTEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """From times to places between `left` and `right`; what is outside lies at the ends."""

    start: datetime
    end: datetime
    left: float
    right: float

    @classmethod
    def over(cls, start: datetime, end: datetime, left: float, right: float) -> Scale:
        """Return the scale of a stretch, widened where it is hardly one."""
        return cls(start, max(end, start + SHORTEST), left, right)

    def x(self, at: datetime) -> float:
        """Return the place of a time."""
        share = (at - self.start) / (self.end - self.start)
        return round(self.left + min(max(share, 0), 1) * (self.right - self.left), 1)

    def ticks(self) -> tuple[Tick, ...]:
        """Return marks at the beginnings of days, months or years; nine at most."""
        for days in _DAYS:
            if (self.end - self.start) / timedelta(days=days) <= MOST_TICKS:
                return tuple(self._tick(at, "%d %b") for at in self._days(days))
        for months in _MONTHS:
            found = tuple(self._months(months))
            if len(found) <= MOST_TICKS:
                form = "%Y" if months % 12 == 0 else "%b %Y"
                return tuple(self._tick(at, form) for at in found)
        return ()

    def _tick(self, at: datetime, form: str) -> Tick:
        return Tick(self.x(at), at.strftime(form))

    def _days(self, step: int) -> Iterator[datetime]:
        at = self.start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        while (at := at + timedelta(days=step)) <= self.end:
            yield at

    def _months(self, step: int) -> Iterator[datetime]:
        start = self.start.astimezone(UTC)
        count = start.year * 12 + start.month - 1
        count += -count % step if count % step else 0
        while (at := datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC)) <= self.end:
            if at >= self.start:
                yield at
            count += step
