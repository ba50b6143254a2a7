"""Lays a comparison out whole: changed passages in their sections, what is between them folded.

Everything is in the order of the text, removed words where they stood. Knows nothing of formats.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.model import Run
from monitor.render.excerpt import line_of
from monitor.render.words import lines_of, runs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.model import Comparison, Edit, Hunk
    from monitor.render.excerpt import Line

ROOM = 56_000
"""What one page holds of changed passages, by `_weight`; what is more goes on the next."""
FOLDED = 14_000
"""Characters of unchanged text that a page carries along, folded."""
PASSAGE_WEIGHT, LINE_WEIGHT, RUN_WEIGHT = 420, 60, 14
"""Characters that a format needs around a passage, a line and a run."""
NEAR = 1
"""Unchanged lines shown on either side of a passage."""
WORTH_FOLDING = 200
"""Characters; what is shorter is shown."""
WORTH_LINKING = 24
"""Shorter lines that are gone here and new there are nothing to follow."""
_HEADING = re.compile(r"#{1,6} +")


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a line went, or came from."""

    here: str
    """Anchor of this end."""
    there: str
    """Anchor of the other end."""
    path: tuple[str, ...]
    """The section the other end is in."""
    page: int
    """The page the other end is on."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a passage."""

    line: Line
    moved: Moved | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines that changed, with the lines around them."""

    number: int
    """Counts from 1 over the whole comparison."""
    before: tuple[Line, ...]
    lines: tuple[Shown, ...]
    after: tuple[Line, ...]
    hunk: Hunk


@dataclass(frozen=True, slots=True)
class Fold:
    """Lines that are the same in both versions."""

    line: int
    """Index of the first into the new document's lines."""
    lines: tuple[Line, ...]
    count: int
    """How many lines there are; `lines` is empty where they are too many to carry along."""
    words: int
    headings: tuple[str, ...]
    """Of the sections that begin in it."""

    @property
    def brief(self) -> bool:
        """Whether folding it away would save nothing."""
        size = sum(len(run.text) for line in self.lines for run in line.runs)
        return bool(self.lines) and not self.headings and size <= WORTH_FOLDING


