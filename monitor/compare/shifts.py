"""Dates that all moved by one day, as those of a list do that is shown in another time zone."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.compare.blocks import Group, Lines

SHIFTED_DATES = 3
"""So many dates that move by the same day at once are one list in another time zone."""
REACH = 4
"""Words that the parts of one date may stand apart: 2026 年 3 月 5 日."""
SHORTEST_MONTH, LONGEST_MONTH = 28, 31
DAY = timedelta(days=1)

_YEAR = re.compile(r"(?:19|20)\d\d")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|º|ª)")


def without_shifted_dates(lines: Lines, groups: Sequence[Group]) -> list[Group]:
    """Leave out the lines in which nothing changed but dates, with enough others by one day."""
    steps = [_shifts(lines, group) for group in groups]
    moved = Counter(step for found in steps for step in found)
    return [
        group
        for group, found in zip(groups, steps, strict=True)
        if not found or any(moved[step] < SHIFTED_DATES for step in found)
    ]


def _shifts(lines: Lines, group: Group) -> tuple[int, ...]:
    return shifts(
        lines.old_words(group.old_start, group.old_stop).split(),
        lines.new_words(group.new_start, group.new_stop).split(),
    )


def shifts(old: Sequence[str], new: Sequence[str]) -> tuple[int, ...]:
    """Return by how many days, 1 or -1, each date moved; nothing where more than that changed."""
    if len(old) != len(new) or not any(map(_YEAR.fullmatch, old)):
        return ()
    found = tuple(_shift(old, new, *span) for span in _spans(old, new))
    return () if 0 in found else found


def _spans(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of words that differ, those of one date together."""
    start = stop = -1
    for at, (here, there) in enumerate(zip(old, new, strict=True)):
        if here == there:
            continue
        if start >= 0 and at - stop >= REACH:
            yield start, stop
            start = at
        start, stop = (at if start < 0 else start), at + 1
    if start >= 0:
        yield start, stop


def _shift(old: Sequence[str], new: Sequence[str], start: int, stop: int) -> int:
    here, there = _numbers(old, start, stop), _numbers(new, start, stop)
    days = [_as_day(here, there, order) for order in ("ymd", "dmy", "mdy")]
    if any(days):
        return next(filter(None, days))
    differing = [(old[at], new[at]) for at in range(start, stop) if old[at] != new[at]]
    numbers = [(_day(a), _day(b)) for a, b in differing if _day(a) and _day(b)]
    if len(numbers) != 1 or len(differing) > len("dmy"):
        return 0
    (before, after), named = numbers[0], len(differing) > 1
    if not named:
        return after - before if abs(after - before) == 1 else 0
    if max(before, after) < SHORTEST_MONTH or min(before, after) > 1:
        return 0
    return 1 if after == 1 else -1


def _numbers(words: Sequence[str], start: int, stop: int) -> list[str]:
    """Return the numbers of a date of which some words differ."""
    first, last = max(0, stop - REACH - 1), start + REACH + 1
    return [word for word in words[first:last] if word.isdecimal()]


def _as_day(old: Sequence[str], new: Sequence[str], order: str) -> int:
    if len(old) != len(order) or len(new) != len(order):
        return 0
    before, after = _date(old, order), _date(new, order)
    if before is None or after is None or abs(after - before) != DAY:
        return 0
    return (after - before).days


def _date(numbers: Sequence[str], order: str) -> date | None:
    parts = dict(zip(order, map(int, numbers), strict=True))
    try:
        return date(parts["y"], parts["m"], parts["d"])
    except (ValueError, OverflowError):
        return None


def _day(word: str) -> int:
    """Return the day of a month that a word says, 0 where it says none."""
    ordinal = _ORDINAL.fullmatch(word)
    number = ordinal[1] if ordinal else word
    return int(number) if number.isdecimal() and 1 <= int(number) <= LONGEST_MONTH else 0
