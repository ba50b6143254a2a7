"""Which lines and sections of a text became which of the next, wherever they stand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from monitor.compare import blocks, moves, pairing, sections
from monitor.compare.align import Effort, gaps
from monitor.compare.blocks import Block
from monitor.compare.noise import kind
from monitor.compare.verdict import EFFORT, only_noise, starts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.compare.align import Pair
    from monitor.compare.blocks import Group, Lines
    from monitor.compare.noise import Reader
    from monitor.compare.sections import Course
    from monitor.model import Document


@dataclass(slots=True)
class Succession:
    """What became of an old text, told from the new one's side."""

    same: dict[int, int] = field(default_factory=dict)
    """Old line of each new one that says the same."""
    moved: set[int] = field(default_factory=set)
    """New lines of those that stand elsewhere."""
    edited: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Old lines of each new one that says it in other words."""
    rewritten: dict[int, int] = field(default_factory=dict)
    """Old line of each new one that only stands in its place."""
    gone: tuple[int, ...] = ()
    """Old lines that nothing new says."""
    sections: dict[int, int] = field(default_factory=dict)
    """Old section of each new one that is the same section."""


def succession(old: Document, new: Document, reader: Reader) -> Succession:
    """Follow every line and section of one document into the next."""
    lines = blocks.Lines(old.lines, new.lines, reader, Effort(EFFORT))
    pairs, found = blocks.find(lines)
    away = moves.moved(lines, found)
    breaks = starts(old), starts(new)
    groups = [group for block in found for group in pairing.groups(lines, block, breaks, away)]
    course = sections.follow(old, new, lines, [*pairs, *away.to.items()], groups)
    groups = [group for group in groups if group.elsewhere is None]
    groups += list(_within_moved(lines, course, groups))
    story = Succession(sections=course.source)
    story.same = {there: here for here, there in pairs} | dict(_reflowed(lines, pairs, found))
    _take_groups(story, lines, groups)
    story.same |= away.source
    story.moved = set(away.source)
    story.edited |= dict(_renamed(story, lines, course))
    kept = {*story.same.values(), *(at for group in story.edited.values() for at in group)}
    story.gone = tuple(at for block in found for at in block.old if at not in kept)
    return story


def _renamed(
    story: Succession, lines: Lines, course: Course
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield the headings of sections that are called something else entirely."""
    followed = {*story.same.values(), *(at for group in story.edited.values() for at in group)}
    for after, before in course.source.items():
        here, there = course.old.starts[before], course.new.starts[after]
        headed = kind(lines.old[here]) == kind(lines.new[there]) == "#"
        if headed and here not in followed and there not in {*story.same, *story.edited}:
            yield there, (here,)


def _reflowed(lines: Lines, pairs: Sequence[Pair], found: Iterable[Block]) -> Iterator[Pair]:
    """Yield new lines with old ones between which only the line breaks differ."""
    differing = {(block.old_at, block.new_at) for block in found}
    for o1, o2, n1, n2 in gaps(pairs, len(lines.old), len(lines.new)):
        if (o1, n1) not in differing:
            yield from _along(range(o1, o2), range(n1, n2))


def _along(old: range, new: range) -> Iterator[Pair]:
    for place, there in enumerate(new):
        if old:
            yield there, old[place * len(old) // len(new)]


def _take_groups(story: Succession, lines: Lines, groups: Sequence[Group]) -> None:
    for group in groups:
        old = range(group.old_start, group.old_stop)
        new = range(group.new_start, group.new_stop)
        if only_noise(lines, group):
            story.same.update(_along(old, new))
        elif group.replaces:
            said = tuple(at for at in old if lines.old_key(at))
            story.edited.update(dict.fromkeys((at for at in new if lines.new_key(at)), said))
    for before, after in pairwise(groups):
        story.rewritten.update(_in_place(lines, before, after))


def _in_place(lines: Lines, before: Group, after: Group) -> Iterator[Pair]:
    """Yield new lines that stand where as many old ones of their kinds did."""
    old = range(before.old_start, before.old_stop)
    new = range(after.new_start, after.new_stop)
    beside = before.new_stop == after.new_start and before.old_stop == after.old_start
    one_sided = before.new_start == before.new_stop and after.old_start == after.old_stop
    if beside and one_sided and len(old) == len(new):
        pairs = list(zip(new, old, strict=True))
        if all(kind(lines.new[there]) == kind(lines.old[here]) for there, here in pairs):
            yield from pairs


def _within_moved(lines: Lines, course: Course, groups: Iterable[Group]) -> Iterator[Group]:
    """Yield lines edited in sections that stand elsewhere, where nothing is opposite."""
    old: dict[int, list[int]] = defaultdict(list)
    new: dict[int, list[int]] = defaultdict(list)
    for group in groups:
        if not group.replaces:
            for at in range(group.old_start, group.old_stop):
                old[course.old.at(at)].append(at)
            for at in range(group.new_start, group.new_stop):
                new[course.new.at(at)].append(at)
    for after, before in course.source.items():
        if after in new and before in old:
            come = [at for at in new[after] if lines.new_key(at)]
            gone = [at for at in old[before] if lines.old_key(at)]
            block = Block(tuple(gone), tuple(come), old[before][0], new[after][0])
            found = pairing.groups(lines, block, (set(), set()))
            yield from (group for group in found if group.replaces)
