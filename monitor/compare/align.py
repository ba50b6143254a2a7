"""Which elements of two sequences stand for each other, in bounded time."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

DEPTH = 12
"""Levels of anchoring before a gap is left unmatched."""
DIRECT_LINES = 2_500
"""Largest product of two lengths that is searched exhaustively for lines, and for words:"""
DIRECT_WORDS = 160_000
NUMBERED = 3
"""How many times as long it takes to anchor elements by their how-manieth as by being the only."""

Pair = tuple[int, int]
Range = tuple[int, int, int, int]


class Effort:
    """What may still be spent on one comparison; when it is used up, coarser answers do."""

    def __init__(self, amount: int) -> None:
        self.left = amount

    def allows(self, amount: int) -> bool:
        """Take `amount` and return whether it was there."""
        if amount > self.left:
            return False
        self.left -= amount
        return True


def matching(
    old: Sequence[Hashable], new: Sequence[Hashable], *, direct: int, effort: Effort
) -> list[Pair]:
    """Return index pairs of equal elements, rising on both sides.

    Elements that occur once on both sides anchor the rest, so a moved or repeated element never
    pulls its neighbours out of line.
    """
    pairs: list[Pair] = []
    todo: list[tuple[Range, int]] = [((0, len(old), 0, len(new)), 0)]
    while todo:
        region, depth = todo.pop()
        region = _trim(old, new, region, pairs)
        o1, o2, n1, n2 = region
        if o1 == o2 or n1 == n2:
            continue
        product = (o2 - o1) * (n2 - n1)
        if product <= direct and effort.allows(product):
            pairs += _exhaustive(old, new, region)
            continue
        size = o2 - o1 + n2 - n1
        if not effort.allows(size):
            continue
        anchors = _anchors(old, new, region, numbered=False)
        if not anchors and depth < DEPTH and effort.allows(NUMBERED * size):
            anchors = _anchors(old, new, region, numbered=True)
        pairs += anchors
        if anchors and depth < DEPTH:
            todo += [(gap, depth + 1) for gap in _gaps(anchors, region)]
    pairs.sort()
    return pairs


def all_gaps(pairs: Iterable[Pair], old: int, new: int) -> Iterator[Range]:
    """Yield what lies before, between and after matched pairs, empty or not."""
    return _gaps(pairs, (0, old, 0, new))


def gaps(pairs: Iterable[Pair], old: int, new: int) -> Iterator[Range]:
    """Yield the ranges between matched pairs, for sequences of the given lengths."""
    return (gap for gap in all_gaps(pairs, old, new) if gap[0] < gap[1] or gap[2] < gap[3])


def rising(values: Sequence[int]) -> list[int]:
    """Return the positions of a longest strictly rising subsequence."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, value in enumerate(values):
        place = bisect_left(tails, value)
        before.append(ends[place - 1] if place else -1)
        if place == len(tails):
            tails.append(value)
            ends.append(at)
        else:
            tails[place] = value
            ends[place] = at
    chain: list[int] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(at)
        at = before[at]
    return chain[::-1]


def _trim(
    old: Sequence[Hashable], new: Sequence[Hashable], region: Range, pairs: list[Pair]
) -> Range:
    o1, o2, n1, n2 = region
    while o1 < o2 and n1 < n2 and old[o1] == new[n1]:
        pairs.append((o1, n1))
        o1, n1 = o1 + 1, n1 + 1
    while o1 < o2 and n1 < n2 and old[o2 - 1] == new[n2 - 1]:
        o2, n2 = o2 - 1, n2 - 1
        pairs.append((o2, n2))
    return o1, o2, n1, n2


def _exhaustive(old: Sequence[Hashable], new: Sequence[Hashable], region: Range) -> Iterator[Pair]:
    o1, o2, n1, n2 = region
    matcher = SequenceMatcher(None, old[o1:o2], new[n1:n2], autojunk=False)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            yield o1 + block.a + step, n1 + block.b + step


def _anchors(
    old: Sequence[Hashable], new: Sequence[Hashable], region: Range, *, numbered: bool
) -> list[Pair]:
    o1, o2, n1, n2 = region
    here = _places(old, o1, o2, numbered=numbered)
    there = _places(new, n1, n2, numbered=numbered)
    both = [(here[element], there[element]) for element in here if element in there]
    chain = rising([new_at for _, new_at in both])
    return [both[at] for at in chain]


def _places(
    sequence: Sequence[Hashable], start: int, stop: int, *, numbered: bool
) -> dict[Hashable, int]:
    """Map each element to its place: those that occur once, or each with its how-manieth."""
    if not numbered:
        counts = Counter(sequence[start:stop])
        return {sequence[at]: at for at in range(start, stop) if counts[sequence[at]] == 1}
    seen: Counter[Hashable] = Counter()
    places: dict[Hashable, int] = {}
    for at in range(start, stop):
        seen[sequence[at]] += 1
        places[sequence[at], seen[sequence[at]]] = at
    return places


def _gaps(pairs: Iterable[Pair], region: Range) -> Iterator[Range]:
    o1, o2, n1, n2 = region
    for old_at, new_at in pairs:
        yield o1, old_at, n1, new_at
        o1, n1 = old_at + 1, new_at + 1
    yield o1, o2, n1, n2
