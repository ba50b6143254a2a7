"""Lines that stand elsewhere than they did, word for word."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.compare.noise import kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.compare.align import Pair
    from monitor.compare.blocks import Block, Lines

MOVED_WORDS = 4
"""Fewer words may stand elsewhere by chance; they move only along with a line beside them."""


def moved(lines: Lines, found: Sequence[Block]) -> list[Pair]:
    """Return the differing lines of the old text that stand elsewhere in the new one."""
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
    return sorted(pairs.items())


def without(found: Iterable[Block], pairs: Iterable[Pair]) -> list[Block]:
    """Return the blocks without the lines that have a counterpart elsewhere."""
    old, new = ({pair[side] for pair in pairs} for side in (0, 1))
    left = (
        replace(
            block,
            old=tuple(at for at in block.old if at not in old),
            new=tuple(at for at in block.new if at not in new),
        )
        for block in found
    )
    return [block for block in left if block.old or block.new]


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
