"""Cron expressions with the meaning of crontab(5), which APScheduler reads otherwise.

APScheduler counts weekdays from Monday and wants both day fields to match; crontab counts from
Sunday and takes either. `normalise` spells weekdays as names and refuses the second difference.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SHORTCUTS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_FIELDS = ("minute", "hour", "day of month", "month", "day of week")
_MONTH, _WEEKDAY = 3, 4
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_STEP = re.compile(r"(\*|[0-9a-z]+(?:-[0-9a-z]+)?)(?:/([0-9]{1,3}))?")


class CronError(ValueError):
    """The expression is refused; `hint` says what to write instead."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.hint = hint


@lru_cache(maxsize=1024)
def normalise(expression: str) -> str:
    """Return five fields that crontab(5) and APScheduler read alike; idempotent.

    Raises:
        CronError: The expression is malformed, can never come, or restricts both day fields.

    """
    text = expression.strip().lower()
    fields = _SHORTCUTS.get(text, text).split()
    if len(fields) != len(_FIELDS):
        raise CronError(
            f"has {len(fields)} fields, not five",
            'minute, hour, day of month, month, day of week: "0 6 * * 1-5"',
        )
    values = [_values(position, field) for position, field in enumerate(fields)]
    if not fields[2].startswith("*") and not fields[4].startswith("*"):
        raise CronError(
            "sets both the day of month and the day of week, which cron programs read differently",
            'leave one of them "*", or watch the page by two sources',
        )
    if all(day > _LONGEST[month - 1] for day in values[2] for month in values[3]):
        raise CronError("names a day that no month has, so it would never come")
    return " ".join(_plainly(*numbered) for numbered in enumerate(zip(fields, values, strict=True)))


def _plainly(position: int, field: tuple[str, list[int]]) -> str:
    """Return the field in numbers without steps, weekdays by name; ``*`` stays."""
    text, values = field
    if text == "*" or (position < _MONTH and "/" not in text):
        return text
    if position == _WEEKDAY:
        days = {day % 7 for day in values}
        return ",".join(name for day, name in enumerate(_WEEKDAYS) if day in days)
    return ",".join(str(value) for value in sorted(set(values)))


def _values(position: int, field: str) -> list[int]:
    return [value for part in field.split(",") for value in _part(position, part)]


def _part(position: int, part: str) -> range:
    match = _STEP.fullmatch(part)
    if match is None:
        raise _refused(position, part)
    span, step = match.groups()
    low, high = _RANGES[position]
    if span != "*":
        first, _, last = span.partition("-")
        low = _number(position, first)
        if last or step is None:
            high = _number(position, last or first)
    if low > high or step == "0" * len(step or "-"):
        raise _refused(position, part)
    return range(low, high + 1, int(step or 1))


def _number(position: int, word: str) -> int:
    names = {_MONTH: _MONTHS, _WEEKDAY: _WEEKDAYS}.get(position, ())
    low, high = _RANGES[position]
    if word in names:
        return names.index(word) + (1 if position == _MONTH else 0)
    if not word.isascii() or not word.isdigit() or not low <= int(word) <= high:
        raise _refused(position, word)
    return int(word)


def _refused(position: int, part: str) -> CronError:
    low, high = _RANGES[position]
    names = {_MONTH: " or jan to dec", _WEEKDAY: " (0 and 7 are Sunday) or sun to sat"}.get(
        position, ""
    )
    return CronError(f'"{part}" is no {_FIELDS[position]}', f"a number from {low} to {high}{names}")
