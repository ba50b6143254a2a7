"""Tables: which lines make up one, and where its rows begin."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitor.extract.pdf.line import Band, Line
    from monitor.extract.pdf.sheet import Rule

_SPANNED = 0.7
"""Part of the width that lines drawn at one height take up where they are those of a table."""
_APART = 1.25
"""Times the usual distance of lines from which a row begins."""
_PARAGRAPH = 1.35
_ALIGNED = 0.7
_LEVEL = 3.0

Row = list[list["Line"]]
"""The cells of a row, each the lines that stand below each other in it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    rows: list[Row]


def leading(lines: Sequence[Line]) -> float:
    """Return the usual distance of lines that are set below each other."""
    gaps = sorted(
        below.y - above.y for above, below in pairwise(lines) if below.y - above.y > _LEVEL
    )
    return gaps[len(gaps) // 4] if gaps else 1.2 * lines[0].font.size if lines else 0.0


def is_ruled(
    rules: Sequence[Rule], left: float, right: float, found: Sequence[Band]
) -> list[float]:
    """Return the heights at which lines are drawn across a table; empty where it has none."""
    lengths: dict[int, float] = defaultdict(float)
    size = found[0].lines[0].font.size
    for rule in rules:
        if found[0].y - 3 * size <= rule.at <= found[-1].y + 2 * size:
            lengths[round(rule.at)] += max(0.0, min(rule.end, right) - max(rule.start, left))
    drawn = sorted(y for y, length in lengths.items() if length >= _SPANNED * (right - left))
    heights = [y for index, y in enumerate(drawn) if not index or y - drawn[index - 1] > _LEVEL]
    return [float(y) for y in heights] if len(heights) > 1 else []


def begin_together(sides: Sequence[Sequence[Line]]) -> bool:
    """Tell texts that begin beside each other time and again, as in the rows of a table."""
    starts = [_starts(side) for side in sides]
    fewest = min(starts, key=len)
    # One start is where both begin anyway.
    return len(fewest) > 1 and all(_share(fewest, column) >= _ALIGNED for column in starts)


def stand_level(sides: Sequence[Sequence[Line]]) -> bool:
    """Tell lines that stand beside each other, as in a table of single lines."""
    heights = [[line.y for line in side] for side in sides]
    fewest = min(heights, key=len)
    return all(_share(fewest, column) >= _ALIGNED for column in heights)


def _share(heights: Sequence[float], others: Sequence[float]) -> float:
    level = sum(any(abs(y - other) <= _LEVEL for other in others) for y in heights)
    return level / len(heights)


def _starts(side: Sequence[Line]) -> list[float]:
    usual = leading(side)
    first = [side[0].y] if side else []
    return first + [
        below.y for above, below in pairwise(side) if below.y - above.y > _PARAGRAPH * usual
    ]


def rows(
    found: Sequence[Band], side: Callable[[Line], int], width: int, drawn: Sequence[float]
) -> list[Row]:
    """Cut a table into rows: at the lines drawn across it, else at gaps, else at every height."""
    made: list[Row] = []
    starts = _row_starts(found, side, drawn)
    for index, band in enumerate(found):
        if index in starts or not made:
            made.append([[] for _ in range(width)])
        for line in band.lines:
            made[-1][side(line)].append(line)
    return made


def _row_starts(
    found: Sequence[Band], side: Callable[[Line], int], drawn: Sequence[float]
) -> set[int]:
    if len(drawn) > 2:  # noqa: PLR2004 - a line above and one below make no rows
        over = [sum(y < band.y for y in drawn) for band in found]
        return {number for number in range(1, len(found)) if over[number] > over[number - 1]}
    gaps = [below.y - above.y for above, below in pairwise(found)] or [0.0]
    usual = sorted(gaps)[len(gaps) // 4]
    apart = {number + 1 for number, gap in enumerate(gaps) if gap > _APART * usual}
    if apart:
        return apart
    first = (any(side(line) == 0 for line in band.lines) for band in found)
    return {number for number, begins in enumerate(first) if begins}
