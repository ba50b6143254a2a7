"""A date expression: where it stands in a line and what it says."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.model import Precision

FIRST_YEAR, LAST_YEAR = 1950, 2079
BUDDHIST_OFFSET = 543
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """One date expression of a line."""

    start: int
    end: int
    year: int
    month: int | None = None
    day: int | None = None
    swapped: tuple[int, int] | None = None
    """Month and day when read the other way round, where both ways are possible."""
    month_first: bool | None = None
    """Of day and month in figures, which comes first, where only one way is possible."""
    weak: bool = False
    """So short or bare that only a label right beside it makes it a date."""
    worded: bool = True
    """Written with a month name or sign, not in figures only."""

    @property
    def value(self) -> str:
        """ISO 8601; stops at the month or the year."""
        parts = [f"{self.year:04}"]
        parts += [f"{part:02}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    @property
    def precision(self) -> Precision:
        """How far the expression goes."""
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"


_Any = TypeVar("_Any")


def ends(items: Sequence[_Any], first: int = 40, last: int = 20) -> list[_Any]:
    """Keep the first and the last of many: a policy's own dates stand at its ends."""
    return list(items) if len(items) <= first + last else [*items[:first], *items[-last:]]


def gregorian(year: int) -> int:
    """Turn a Buddhist year into a common one; leave a common one alone."""
    return year - BUDDHIST_OFFSET if year > LAST_YEAR else year


def is_calendar_day(year: int, month: int, day: int | None) -> bool:
    """Tell whether the calendar has that day, in years a web page may speak of."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= _MONTHS):
        return False
    return day is None or 1 <= day <= monthrange(year, month)[1]
