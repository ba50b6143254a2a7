"""Dates in figures: 2021-06-30, 30.06.2021, 06/30/2021, 2021. 6. 30., 05/2018, 20210630."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.extract.dates.span import Span, gregorian, is_calendar_day

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEPARATOR = r" ?([./-]) ?"
_FREE = r"(?<![\d$€£¥])(?<!\d[.,/-])(?<!\bv)"
_YEAR = r"(\d{4})"
_YEAR_FIRST = re.compile(rf"{_FREE}{_YEAR}{_SEPARATOR}(\d{{1,2}}) ?\2 ?(\d{{1,2}})(?!\d)")
_YEAR_LAST = re.compile(rf"{_FREE}(\d{{1,2}}){_SEPARATOR}(\d{{1,2}}) ?\2 ?{_YEAR}(?!\d)")
_NORDIC = re.compile(rf"{_FREE}(\d{{1,2}})(/)(\d{{1,2}})[ -](20\d\d)(?!\d)")
_YEAR_SHORT = re.compile(rf"{_FREE}(\d{{1,2}})([./-])(\d{{1,2}})\2(\d\d)(?![\d./-]\d|\d)")
_SPACED = re.compile(rf"{_FREE}(\d\d)( )(\d\d) (20\d\d)(?!\d)")
_COMPACT = re.compile(rf"{_FREE}(20\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")
_MONTH_YEAR = re.compile(rf"{_FREE}(0?[1-9]|1[0-2]) ?[./-] ?(20\d\d)(?![./-]?\d)")
_YEAR_MONTH = re.compile(rf"{_FREE}(20\d\d) ?[./-] ?(0?[1-9]|1[0-2])(?![./-]?\d)")
# Looking for the bones of a date first spares most lines the patterns above.
_BONES = re.compile(r"\d(?: ?[./-] ?\d\d? ?[./-] ?\d|\d{7}|\d? \d\d 20|/\d\d?[ -]20)")
_MONTH_BONES = re.compile(r"\d ?[./-] ?\d")
_CENTURY, _PIVOT = 2000, 70


def read_numeric(line: str) -> Iterator[Span]:
    """Yield the dates in figures of a folded line, the fullest forms first; they may overlap."""
    if not _BONES.search(line):
        return
    for match in _YEAR_FIRST.finditer(line):
        year, _, month, day = match.groups()
        yield from _span(match, int(year), int(month), int(day))
    for match in _YEAR_LAST.finditer(line):
        first, separator, second, year = match.groups()
        yield from _either_order(match, separator, (int(first), int(second)), int(year))
    for match in _COMPACT.finditer(line):
        year, month, day = map(int, match.groups())
        yield from _span(match, year, month, day, weak=True)
    for pattern in (_SPACED, _NORDIC):
        for match in pattern.finditer(line):
            yield from _short(match, int(match[4]))
    for match in _YEAR_SHORT.finditer(line):
        yield from _short(match, _CENTURY + int(match[4]))


def read_numeric_months(line: str) -> Iterator[Span]:
    """Yield the months in figures of a folded line."""
    if not _MONTH_BONES.search(line):
        return
    for match in _MONTH_YEAR.finditer(line):
        yield from _span(match, int(match[2]), int(match[1]), None, weak=True)
    for match in _YEAR_MONTH.finditer(line):
        yield from _span(match, int(match[1]), int(match[2]), None, weak=True)


def _short(match: re.Match[str], year: int) -> Iterator[Span]:
    if year < _CENTURY + _PIVOT:
        figures = (int(match[1]), int(match[3]))
        yield from _either_order(match, match[2], figures, year, weak=True)


def _span(
    match: re.Match[str], year: int, month: int, day: int | None, *, weak: bool = False
) -> Iterator[Span]:
    year = gregorian(year)
    if is_calendar_day(year, month, day):
        yield Span(match.start(), match.end(), year, month, day, weak=weak, worded=False)


def _either_order(
    match: re.Match[str],
    separator: str,
    figures: tuple[int, int],
    year: int,
    *,
    weak: bool = False,
) -> Iterator[Span]:
    """Read day first, and keep the other reading where the separator and the calendar allow it."""
    day, month = figures
    year = gregorian(year)
    day_first = is_calendar_day(year, month, day)
    month_first = separator != "." and is_calendar_day(year, day, month)
    if not (day_first or month_first):
        return
    if not day_first:
        day, month = month, day
    span = Span(match.start(), match.end(), year, month, day, weak=weak, worded=False)
    if day_first and month_first:
        yield replace(span, swapped=(day, month)) if day != month else span
    else:
        yield span if separator == "." else replace(span, month_first=month_first)
