"""Sets the two sides of a passage side by side, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.model import Run
from monitor.render.excerpt import line_of
from monitor.render.fold import Shown
from monitor.render.words import lines_of, runs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.model.comparison import RunKind
    from monitor.render.excerpt import Line
    from monitor.render.fold import Moved, Passage


@dataclass(frozen=True, slots=True)
class Pair:
    """Old lines and the new ones that stand beside them; either may be empty."""

    old: tuple[Shown, ...]
    new: tuple[Shown, ...]


def pairs(passage: Passage) -> tuple[Pair, ...]:
    """Return the rows of a passage: a new row wherever both sides begin a line."""
    moved = {
        (shown.line.kind, _text(shown.line)): shown.moved
        for shown in passage.lines
        if shown.moved is not None
    }
    found = (
        Pair(_side(row, "added", moved), _side(row, "removed", moved))
        for row in _rows(runs_of(passage.hunk))
    )
    return tuple(pair for pair in found if pair.old or pair.new)


def _rows(runs: Iterable[Run]) -> Iterator[list[Run]]:
    row: list[Run] = []
    for run in runs:
        if run.kind != "same":
            row.append(run)
            continue
        first, *rest = run.text.split("\n")
        row.append(Run("same", first))
        for part in rest:
            yield row
            row = [Run("same", part)]
    yield row


def _side(
    row: Iterable[Run], other: RunKind, moved: dict[tuple[RunKind | None, str], Moved]
) -> tuple[Shown, ...]:
    lines = map(line_of, lines_of(run for run in row if run.kind != other))
    return tuple(Shown(line, moved.get((line.kind, _text(line)))) for line in lines)


def _text(line: Line) -> str:
    return "".join(run.text for run in line.runs)
