"""Dates with the month written out, in any order, each found from its year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from monitor.extract.dates.calendar_names import WORD, CalendarNames, calendar_names
from monitor.extract.dates.span import Span, ends, gregorian, is_calendar_day
from monitor.extract.dates.words import trie

if TYPE_CHECKING:
    from collections.abc import Iterator

_YEAR = re.compile(
    r"(?<!\d)(?<!\d\.)(?:19[5-9]\d|20[0-7]\d|25[4-9]\d)(?!\d)(?![.,]\d{3})(?!/\d{3})"
)
_BEFORE, _AFTER = 46, 44
_ORDINAL = r"(?:st|nd|rd|th|ers?|eme|e|o|a|º|ª|°|η|ος|ης|-?(?:го|ое|е|та|ja|an|inci|nji))?"
_CONNECTORS = (
    *("of", "de", "del", "di", "den", "da", "do", "d'", "l'", "ta'", "ta", "a", "the", "ng", "al"),
    *("day of", "day of the", "dia", "gada", "anul", "an", "nam", "год", "г", "р", "year", "yil"),
    *("ค.ศ.", "พ.ศ.", "พุทธศักราช", "คริสต์ศักราช", "de l'an", "de l'any", "عام", "سنة", "im jahr"),
)
_OF = rf"(?:{trie(_CONNECTORS)}(?:(?<=['.])|[ .]+))"
_YEAR_MARKS = (
    "gada",
    "gads",
    "-yil",
    "m",
    "-ж",
    "ж",
    "(e)ko",
    "eko",
    "ko",
    "urteko",
    "оны",
    "он",
    "г",
    "թ",
)
_MARK = rf"(?:{trie(_YEAR_MARKS)}[ .,]+)"
_NOT_NEXT_DATE = r"(?!\d)(?![ ,.]*(?:19|20)\d\d)"
_PREFIXES = "בלמה"
"""Hebrew writes "in", "to", "from" and "the" as one word with what follows."""
_UPDATED = "maj"
"""May in many languages, and in French short for an update: "MàJ 03/2026"."""
_ENDING = 3
_STEM = 4


@dataclass(frozen=True, slots=True)
class _Shapes:
    """Patterns of the orders of day, month and year, which need the irregular month names."""

    day_month: re.Pattern[str]
    month_day: re.Pattern[str]
    month: re.Pattern[str]
    then_month_day: re.Pattern[str]
    then_day_month: re.Pattern[str]
    then_month: re.Pattern[str]


@cache
def _shapes() -> _Shapes:
    month = rf"(?P<month>{calendar_names().irregular}[^\W\d_]*|{WORD})"
    day = r"(?<!\d)(?<!\d[.,/])(?P<day>\d{1,2})[»”\"]?"
    return _Shapes(
        re.compile(
            rf"{day}{_ORDINAL} ?(?:[.\-/]|,(?= ?[^\0-\u036f]))? ?{_OF}{{0,2}}"
            rf"{month}[.,']*[ ,./-]*{_OF}{{0,2}}(?:, ?)?\Z"
        ),
        re.compile(
            rf"{month}[.,]*[ -]*(?:the )?(?P<day>\d{{1,2}}){_ORDINAL}[ ,.;/-]+{_OF}?\Z",
        ),
        re.compile(rf"{month}[.,']*[ /-]{{0,3}}{_OF}{{0,2}}(?:, ?)?\Z"),
        re.compile(
            rf"[.,]? ?{_MARK}?[ -]*{month}['.]*(?: men\.)?[ .,-]*(?P<day>\d{{1,2}}){_NOT_NEXT_DATE}"
        ),
        re.compile(rf"\.? ?{_MARK} ?(?P<day>\d{{1,2}})\.?[ -]*{month}"),
        re.compile(rf"[.,]? ?{_MARK}?[ -]*{month}(?![ .,]*\d)"),
    )


def read_written(line: str, shown: str, language: str | None) -> Iterator[Span]:
    """Yield the dates with a month name, one a year at most.

    Args:
        line: The folded line.
        shown: The same line as shown; its capitals part words that are glued together.
        language: Of the page, without region; decides where languages disagree about a name.

    """
    reader = _Reader(line, shown, language, calendar_names())
    for year in ends(list(_YEAR.finditer(line))):
        if (span := reader.around(year)) is not None:
            yield span


@dataclass(frozen=True, slots=True)
class _Reader:
    line: str
    shown: str
    language: str | None
    names: CalendarNames

    def around(self, year: re.Match[str]) -> Span | None:
        shapes = _shapes()
        offset = max(0, year.start() - _BEFORE)
        before = self.line[offset : year.start()]
        for shape in (shapes.day_month, shapes.month_day, shapes.month):
            match = shape.search(before)
            if match and (span := self._ending(match, offset, year)):
                return span
        after = self.line[year.end() : year.end() + _AFTER]
        for shape in (shapes.then_month_day, shapes.then_day_month, shapes.then_month):
            match = shape.match(after)
            if match and (span := self._starting(match, year)):
                return span
        return None

    def _ending(self, match: re.Match[str], offset: int, year: re.Match[str]) -> Span | None:
        """Read a date whose year comes last."""
        begin = offset + match.start("month")
        day = match.groupdict().get("day")
        name = self._month(match["month"], begin, dated=day is not None)
        if name is None:
            return None
        month, skipped = name
        day_first = day is not None and match.start("day") < match.start("month")
        if day_first and skipped and match["month"][0] not in _PREFIXES:
            return None
        start = offset + match.start("day") if day_first else begin + skipped
        return _span(start, year.end(), int(year[0]), month, day)

    def _starting(self, match: re.Match[str], year: re.Match[str]) -> Span | None:
        """Read a date whose year comes first."""
        begin = year.end() + match.start("month")
        day = match.groupdict().get("day")
        name = self._month(match["month"], begin, dated=day is not None)
        if name is None or name[1]:
            return None
        return _span(year.start(), year.end() + match.end(), int(year[0]), name[0], day)

    def _month(self, token: str, begin: int, *, dated: bool) -> tuple[int, int] | None:
        """Look up a token; the second number is what stands glued before the name."""
        if token == _UPDATED and (self.language == "fr" or "à" in self.shown[begin:][:2].lower()):
            return None
        for skipped in self._beginnings(token, begin):
            found = self.names.month(token[skipped:], self.language)
            if found and (dated or found[1] or self.shown[begin + skipped].isupper()):
                return found[0], skipped
        if not dated:
            return None
        for length in range(len(token) - 1, max(_STEM, len(token) - _ENDING) - 1, -1):
            if found := self.names.month(token[:length], self.language):
                return found[0], 0
        return None

    def _beginnings(self, token: str, begin: int) -> Iterator[int]:
        """Yield where in a token a name may begin: at the start, a capital, another script."""
        yield 0
        shown = self.shown[begin : begin + len(token)]
        for position in range(1, len(token)):
            if _parts_words(shown[position - 1], shown[position]):
                yield position


def _parts_words(left: str, right: str) -> bool:
    if right.isupper():
        return left.islower()
    if left in _PREFIXES:
        return True
    # Scripts from Thai to Burmese write no spaces; elsewhere ASCII after another script does it.
    return "\u0e00" <= right < "\u1800" or (right.isascii() and not left.isascii())


def _span(start: int, end: int, year: int, month: int, day: str | None) -> Span | None:
    common = gregorian(year)
    number = None if day is None else int(day)
    if not is_calendar_day(common, month, number):
        return None
    return Span(start, end, common, month, number)
