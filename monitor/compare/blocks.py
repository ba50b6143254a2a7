"""Where two texts differ, line by line: which old lines stand against which new ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.compare.align import DIRECT_LINES, Effort, Pair, gaps, matching
from monitor.compare.rows import ordinals, worded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.compare.noise import Reader

CROWDED = 30_000
"""Differing lines, of both texts, above which they are not looked at one by one for noise."""
MOST_STRETCHES = 8_000
"""Stretches of equal lines that are told apart; the longest policies have hundreds of lines."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines without counterpart between two that have one, noise left out."""

    old: tuple[int, ...]
    new: tuple[int, ...]
    old_at: int
    """Where in the old text the block starts, for one that removes nothing."""
    new_at: int


@dataclass(frozen=True, slots=True)
class Group:
    """Old lines and the new ones in their place, as half-open ranges; either may be empty."""

    old_start: int
    old_stop: int
    new_start: int
    new_stop: int
    elsewhere: int | None = None
    """Of lines that only moved: where in the other text they start."""

    @property
    def replaces(self) -> bool:
        """Whether it has lines on both sides."""
        return self.old_start < self.old_stop and self.new_start < self.new_stop


@dataclass(slots=True)
class Lines:
    """Both texts with the words of every line, read when they are first needed."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    reader: Reader
    effort: Effort
    _counted: tuple[set[int], set[int]] | None = None

    def counted(self, side: int) -> set[int]:
        """Return the rows of the old (0) or the new text (1) whose first cell only counts them."""
        if self._counted is None:
            self._counted = ordinals(self.old), ordinals(self.new)
        return self._counted[side]

    def said(self, side: int, start: int, stop: int) -> Sequence[str]:
        """Return lines of one text, rows of tables without the numbers that only count them."""
        texts, counted = (self.old, self.new)[side], self.counted(side)
        if not counted:
            return texts[start:stop]
        return [worded(texts[at]) if at in counted else texts[at] for at in range(start, stop)]

    def old_key(self, at: int) -> str:
        """Return the words of an old line."""
        line = self.old[at]
        return self.reader.key(line if at not in self.counted(0) else worded(line))

    def new_key(self, at: int) -> str:
        """Return the words of a new line."""
        line = self.new[at]
        return self.reader.key(line if at not in self.counted(1) else worded(line))

    def old_words(self, start: int, stop: int) -> str:
        """Return the words of a range of old lines."""
        return " ".join(filter(None, map(self.reader.key, self.said(0, start, stop))))

    def new_words(self, start: int, stop: int) -> str:
        """Return the words of a range of new lines."""
        return " ".join(filter(None, map(self.reader.key, self.said(1, start, stop))))


def find(lines: Lines) -> tuple[list[Pair], list[Block]]:
    """Return the lines that correspond, and the blocks between them that do not."""
    exact = matching(lines.old, lines.new, direct=DIRECT_LINES, effort=lines.effort)
    lines.reader.cursory = len(lines.old) + len(lines.new) - 2 * len(exact) > CROWDED
    pairs: list[Pair] = list(exact)
    for o1, o2, n1, n2 in gaps(exact, len(lines.old), len(lines.new)):
        keys = lines.reader.keys
        here, there = keys(lines.said(0, o1, o2)), keys(lines.said(1, n1, n2))
        found = matching(here, there, direct=DIRECT_LINES, effort=lines.effort)
        pairs += [(o1 + old, n1 + new) for old, new in found]
    pairs.sort()
    pairs = _steadiest(pairs)
    return pairs, list(_blocks(lines, pairs))


def _steadiest(pairs: list[Pair]) -> list[Pair]:
    """Return the longest stretches of lines that correspond, where there are too many to tell."""
    starts = [at for at, pair in enumerate(pairs) if not at or pair != _after(pairs[at - 1])]
    if len(starts) <= MOST_STRETCHES:
        return pairs
    stretches = list(zip(starts, [*starts[1:], len(pairs)], strict=True))
    longest = sorted(stretches, key=lambda span: span[0] - span[1])[:MOST_STRETCHES]
    return [pair for start, stop in sorted(longest) for pair in pairs[start:stop]]


def _after(pair: Pair) -> Pair:
    return pair[0] + 1, pair[1] + 1


def _blocks(lines: Lines, pairs: list[Pair]) -> Iterator[Block]:
    for o1, o2, n1, n2 in gaps(pairs, len(lines.old), len(lines.new)):
        old = tuple(at for at in range(o1, o2) if lines.old_key(at))
        new = tuple(at for at in range(n1, n2) if lines.new_key(at))
        if lines.old_words(o1, o2) != lines.new_words(n1, n2):
            yield Block(old, new, o1, n1)
