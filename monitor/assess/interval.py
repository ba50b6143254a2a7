"""Between which days a change happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Interval:
    """The last day that still showed the old text, and the first that showed the new one."""

    unchanged_on: date
    seen_on: date

    def notice(self, day: date) -> tuple[int, int]:
        """Return how many days before `day` the change came, at least and at most."""
        return (day - self.seen_on).days, (day - self.unchanged_on).days
