"""Lines that stand elsewhere than they did, word for word."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.compare.noise import kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.compare.blocks import Block, Lines

MOVED_WORDS = 4
"""Fewer words may stand elsewhere by chance; they move only along with a line beside them."""


CROWDED = 30_000
"""Differing lines, of both texts, above which none is looked for elsewhere."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Lines that say the same elsewhere, from both sides."""

    to: dict[int, int]
    """New line of each old one."""
    source: dict[int, int]
    """Old line of each new one."""

    def without(self, block: Block) -> Block:
        """Return a block without the lines that moved."""
        if not self.to:
            return block
        return replace(
            block,
            old=tuple(at for at in block.old if at not in self.to),
            new=tuple(at for at in block.new if at not in self.source),
        )

    def stretches(self, side: int, at: Iterable[int], breaks: set[int]) -> Iterator[list[int]]:
        """Yield those of some lines of the old (0) or the new text (1) that moved.

        Lines come together that moved together, but not over a break.
        """
        there = (self.to, self.source)[side]
        stretch: list[int] = []
        for line in at:
            if line not in there:
                continue
            along = stretch and line == stretch[-1] + 1 and there[line] == there[stretch[-1]] + 1
            if stretch and (not along or line in breaks):
                yield stretch
                stretch = []
            stretch.append(line)
        if stretch:
            yield stretch


NONE = Moves({}, {})


def moved(lines: Lines, found: Sequence[Block]) -> Moves:
    """Return the differing lines of the old text that stand elsewhere in the new one."""
    if sum(len(block.old) + len(block.new) for block in found) > CROWDED:
        return NONE
    come: dict[str, deque[int]] = defaultdict(deque)
    for block in found:
        for at in block.new:
            come[lines.new_key(at)].append(at)
    gone = Counter(lines.old_key(at) for block in found for at in block.old)
    single = {key for key in come if gone[key] == len(come[key]) == 1}
    pairs: dict[int, int] = {}
    for block in found:
        for at in block.old:
            key = lines.old_key(at)
            if come.get(key) and _telling(lines.old[at], key, single):
                pairs[at] = come[key].popleft()
    _extend(lines, found, pairs)
    return Moves(pairs, {there: here for here, there in pairs.items()})


def _telling(line: str, key: str, single: set[str]) -> bool:
    return key.count(" ") + 1 >= MOVED_WORDS or (kind(line) == "#" and key in single)


def _extend(lines: Lines, found: Sequence[Block], pairs: dict[int, int]) -> None:
    """Take along the lines beside those that moved, as far as they are the same."""
    taken = set(pairs.values())
    old = {at for block in found for at in block.old} - pairs.keys()
    new = {at for block in found for at in block.new} - taken
    for here, there in list(pairs.items()):
        for step in (1, -1):
            at, to = here + step, there + step
            while at in old and to in new and lines.old_key(at) == lines.new_key(to):
                pairs[at] = to
                old.discard(at)
                new.discard(to)
                at, to = at + step, to + step
