"""Dates of the Iranian and of the Islamic calendar, as the days they are in the common one.

The Iranian calendar is reckoned exactly. The Islamic one begins its months when the moon is seen,
which no rule foretells to the day: its dates are given to the month.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from monitor.extract.dates.folding import fold
from monitor.extract.dates.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_IRANIAN = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن",
    "اسفند",
)  # fmt: skip
_ISLAMIC = (
    "محرم", "صفر", "ربيع الأول", "ربيع الآخر|ربيع الثاني", "جمادى الأولى|جمادى الأول",
    "جمادى الآخرة|جمادى الثانية|جمادى الآخر", "رجب", "شعبان", "رمضان", "شوال",
    "ذو القعدة|ذي القعدة", "ذو الحجة|ذي الحجة",
)  # fmt: skip
_MARK = r" ?(?:ه[ـ‍]?(?![^\W\d_])|هجري\w*|ah(?!\w))"
_YEAR = r"(1[34]\d\d)(?!\d)"
_HINT = re.compile(r"(?<!\d)1[34]\d\d(?!\d)")
_FIGURES_FIRST = re.compile(rf"(?<!\d){_YEAR} ?([/.-]) ?(\d{{1,2}}) ?\2 ?(\d{{1,2}})(?!\d)")
_FIGURES_LAST = re.compile(rf"(?<!\d)(\d{{1,2}}) ?([/.-]) ?(\d{{1,2}}) ?\2 ?{_YEAR}")
_JOINT = re.compile(
    r"[ ()،,/=-]*(?:ه[ـ‍]?|هجري\w*|ah)?[ ()،,/=-]*(?:الموافق|الموافق ل|م|برابر با)?[ ()،,:-]*"
)
_LONGEST_JOINT = 30
_CYCLE, _LEAPS = 33, frozenset((1, 5, 9, 13, 17, 22, 26, 30))
_EPOCH_YEAR, _EPOCH = 1375, date(1996, 3, 20)
_LONG_MONTHS, _MONTHS = 6, 12
_LONGEST = 31
_JULIAN = 1_721_425
"""Day number of astronomers on the last day before the year 1."""


def _by_name(names: Sequence[str]) -> tuple[re.Pattern[str], dict[str, int]]:
    numbers = {
        fold(name): number for number, each in enumerate(names, 1) for name in each.split("|")
    }
    longest_first = sorted(numbers, key=len, reverse=True)
    return re.compile(rf"(?<!\d)(\d{{1,2}}) ?({'|'.join(longest_first)}) {_YEAR}"), numbers


_IRANIAN_DATE, _IRANIAN_NUMBERS = _by_name(_IRANIAN)
_ISLAMIC_DATE, _ISLAMIC_NUMBERS = _by_name(_ISLAMIC)


def read_eras(line: str, language: str | None, common: Sequence[Span]) -> Iterator[Span]:
    """Yield the dates of other eras in a folded line; in figures, only where it is plain which.

    One that `common`, the dates of the common era, hold as well is said by both together.
    """
    if not _HINT.search(line):
        return
    for match in _ISLAMIC_DATE.finditer(line):
        day, name, year = match.groups()
        yield from _islamic(match, line, int(year), _ISLAMIC_NUMBERS[name], int(day), common)
    for match in _IRANIAN_DATE.finditer(line):
        day, name, year = match.groups()
        yield from _iranian(match, int(year), _IRANIAN_NUMBERS[name], int(day))
    for match in _FIGURES_FIRST.finditer(line):
        year, _, month, day = match.groups()
        yield from _figures(match, line, language, (int(year), int(month), int(day)), common)
    for match in _FIGURES_LAST.finditer(line):
        day, _, month, year = match.groups()
        yield from _figures(match, line, language, (int(year), int(month), int(day)), common)


def _figures(
    match: re.Match[str],
    line: str,
    language: str | None,
    figures: tuple[int, int, int],
    common: Sequence[Span],
) -> Iterator[Span]:
    if re.compile(_MARK).match(line, match.end()):
        yield from _islamic(match, line, *figures, common)
    elif language == "fa":
        yield from _iranian(match, *figures)


def _iranian(match: re.Match[str], year: int, month: int, day: int) -> Iterator[Span]:
    short = month == _MONTHS and year % _CYCLE not in _LEAPS
    longest = _LONGEST if month <= _LONG_MONTHS else _LONGEST - 1 - short
    if year < _EPOCH_YEAR or not (1 <= month <= _MONTHS and 1 <= day <= longest):
        return
    leaps = sum(other % _CYCLE in _LEAPS for other in range(_EPOCH_YEAR, year))
    gone = 365 * (year - _EPOCH_YEAR) + leaps + 30 * (month - 1) + min(month - 1, _LONG_MONTHS)
    found = date.fromordinal(_EPOCH.toordinal() + gone + day - 1)
    yield Span(match.start(), match.end(), found.year, found.month, found.day)


def _islamic(
    match: re.Match[str], line: str, year: int, month: int, day: int, common: Sequence[Span]
) -> Iterator[Span]:
    if not (1 <= month <= _MONTHS and 1 <= day <= _LONGEST - 1):
        return
    for span in common:
        between = span.start - match.end()
        if 0 <= between < _LONGEST_JOINT and _JOINT.fullmatch(line, match.end(), span.start):
            yield Span(match.start(), span.end, span.year, span.month, span.day)
            return
    number = (11 * year + 3) // 30 + 354 * year + 30 * month - (month - 1) // 2 + day + 1_948_055
    found = date.fromordinal(number - _JULIAN)
    near = {date.fromordinal(found.toordinal() + off).month for off in (-1, 0, 1)}
    sure = len(near) == 1
    yield Span(match.start(), match.end(), found.year, found.month if sure else None)
