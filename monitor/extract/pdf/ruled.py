"""Tables whose cells are drawn: each word belongs to the box it stands in."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.extract.pdf.sheet import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.extract.pdf.sheet import Sheet, Word

_TOUCH = 2.5
"""Points within which two lines meet."""
_FEWEST = 3
"""Lines across, and down, of the smallest table."""
_MOST_CELLS = 5_000


@dataclass(frozen=True, slots=True)
class Ruled:
    """A table that is drawn, and the words in each of its cells."""

    left: float
    right: float
    top: float
    bottom: float
    rows: tuple[tuple[tuple[Word, ...], ...], ...]


def ruled_tables(sheet: Sheet) -> tuple[list[Ruled], list[Word]]:
    """Take the tables out of a page; return them and the words that stand in none."""
    tables: list[Ruled] = []
    words = list(sheet.words)
    for across, down in _frames(_merged(sheet.across), _merged(sheet.down)):
        frame = _Frame(across, down)
        if len(frame.xs) * len(frame.ys) > _MOST_CELLS:
            continue
        inside = [word for word in words if frame.holds(word)]
        rows = frame.rows(inside)
        if sum(any(row) for row in rows) < _FEWEST - 1:
            continue
        words = [word for word in words if not frame.holds(word)]
        xs, ys = frame.xs, frame.ys
        tables.append(Ruled(xs[0], xs[-1], ys[0], ys[-1], rows))
    return tables, words


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Make one line of those that go on in each other, and of the two edges of a thick one."""
    merged: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.at / _TOUCH), rule.start)):
        last = merged[-1] if merged else None
        if last and abs(last.at - rule.at) <= _TOUCH and rule.start <= last.end + _TOUCH:
            merged[-1] = Rule(last.start, max(last.end, rule.end), last.at)
        else:
            merged.append(rule)
    return merged


def _frames(
    across: Sequence[Rule], down: Sequence[Rule]
) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Yield lines that meet each other, directly or through others."""
    left = list(down)
    while left:
        columns, rows = [left.pop()], set[int]()
        for column in columns:
            met = [
                number
                for number, row in enumerate(across)
                if number not in rows and _meet(row, column)
            ]
            rows.update(met)
            for number in met:
                more = [other for other in left if _meet(across[number], other)]
                if more:
                    columns += more
                    left = [other for other in left if not _meet(across[number], other)]
        found = [across[number] for number in sorted(rows)]
        if len(_places(columns)) >= _FEWEST <= len(_places(found)):
            yield found, columns


def _meet(row: Rule, column: Rule) -> bool:
    return (
        row.start - _TOUCH <= column.at <= row.end + _TOUCH
        and column.start - _TOUCH <= row.at <= column.end + _TOUCH
    )


def _places(rules: Iterable[Rule]) -> list[float]:
    """Return where lines stand; those that touch, as the two edges of a thick one, are one."""
    places: list[float] = []
    for at in sorted(rule.at for rule in rules):
        if not places or at - places[-1] > _TOUCH:
            places.append(at)
    return places


class _Frame:
    """The boxes of one table."""

    def __init__(self, across: Sequence[Rule], down: Sequence[Rule]) -> None:
        self.xs, self.ys = _places(down), _places(across)
        self._across, self._down = across, down

    def holds(self, word: Word) -> bool:
        middle = (word.left + word.right) / 2
        return self.xs[0] <= middle <= self.xs[-1] and self.ys[0] <= word.y <= self.ys[-1] + 1

    def rows(self, words: Iterable[Word]) -> tuple[tuple[tuple[Word, ...], ...], ...]:
        """Return the words of each cell; of cells that are one, in the first of them."""
        across, down = len(self.xs) - 1, len(self.ys) - 1
        cells: list[list[list[Word]]] = [[[] for _ in range(across)] for _ in range(down)]
        owners = self._owners(across, down)
        for word in words:
            middle = (word.left + word.right) / 2
            column = min(bisect_right(self.xs, middle), across) - 1
            # Letters stand on a line above the edge, by what hangs below it.
            row = min(bisect_right(self.ys, word.y - 1), down) - 1
            row, column = owners[max(row, 0), max(column, 0)]
            cells[row][column].append(word)
        return tuple(tuple(tuple(cell) for cell in row) for row in cells)

    def _owners(self, across: int, down: int) -> dict[tuple[int, int], tuple[int, int]]:
        owners: dict[tuple[int, int], tuple[int, int]] = {}
        for row in range(down):
            y = (self.ys[row] + self.ys[row + 1]) / 2
            for column in range(across):
                x = (self.xs[column] + self.xs[column + 1]) / 2
                owner = row, column
                if column and not _is_drawn(self._down, self.xs[column], y):
                    owner = owners[row, column - 1]
                elif row and not _is_drawn(self._across, self.ys[row], x):
                    owner = owners[row - 1, column]
                owners[row, column] = owner
        return owners


def _is_drawn(rules: Iterable[Rule], at: float, along: float) -> bool:
    return any(
        abs(rule.at - at) <= _TOUCH and rule.start - _TOUCH <= along <= rule.end + _TOUCH
        for rule in rules
    )
