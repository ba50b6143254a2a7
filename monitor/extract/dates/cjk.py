"""Dates with the signs for year, month and day, and those of Japanese and Taiwanese eras."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.extract.dates.span import Span, is_calendar_day

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIGURE = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_MONTH_DAY = rf"(?: ?({_FIGURE}) ?(?:月份?|월)(?: ?({_FIGURE}) ?(?:日|号|號|일))?)"
_COMMON = re.compile(
    rf"(?<!\d)(\d{{4}}|[一二][〇○零一二三四五六七八九]{{3}}) ?(?:年|년){_MONTH_DAY}"
)
_ERA = re.compile(rf"(令和|平成|昭和|民國|民国) ?(元|{_FIGURE}|\d{{3}}) ?年{_MONTH_DAY}")
_ERA_START = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}
_TEN = 10


def read_cjk(line: str) -> Iterator[Span]:
    """Yield the dates of a folded line; the year may be in figures, in signs or of an era."""
    for match in _ERA.finditer(line):
        era, year, month, day = match.groups()
        count = 1 if year == "元" else _number(year)
        yield from _span(match, _ERA_START[era] + count, month, day)
    for match in _COMMON.finditer(line):
        year, month, day = match.groups()
        figures = year if year.isdecimal() else "".join(str(_DIGITS[sign]) for sign in year)
        yield from _span(match, int(figures), month, day)


def _span(match: re.Match[str], year: int, month: str, day: str | None) -> Iterator[Span]:
    number, day_number = _number(month), None if day is None else _number(day)
    if is_calendar_day(year, number, day_number):
        yield Span(match.start(), match.end(), year, number, day_number)


def _number(figures: str) -> int:
    """Read a number below a hundred in signs, or any in figures."""
    if figures.isdecimal():
        return int(figures)
    tens, ten, ones = figures.partition("十")
    if not ten:
        return sum(_DIGITS[sign] for sign in tens)
    return (_DIGITS[tens] if tens else 1) * _TEN + (_DIGITS[ones] if ones else 0)
