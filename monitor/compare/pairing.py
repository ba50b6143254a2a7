"""Inside a differing block: which lines are edited, split, merged, gone or new."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from monitor.compare.align import Pair, all_gaps, gaps
from monitor.compare.blocks import Block, Group, Lines
from monitor.compare.moves import NONE, Moves
from monitor.compare.noise import kind
from monitor.compare.shifts import shifts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ALIKE = 0.4
"""Share of words in common from which one line counts as the other, edited."""
ALIKE_ALONE = 0.2
"""The same where nothing else could be its counterpart."""
OTHER_KIND = 0.7
"""How much less alike a heading, an item, a row and a paragraph are to one another."""
SPLIT_OFF = 0.6
"""Share of a line's words found in the rest of a neighbour from which it is a part of that."""

HEADING_OFF = 0.9
"""The same for a heading, which otherwise stands for itself."""

DATE_WORDS = 5
"""Words of a line that is hardly more than a date."""
SHIFTED = 0.5
"""How alike two such lines are that are one day apart, however few words they share."""
CELL, EDIT = 8, 100
"""Steps it costs to weigh two lines against each other, and to tell a line that was edited."""

Cluster = tuple[list[int], list[int]]
Breaks = tuple[set[int], set[int]]


def groups(lines: Lines, block: Block, breaks: Breaks, away: Moves = NONE) -> Iterator[Group]:
    """Split a block into edits as a careful editor would list them.

    `breaks` are the old and the new lines before which a one-sided group ends: section starts.
    Lines that moved are groups of their own, one where they were and one where they are.
    """
    old_at, new_at = block.old_at, block.new_at
    for old, new in _told(lines, block, breaks, away):
        group = Group(
            old[0] if old else old_at,
            old[-1] + 1 if old else old_at,
            new[0] if new else new_at,
            new[-1] + 1 if new else new_at,
            away.to.get(old[0]) if old else away.source.get(new[0]),
        )
        yield group
        old_at, new_at = group.old_stop, group.new_stop


def _told(lines: Lines, block: Block, breaks: Breaks, away: Moves) -> Iterable[Cluster]:
    """Return what stands against what, in the order of both texts, moved lines among the rest."""
    stays = away.without(block)
    clusters = (
        part for cluster in _clusters(lines, stays) for part in _unbroken(cluster, breaks, away)
    )
    if stays == block:
        return clusters
    gone: list[Cluster] = [(old, []) for old in away.stretches(0, block.old, breaks[0])]
    come: list[Cluster] = [([], new) for new in away.stretches(1, block.new, breaks[1])]
    return _merged(_merged(clusters, gone, 0), come, 1)


def _merged(these: Iterable[Cluster], those: Sequence[Cluster], side: int) -> list[Cluster]:
    """Put clusters among others, in the order of the lines of one side."""
    merged: list[Cluster] = []
    left = deque(those)
    for cluster in these:
        while left and cluster[side] and left[0][side][0] < cluster[side][0]:
            merged.append(left.popleft())
        merged.append(cluster)
    return [*merged, *left]


def _unbroken(cluster: Cluster, breaks: Breaks, away: Moves) -> Iterator[Cluster]:
    """Split what has no counterpart where a section starts, and where lines between moved."""
    old, new = cluster
    if old and new:
        yield cluster
        return
    side, elsewhere = (0, away.to) if old else (1, away.source)
    stretch: list[int] = []
    for at in old or new:
        if stretch and (
            at in breaks[side]
            or (elsewhere and any(line in elsewhere for line in range(stretch[-1] + 1, at)))
        ):
            yield ([], stretch) if side else (stretch, [])
            stretch = []
        stretch.append(at)
    if stretch:
        yield ([], stretch) if side else (stretch, [])


def _clusters(lines: Lines, block: Block) -> Iterator[Cluster]:
    """Yield edited lines with their counterparts, and between them the unmatched: gone, new."""
    pairs = _pairs(lines, block)
    before: Cluster | None = None
    for o1, o2, n1, n2 in all_gaps(pairs, len(block.old), len(block.new)):
        old, new = list(block.old[o1:o2]), list(block.new[n1:n2])
        last = o2 == len(block.old)
        after = None if last else ([block.old[o2]], [block.new[n2]])
        if before:
            _attach(lines, before, (old, new), front=False)
            yield before
        if after:
            _attach(lines, after, (old, new), front=True)
        yield old, []
        yield [], new
        before = after


