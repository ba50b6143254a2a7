"""Rows of tables: compared cell by cell, whatever number stands before them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from monitor.compare.align import DIRECT_WORDS, all_gaps, matching
from monitor.compare.words import Passage, fold, merged, replaced, runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.compare.align import Effort
    from monitor.model import Run
    from monitor.model.comparison import RunKind

_BAR = re.compile(r"(?<!\\)\|")
_ORDINAL = re.compile(r"\|\s*(?:no\.?|nr\.?|#)?\s*(\d{1,4})[.)]?\s*\|", re.IGNORECASE)

Cell = tuple[str, str]
"""What a cell says, and the same with what is never compared blanked; both with their spaces."""


def is_row(line: str) -> bool:
    """Whether a line is a row of a table."""
    return len(line) > 1 and line.startswith("|") and line.endswith("|")


def ordinals(lines: Sequence[str]) -> set[int]:
    """Return the rows whose first cell only counts them: 1, 2, 3, without a gap."""
    found: set[int] = set()
    counted: list[int] = []
    last = due = -2
    for at in (at for at, line in enumerate(lines) if line.startswith("|")):
        if at > last + 1:
            found |= _several(counted)
            counted = []
        last = at
        ordinal = _ORDINAL.match(lines[at])
        if ordinal is None:  # the head of the table, or a row that spans it
            continue
        number = int(ordinal[1])
        if not counted or number != due:
            found |= _several(counted)
            counted = []
        if counted or number in {0, 1}:
            counted.append(at)
        due = number + 1
    return found | _several(counted)


def _several(counted: list[int]) -> set[int]:
    return set(counted) if len(counted) > 1 else set()


def worded(row: str) -> str:
    """Return a numbered row without its number."""
    found = _ORDINAL.match(row)
    return row[found.end() - 1 :] if found else row


def row_runs(
    old: tuple[str, str], new: tuple[str, str], effort: Effort, *, numbered: bool
) -> tuple[Run, ...]:
    """Return the word-level reading of an edited row: bars stay where both sides have the cell.

    Both rows come with their masked form. The number of a row that is only counted is no edit.
    """
    before, after = _cells(*old), _cells(*new)
    pieces: list[tuple[RunKind, str]] = [("same", "|")]
    for here, there in _aligned(before, after, effort):
        if here is None:
            pieces += [("added", f"{cell[0]}|") for cell in there or ()]
        elif there is None:
            pieces += [("removed", f"{cell[0]}|") for cell in here]
        else:
            counted = numbered and here[0] is before[0] and there[0] is after[0]
            pieces += _cell_runs(here[0], there[0], effort, counted=counted)
    return tuple(merged(pieces))


def _cells(row: str, masked: str) -> list[Cell]:
    bars = [found.start() for found in _BAR.finditer(row)]
    return [(row[a + 1 : b], masked[a + 1 : b]) for a, b in pairwise(bars)]


def _aligned(
    old: list[Cell], new: list[Cell], effort: Effort
) -> Iterator[tuple[list[Cell] | None, list[Cell] | None]]:
    """Yield cells with their counterparts, one against one, or cells that have none."""
    if len(old) == len(new):
        yield from (([here], [there]) for here, there in zip(old, new, strict=True))
        return
    keys = [[" ".join(fold(cell[1])) for cell in row] for row in (old, new)]
    pairs = matching(*keys, direct=DIRECT_WORDS, effort=effort)
    for o1, o2, n1, n2 in all_gaps(pairs, len(old), len(new)):
        both = min(o2 - o1, n2 - n1)
        yield from (([old[o1 + at]], [new[n1 + at]]) for at in range(both))
        if o1 + both < o2:
            yield old[o1 + both : o2], None
        if n1 + both < n2:
            yield None, new[n1 + both : n2]
        if o2 < len(old) and n2 < len(new):
            yield [old[o2]], [new[n2]]


def _cell_runs(
    old: Cell, new: Cell, effort: Effort, *, counted: bool
) -> Iterator[tuple[RunKind, str]]:
    here, there = old[0].strip(), new[0].strip()
    if counted or fold(old[1]) == fold(new[1]):
        yield "same", f"{new[0]}|"
        return
    start = new[0][: new[0].find(there)] if there else " "
    yield "same", start
    edited = runs(Passage.of([here], [_within(old)]), Passage.of([there], [_within(new)]), effort)
    yield from ((run.kind, run.text) for run in edited or replaced(here, there))
    yield "same", f"{new[0][len(start) + len(there) :]}|"


def _within(cell: Cell) -> str:
    """Return the masked form of what a cell says, without the spaces around it."""
    text = cell[0].strip()
    start = cell[0].find(text)
    return cell[1][start : start + len(text)]