@dataclass(frozen=True, slots=True)
class Group:
    """What happened in one section at one place; a section that moved has two."""

    edit: Edit
    number: int
    """Place of the edit in the comparison."""
    again: bool
    """Whether the edit has been shown before, at the place the section was taken from."""
    parts: tuple[Passage | Fold, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """One page of a comparison laid out."""

    groups: tuple[Group | Fold, ...]
    page: int
    pages: int
    places: tuple[int, ...]
    """The page each edit of the comparison begins on."""


def lay_out(comparison: Comparison, page: int = 1, *, sides: int = 1) -> Layout:
    """Lay out one page of a comparison; the last where there are fewer.

    With two sides, what both have in common is shown twice.
    """
    hunks = _hunks(comparison)
    pages = _paged(hunks, [_weight(placed, comparison, sides) for placed in hunks])
    at = max(1, min(page, len(pages)))
    linked = _links(hunks, pages, comparison)
    start = sum(len(part) for part in pages[: at - 1])
    chosen = pages[at - 1]
    drawn = _Drawn(comparison, linked)
    groups = tuple(drawn.groups(hunks, start, start + len(chosen)))
    return Layout(groups, at, len(pages), _places(comparison, hunks, pages))


def bare(text: str) -> str:
    """Return what is compared to follow a line: its words, without marks and numbers before."""
    return re.sub(r"^[\W\d_]+", "", text).strip().casefold()


@dataclass(frozen=True, slots=True)
class _Placed:
    number: int
    edit: int
    hunk: Hunk
    lines: tuple[Line, ...]


def _hunks(comparison: Comparison) -> list[_Placed]:
    owner = {id(hunk): at for at, edit in enumerate(comparison.edits) for hunk in edit.hunks}
    return [
        _Placed(at, owner[id(hunk)], hunk, tuple(line_of(r) for r in lines_of(runs_of(hunk))))
        for at, hunk in enumerate(comparison.hunks)
    ]


def _weight(placed: _Placed, comparison: Comparison, sides: int) -> int:
    """Estimate how long a passage will be, written with the lines beside it."""
    runs = [run for line in placed.lines for run in line.runs]
    twice = sum(len(run.text) for run in runs if run.kind == "same") * (sides - 1)
    start, end = placed.hunk.new_line, _end(placed.hunk)
    beside = comparison.new_lines[max(0, start - NEAR) : start]
    beside += comparison.new_lines[end : end + NEAR]
    words = sum(len(run.text) for run in runs) + sum(map(len, beside)) + twice
    around = LINE_WEIGHT * len(placed.lines) + RUN_WEIGHT * len(runs)
    return words + (PASSAGE_WEIGHT + around) * sides


def _paged(hunks: list[_Placed], weights: list[int]) -> list[list[_Placed]]:
    pages: list[list[_Placed]] = [[]]
    left = ROOM
    for placed, weight in zip(hunks, weights, strict=True):
        if pages[-1] and left < weight:
            pages.append([])
            left = ROOM
        pages[-1].append(placed)
        left -= weight
    return pages


def _places(
    comparison: Comparison, hunks: list[_Placed], pages: list[list[_Placed]]
) -> tuple[int, ...]:
    page_of = {placed.number: at for at, part in enumerate(pages, 1) for placed in part}
    first: dict[int, int] = {}
    for placed in hunks:
        first.setdefault(placed.edit, page_of[placed.number])
    return tuple(first.get(at, 1) for at in range(len(comparison.edits)))


def _links(
    hunks: list[_Placed], pages: list[list[_Placed]], comparison: Comparison
) -> dict[tuple[int, int], Moved]:
    """Pair lines that are gone at one place and new, word for word, at another."""
    page_of = {placed.number: at for at, part in enumerate(pages, 1) for placed in part}
    gone: dict[str, deque[tuple[_Placed, int]]] = defaultdict(deque)
    for placed, at, key in _whole(hunks, "removed"):
        gone[key].append((placed, at))
    links: dict[tuple[int, int], Moved] = {}
    for placed, at, key in _whole(hunks, "added"):
        if not gone[key]:
            continue
        origin, origin_at = gone[key].popleft()
        number = len(links) // 2 + 1
        old, new = f"from-{number}", f"to-{number}"
        old_edit, new_edit = comparison.edits[origin.edit], comparison.edits[placed.edit]
        old_path = old_edit.path if old_edit.old_path is None else old_edit.old_path
        links[origin.number, origin_at] = Moved(old, new, new_edit.path, page_of[placed.number])
        links[placed.number, at] = Moved(new, old, old_path, page_of[origin.number])
    return links


def _whole(hunks: list[_Placed], kind: str) -> Iterator[tuple[_Placed, int, str]]:
    for placed in hunks:
        for at, line in enumerate(placed.lines):
            key = bare("".join(run.text for run in line.runs))
            worth = WORTH_LINKING if line.form != "heading" else 1
            if line.kind == kind and len(key) >= worth:
                yield placed, at, key


@dataclass(slots=True)
class _Drawn:
    comparison: Comparison
    links: dict[tuple[int, int], Moved]
    folded: int = FOLDED

    def groups(self, hunks: list[_Placed], start: int, end: int) -> Iterator[Group | Fold]:
        """Yield groups and the folds between them, for the hunks of one page."""
        seen = {placed.edit for placed in hunks[:start]}
        at = _end(hunks[start - 1].hunk) if start else 0
        parts: list[Passage | Fold] = []
        for place in range(start, end):
            placed = hunks[place]
            nearest = placed.hunk.new_line
            before = self._near(nearest - NEAR, nearest, at)
            fold = self._fold(at, nearest - len(before), self.comparison.edits[placed.edit])
            if place > start and hunks[place - 1].edit == placed.edit:
                parts += [fold] if fold else []
            elif fold:
                yield fold
            following = hunks[place + 1].hunk.new_line if place + 1 < len(hunks) else None
            at = _end(placed.hunk)
            after = self._near(at, at + NEAR, at, following)
            at += len(after)
            parts.append(self._passage(placed, before, after))
            if place + 1 == end or hunks[place + 1].edit != placed.edit:
                edit = self.comparison.edits[placed.edit]
                yield Group(edit, placed.edit, placed.edit in seen, tuple(parts))
                seen.add(placed.edit)
                parts = []
        if end == len(hunks) and (rest := self._fold(at, len(self.comparison.new_lines))):
            yield rest

    def _passage(
        self, placed: _Placed, before: tuple[Line, ...], after: tuple[Line, ...]
    ) -> Passage:
        lines = tuple(
            Shown(line, self.links.get((placed.number, at))) for at, line in enumerate(placed.lines)
        )
        if len(lines) > 1 and _repeats(lines[0], self.comparison.edits[placed.edit]):
            lines = lines[1:]
        return Passage(placed.number + 1, before, lines, after, placed.hunk)

    def _near(self, start: int, end: int, low: int, high: int | None = None) -> tuple[Line, ...]:
        """Return the lines beside a passage, but no heading: that is shown, or folded, anyway."""
        lines = self.comparison.new_lines
        stop = min(end, len(lines) if high is None else high)
        found = lines[max(start, low) : stop]
        if any(_HEADING.match(line) for line in found):
            return ()
        return _same(found, context=True)

    def _fold(self, start: int, end: int, following: Edit | None = None) -> Fold | None:
        lines = self.comparison.new_lines[start:end]
        if following and following.path and lines and _HEADING.match(lines[-1]):
            # The section it heads is shown next, under the same heading.
            same = bare(_HEADING.sub("", lines[-1])) == bare(following.path[-1])
            lines = lines[:-1] if same else lines
        if not lines:
            return None
        size = sum(map(len, lines))
        carried = size <= self.folded
        self.folded -= size if carried else 0
        return Fold(
            start,
            _same(lines) if carried else (),
            len(lines),
            sum(len(line.split()) for line in lines),
            tuple(_HEADING.sub("", line) for line in lines if _HEADING.match(line)),
        )


def _repeats(shown: Shown, edit: Edit) -> bool:
    """Tell whether a line only repeats the heading that its section is shown under."""
    if shown.moved or shown.line.form != "heading" or edit.operation not in {"added", "removed"}:
        return False
    text = "".join(run.text for run in shown.line.runs)
    return bool(edit.path) and shown.line.kind is not None and bare(text) == bare(edit.path[-1])


def _end(hunk: Hunk) -> int:
    return hunk.new_line + len(hunk.new)


def _same(lines: Iterable[str], *, context: bool = False) -> tuple[Line, ...]:
    shown = (line_of((Run("same", line),)) for line in lines if line.strip())
    return tuple(replace(line, context=context) for line in shown)
