"""The date expressions of a line, in any form and language; what they are about is not asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.extract.dates.cjk import read_cjk
from monitor.extract.dates.eras import read_eras
from monitor.extract.dates.numeric import read_numeric, read_numeric_months
from monitor.extract.dates.span import Span, ends
from monitor.extract.dates.written import read_written

if TYPE_CHECKING:
    from collections.abc import Iterator

_ZEROS = "0٠۰०০੦૦௦౦೦൦๐໐၀០０"
# A plain character set is three times as fast as a pattern with choices, and most lines end here.
_FIGURE = re.compile(f"[{''.join(f'{zero}-{chr(ord(zero) + 9)}' for zero in _ZEROS)}年년]")
_YEAR = re.compile(r"\d{4}|\d[./-]\d\d?[./-]\d\d|[年년]")

_YEAR_ALONE = re.compile(r"(?<![\w.,/:-])20[0-7]\d(?![\w/-]|[.,:]\d)")
_LONGEST_FOR_YEAR = 200
"""In a longer line a year alone is never the policy's date."""
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]+")


def may_have_date(line: str) -> bool:
    """Tell cheaply whether a line has what every date has."""
    found = _FIGURE.search(line)
    return found is not None and _YEAR.search(line, found.start()) is not None


def read_spans(line: str, shown: str, language: str | None) -> list[Span]:
    """Find all dates of a folded line, left to right, none overlapping another.

    Args:
        line: The line after `folding.fold`.
        shown: The line as shown, of the same length.
        language: BCP 47 tag of the page, or `None`.

    """
    spoken = language.partition("-")[0].lower() if language else None
    taken = bytearray(len(line))
    for match in _ADDRESS.finditer(line):
        taken[match.start() : match.end()] = b"x" * (match.end() - match.start())
    spans = []
    for span in _readings(line, shown, spoken):
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"x" * (span.end - span.start)
            spans.append(span)
    return ends(sorted(spans, key=lambda span: span.start))


def _readings(line: str, shown: str, language: str | None) -> Iterator[Span]:
    """Yield every reading, the surest form first."""
    common = [*read_numeric(line), *read_written(line, shown, language)]
    yield from read_eras(line, language, common)
    if "年" in line or "년" in line:
        yield from read_cjk(line)
    yield from common
    yield from read_numeric_months(line)
    if len(line) > _LONGEST_FOR_YEAR:
        return
    for match in _YEAR_ALONE.finditer(line):
        yield Span(match.start(), match.end(), int(match[0]), weak=True, worded=False)
