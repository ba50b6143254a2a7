"""Dates without any label: alone under the title or at the end, in the title, or after a place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.extract.dates.folding import fold
from monitor.extract.dates.lexicon import lexicon
from monitor.extract.dates.sighting import Sighting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.extract.dates.line import Line
    from monitor.extract.dates.place import Place
    from monitor.extract.dates.span import Span

_TOWN = re.compile(
    r"[^\W\d_][^\d,.|:]{1,30}, ?(?:the |le |den |der |li |il |a |el |em |dne |dnia |am |im "
    r"|d\. )?\Z"
)
_LONGEST_TITLE = 90
_LONGEST_FIELD = 40
_TEASERS = 20
"""Dates alone this close to each other are of a list of articles."""
_LETTERS = re.compile(r"[^\W\d_]+")
_MARKS = re.compile(r"[•·|/]")


def find_bare(
    lines: Sequence[Line], place: Place, language: str | None, title: str
) -> Sighting | None:
    """Find the date that stands alone where a policy puts its date; the first wins.

    Args:
        lines: Those with a date.
        place: The zones of the page.
        language: Of the page, without region.
        title: Of the page.

    """
    called = frozenset(_LETTERS.findall(fold(title)))
    alone = [line.number for line in lines if line.is_date]
    for line in lines:
        if line.linked or not place.is_tight(line.number):
            continue
        if place.closes(line.number) and sum(n > line.number - _TEASERS for n in alone) > 1:
            continue
        span = line.spans[0]
        if span.weak or line.kind in {"row", "term"}:
            continue
        if why := _why(line, span, place, language) or _by_title(line, span, language, called):
            return Sighting(line, span, 1.8, why)
    return None


def _why(line: Line, span: Span, place: Place, language: str | None) -> str:
    if line.is_date or _is_field(line, span, language):
        return "stands alone beside the title or at the end"
    if span.start == 0 and line.shown[span.end : span.end + 1].isupper():
        return "opens the text, glued to its first word"
    if line.number == place.title and _ends_title(line, span):
        return "stands in the title"
    if _TOWN.fullmatch(line.text[: span.start]) and _is_end(line, span):
        return "stands after a place, as under a letter"
    return ""


def _by_title(line: Line, span: Span, language: str | None, called: frozenset[str]) -> str:
    """Accept "Terms of Sale (May 2024)" under that title, and a date among marks of an article."""
    if len(line.text) > _LONGEST_TITLE:
        return ""
    pieces = _MARKS.split(line.text[: span.start])[-1], _MARKS.split(line.text[span.end :])[0]
    if len(pieces[0]) < span.start and not any(map(_LETTERS.search, pieces)):
        return "stands alone among the marks of an article"
    tokens = lexicon().tokens(line.text, line.shown, language, 0, span.start)
    known = {line.text[t.start : t.end] for t in tokens if t.kinds & {"document", "joint"}}
    words = _LETTERS.findall(line.text[: span.start])
    named = [word for word in words if word in called or word in known]
    about = any("document" in token.kinds for token in tokens)
    if about and len(named) == len(words) and _is_end(line, span):
        return "stands behind what the policy is called"
    return ""


def _is_field(line: Line, span: Span, language: str | None) -> bool:
    """Tell whether only words like "date:" stand before the date."""
    if span.start > _LONGEST_FIELD:
        return False
    tokens = lexicon().tokens(line.text, line.shown, language, 0, span.start)
    known = sum(token.end - token.start for token in tokens if "joint" in token.kinds)
    before = line.text[: span.start]
    return ":" in before and known >= sum(map(str.isalpha, before)) and _is_end(line, span)


def _ends_title(line: Line, span: Span) -> bool:
    return len(line.text) <= _LONGEST_TITLE and _is_end(line, span)


def _is_end(line: Line, span: Span) -> bool:
    return not any(character.isalnum() for character in line.text[span.end :])
