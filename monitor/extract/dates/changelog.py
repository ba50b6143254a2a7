"""Lists of changes by date: the newest row dates the policy where nothing else does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.extract.dates.folding import fold, visible
from monitor.extract.dates.labels import read_beside
from monitor.extract.dates.lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.extract.dates.line import Line
    from monitor.extract.dates.span import Span

_NEARBY, _LOOK_UP, _PAIR = 8, 4, 2
_LONGEST_HEADING, _LONGEST_LEAD = 80, 30
_LEAD = re.compile(r"[\W\d_]*(?:v|ver|vers|version|versione|versión|rev|revision)?[\W\d_]*\Z")
_HISTORY = frozenset({"change", "version"})


def leads_with_date(line: Line) -> bool:
    """Whether a line starts with a date, or with a version number and a date."""
    if not line.spans or line.spans[0].start > _LONGEST_LEAD:
        return False
    return _LEAD.match(line.text[: line.spans[0].start]) is not None


def find_changelogs(
    lines: Sequence[Line], dated: Sequence[Line], language: str | None
) -> list[list[Line]]:
    """Find runs of two or more rows that start with a date and speak of changes."""
    runs: list[list[Line]] = []
    for line in dated:
        if line.linked or line.nearby or not leads_with_date(line):
            continue
        if runs and line.number - runs[-1][-1].number <= _NEARBY:
            runs[-1].append(line)
        else:
            runs.append([line])
    return [run for run in runs if _is_list(run, language) and _speaks(lines, run, language)]


def newest(run: Sequence[Line]) -> tuple[Line, Span]:
    """Choose the row with the latest date: such lists run both ways."""
    rows = [(line.spans[0].value, -line.number, line) for line in run]
    line = max(rows)[2]
    return line, line.spans[0]


def _is_list(run: Sequence[Line], language: str | None) -> bool:
    """Tell a list from two labelled dates one under the other."""
    if len(run) != _PAIR:
        return len(run) > _PAIR
    first, second = (read_beside(line, line.spans[0], language).label for line in run)
    return first is None or second is None or first.kind in {second.kind, "first"}


def _speaks(lines: Sequence[Line], run: Sequence[Line], language: str | None) -> bool:
    first = run[0].number
    above = lines[max(0, first - _LOOK_UP) : first]
    if any(_has_history(line, language) for line in above if len(line.shown) <= _LONGEST_HEADING):
        return True
    return sum(_has_history(line, language) for line in run) * 2 >= len(run)


def _has_history(line: Line, language: str | None) -> bool:
    shown = visible(line.shown)
    tokens = lexicon().tokens(fold(shown), shown, language)
    return any(token.native and token.kinds & _HISTORY for token in tokens)
