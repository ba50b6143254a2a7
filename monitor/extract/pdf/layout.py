"""The order in which the lines of a page are read: columns one after another, tables row by row.

::

    lines at one height ─► stretches of the page over which the same gaps stay free
        no gap                            ─► one column
        prose on every side of the gaps   ─► columns
        short texts, or lines drawn across ─► a table
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby, pairwise
from statistics import median
from typing import TYPE_CHECKING

from monitor.extract.pdf.grid import (
    Grid,
    begin_together,
    is_ruled,
    leading,
    rows,
    stand_level,
)
from monitor.extract.pdf.line import bands, lines, rejoined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from monitor.extract.pdf.line import Band, Line
    from monitor.extract.pdf.sheet import Rule

_GUTTER = 8.0
"""Points between two columns at least."""
_FEWEST = 2
"""Heights at which text must stand on both sides of a gap before the gap counts."""
_PROSE_LINES = 3
_PROSE_LETTERS = 18
"""Letters of a line of prose, on the mean, in a narrow column."""
_FILLED = 0.6
"""Part of its column that the median line of prose takes up."""
_NEXT = 1.25
"""Times the usual distance of lines within which one belongs to the table above it."""
_ASIDE = 3.0
"""The same for a column."""
_SIDE_HEAD, _BESIDE = 90, 300
"""Letters of the texts of a table up to, and from, which it is headings with prose beside them."""
_DEEPEST = 4

Extent = tuple[float, float]


@dataclass(slots=True)
class Column:
    """Lines that stand below each other."""

    lines: list[Line]

    @property
    def right(self) -> float:
        """Where its longest line ends."""
        return max(line.right for line in self.lines)


@dataclass(slots=True)
class _Stretch:
    """Heights of the page over which the same gaps stay free."""

    bands: list[Band] = field(default_factory=list)
    extents: list[Extent] = field(default_factory=list)
    """What is taken, from left to right."""

    def side(self, line: Line) -> int:
        """Tell by which extent a line stands."""
        return next(number for number, (_, right) in enumerate(self.extents) if line.left <= right)

    def lines(self) -> list[Line]:
        """Return all lines, from the top."""
        return [line for band in self.bands for line in band.lines]

    def sides(self) -> list[list[Line]]:
        """Return the lines of each extent."""
        found: list[list[Line]] = [[] for _ in self.extents]
        for band in self.bands:
            for line in band.lines:
                found[self.side(line)].append(line)
        return found


def arrange(
    found: Sequence[Line], rules: Sequence[Rule] = (), depth: int = 0
) -> list[Column | Grid]:
    """Put the lines of a page, sorted from the top, in the order of reading."""
    pieces: list[Column | Grid] = []
    plain: list[Line] = []
    for stretch in _stretches(bands(found)):
        before, core, after = _core(stretch)
        plain += _lines(before)
        if core is not None:
            pieces += [*_column(plain), *_read(core, rules, depth)]
            plain = []
        plain += _lines(after)
    return [*pieces, *_column(plain)]


def _column(found: Sequence[Line]) -> Iterator[Column | Grid]:
    """Yield lines that stand below each other, and the drawn tables among them."""
    for table, among in groupby(found, key=lambda line: line.table):
        if table is None:
            yield Column(rejoined(among))
        else:
            yield Grid([[lines(cell) for cell in row] for row in table.rows])


def _lines(found: Iterable[Band]) -> list[Line]:
    return [line for band in found for line in band.lines]


def _stretches(found: Sequence[Band]) -> Iterator[_Stretch]:
    current = _Stretch()
    for band in found:
        own = _taken((line.left, line.right) for line in band.lines)
        both = _taken([*current.extents, *own])
        gaps_close = len(both) < len(current.extents)
        gaps_open = len(current.extents) == 1 == len(both) < len(own)
        if current.bands and (gaps_close or gaps_open):
            yield current
            current, both = _Stretch(), own
        current.bands.append(band)
        current.extents = both
    if current.bands:
        yield current


def _taken(extents: Iterable[Extent]) -> list[Extent]:
    """Join what overlaps, or leaves less than a gutter free."""
    joined: list[Extent] = []
    for left, right in sorted(extents):
        if joined and left - joined[-1][1] < _GUTTER:
            joined[-1] = (joined[-1][0], max(right, joined[-1][1]))
        else:
            joined.append((left, right))
    return joined


def _core(stretch: _Stretch) -> tuple[list[Band], _Stretch | None, list[Band]]:
    """Cut off what stands alone on the left, above or below the columns of a stretch."""
    found = stretch.bands
    if _beside(stretch) < _FEWEST:
        return found, None, []
    beyond = [
        number
        for number, band in enumerate(found)
        if any(stretch.side(line) for line in band.lines)
    ]
    start, end = beyond[0], beyond[-1] + 1
    goes_on = _goes_on(stretch.sides()[0])
    while start and goes_on(found[start - 1], found[start]):
        start -= 1
    while end < len(found) and goes_on(found[end - 1], found[end]):
        end += 1
    while end - 1 > beyond[-1] and found[end - 1].lines[0].font != found[end - 2].lines[0].font:
        # A heading at the very end is that of the text below, which is as wide as the page.
        end -= 1
    return found[:start], _Stretch(found[start:end], stretch.extents), found[end:]


def _goes_on(side: Sequence[Line]) -> Callable[[Band, Band], bool]:
    """Tell how far apart two lines on the left may be where others stand beside one of them."""
    usual = leading(side)
    if _is_prose(side):
        return lambda above, below: below.y - above.y <= _ASIDE * usual
    return lambda above, below: (
        below.y - above.y <= _NEXT * usual and above.lines[0].font.size == below.lines[0].font.size
    )


def _beside(stretch: _Stretch) -> int:
    """Count the heights at which a line has another one beside it, be that a little higher."""
    placed = [(line.y, stretch.side(line), line.font.size) for line in stretch.lines()]
    heights = 0
    counted = float("-inf")
    for (above, side, size), (below, other, _) in pairwise(placed):
        if side != other and below - above < size and above - counted > size / 2:
            heights, counted = heights + 1, above
    return heights


def _is_prose(side: Sequence[Line]) -> bool:
    if len(side) < _PROSE_LINES:
        return False
    width = max(line.right for line in side) - min(line.left for line in side)
    return (
        sum(len(line.text) for line in side) >= _PROSE_LETTERS * len(side)
        and median(line.right - line.left for line in side) >= _FILLED * width
    )


def _read(core: _Stretch, rules: Sequence[Rule], depth: int) -> list[Column | Grid]:
    sides = core.sides()
    left, right = core.extents[0][0], core.extents[-1][1]
    drawn = is_ruled(rules, left, right, core.bands)
    if not drawn and _are_columns(sides):
        if depth == _DEEPEST:
            return [piece for side in sides for piece in _column(side)]
        return [piece for side in sides for piece in arrange(side, rules, depth + 1)]
    cells = rows(core.bands, core.side, len(sides), drawn)
    if not drawn and _are_side_heads(cells):
        return [piece for row in cells for cell in row for piece in _column(cell)]
    return [Grid(cells)]


def _are_columns(sides: Sequence[Sequence[Line]]) -> bool:
    """Tell columns, the last of which may be short, from a table without lines."""
    if begin_together(sides):
        return False
    prose = sum(map(_is_prose, sides))
    return prose == len(sides) or (prose > 0 and not stand_level(sides))


def _are_side_heads(cells: Sequence[Sequence[Sequence[Line]]]) -> bool:
    sizes = [[sum(len(line.text) for line in cell) for cell in row] for row in cells]
    return len(sizes[0]) == 2 and (  # noqa: PLR2004 - a heading and what stands beside it
        max(row[0] for row in sizes) <= _SIDE_HEAD and median(row[1] for row in sizes) >= _BESIDE
    )
