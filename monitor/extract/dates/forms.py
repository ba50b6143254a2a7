"""The date expressions of a line, in any form and language; what they are about is not asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.extract.dates.cjk import read_cjk
from monitor.extract.dates.numeric import read_numeric, read_numeric_months
from monitor.extract.dates.span import Span
from monitor.extract.dates.written import read_written

if TYPE_CHECKING:
    from collections.abc import Iterator

MAY_HAVE_DATE = re.compile(r"\d{4}|\d[./-]\d\d?[./-]\d\d|[年년]")
"""Finds what every date has; a line without it needs no reading."""

_YEAR_ALONE = re.compile(r"(?<![\w.,/:-])20[0-7]\d(?![\w/-]|[.,:]\d)")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")


def read_spans(line: str, shown: str, language: str | None) -> list[Span]:
    """Find all dates of a folded line, left to right, none overlapping another.

    Args:
        line: The line after `folding.fold`.
        shown: The line as shown, of the same length.
        language: BCP 47 tag of the page, or `None`.

    """
    spoken = language.partition("-")[0].lower() if language else None
    taken = [match.span() for match in _ADDRESS.finditer(line)]
    spans = []
    for span in _readings(line, shown, spoken):
        if not any(start < span.end and span.start < end for start, end in taken):
            taken.append((span.start, span.end))
            spans.append(span)
    return sorted(spans, key=lambda span: span.start)


def _readings(line: str, shown: str, language: str | None) -> Iterator[Span]:
    """Yield every reading, the surest form first."""
    if "年" in line or "년" in line:
        yield from read_cjk(line)
    yield from read_numeric(line)
    yield from read_written(line, shown, language)
    yield from read_numeric_months(line)
    for match in _YEAR_ALONE.finditer(line):
        yield Span(match.start(), match.end(), int(match[0]), weak=True, worded=False)