def _attach(
    lines: Lines, cluster: Cluster, loose: tuple[list[int], list[int]], *, front: bool
) -> None:
    """Move neighbours that are parts of a cluster's other side into it: a line split or merged."""
    keys, texts = (lines.old_key, lines.new_key), (lines.old, lines.new)
    for side in (0, 1):
        if not loose[side]:
            continue
        rest = Counter(word for at in cluster[1 - side] for word in keys[1 - side](at).split())
        rest -= Counter(word for at in cluster[side] for word in keys[side](at).split())
        own, left = cluster[side], loose[side]
        while left and rest:
            at = left[-1] if front else left[0]
            words = Counter(keys[side](at).split())
            between = range(at + 1, own[0]) if front else range(own[-1] + 1, at)
            share = HEADING_OFF if kind(texts[side][at]) == "#" else SPLIT_OFF
            if any(map(keys[side], between)) or (words & rest).total() < share * words.total():
                break
            rest -= words
            own.insert(0 if front else len(own), left.pop(-1 if front else 0))


def _alike(old: set[str], new: set[str]) -> float:
    return 2 * len(old & new) / (len(old) + len(new)) if old and new else 0.0


def _dated(found: list[set[str]]) -> set[int]:
    """Return which lines are hardly more than a date."""
    return {
        at
        for at, words in enumerate(found)
        if len(words) <= DATE_WORDS and any(map(str.isdecimal, words))
    }


def _cost(lines: Lines, block: Block) -> int:
    """Return what it costs to weigh every old line of a block against every new one."""
    shorter, longer = sorted((len(block.old), len(block.new)))
    if CELL * shorter * longer > lines.effort.left:
        return CELL * shorter * longer
    words = sum(lines.new_key(at).count(" ") + 1 for at in block.new)
    words += sum(lines.old_key(at).count(" ") + 1 for at in block.old)
    return shorter * (CELL * longer + words // 4)


def _pairs(lines: Lines, block: Block) -> list[Pair]:
    """Match lines that are mostly the same, in order, so that likeness in sum is greatest."""
    thorough = lines.effort.allows(_cost(lines, block))
    if not thorough and not lines.effort.allows(EDIT * min(len(block.old), len(block.new))):
        return []
    old = [set(lines.old_key(at).split()) for at in block.old]
    new = [set(lines.new_key(at).split()) for at in block.new]
    if not thorough:
        level = zip(old, new, strict=False)
        return [(at, at) for at, both in enumerate(level) if _alike(*both) >= ALIKE]
    kinds = [kind(lines.old[at]) for at in block.old], [kind(lines.new[at]) for at in block.new]
    dated = _dated(old), _dated(new)
    width = len(new) + 1
    best = [[0.0] * width for _ in range(len(old) + 1)]
    take = [[False] * width for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            score = _alike(old[i], new[j])
            if score < ALIKE and i in dated[0] and j in dated[1]:
                before, after = lines.old_key(block.old[i]), lines.new_key(block.new[j])
                score = SHIFTED if shifts(before.split(), after.split()) else score
            if kinds[0][i] != kinds[1][j]:
                score *= OTHER_KIND
            skip = max(best[i + 1][j], best[i][j + 1])
            gain = best[i + 1][j + 1] + score - ALIKE / 2 if score >= ALIKE else 0.0
            best[i][j], take[i][j] = (gain, True) if gain > skip else (skip, False)
    pairs: list[Pair] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if take[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return _with_lonely(pairs, old, new, kinds)


def _with_lonely(
    pairs: list[Pair],
    old: list[set[str]],
    new: list[set[str]],
    kinds: tuple[list[str], list[str]],
) -> list[Pair]:
    """Match also what is left alone: against a line of its kind, or the parts it was split into."""
    lonely: list[Pair] = []
    for o1, o2, n1, n2 in gaps(pairs, len(old), len(new)):
        if o2 - o1 == n2 - n1 == 1:
            if kinds[0][o1] == kinds[1][n1] and _alike(old[o1], new[n1]) >= ALIKE_ALONE:
                lonely.append((o1, n1))
        elif 1 in {o2 - o1, n2 - n1} and o1 < o2 and n1 < n2:
            shared, here, there = max(
                (len(old[i] & new[j]), i, j) for i in range(o1, o2) for j in range(n1, n2)
            )
            if shared >= max(2, SPLIT_OFF * min(len(old[here]), len(new[there]))):
                lonely.append((here, there))
    return sorted(pairs + lonely)
