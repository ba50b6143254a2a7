"""Tell what a policy says that it did not say before, or that it says the same."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from monitor.compare import blocks, moves, pairing, repeats, sections, suspicion
from monitor.compare.align import Effort
from monitor.compare.labels import HIDDEN_ADDRESS
from monitor.compare.noise import Reader, unaddressed, unnumbered
from monitor.compare.rows import is_row, row_runs
from monitor.compare.shifts import without_shifted_dates
from monitor.compare.thanks import without_thanks
from monitor.compare.words import Passage, fold, replaced, runs
from monitor.model import Comparison, Document, Edit, Hunk, Run
from monitor.model.rule_text import Ignored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.compare.blocks import Group, Lines
    from monitor.compare.sections import Course

EFFORT = 2_000_000
"""Steps after which alignment gets coarser; keeps two texts of megabytes under a second or two."""
REMEMBERED = 6
"""Comparisons kept: confirming a change asks for the same few again and again."""
LARGE = 1_000_000
"""Characters of two texts above which their comparison is not kept."""
WORD_EFFORT = 30
"""Steps a word costs that is read in a replaced passage."""


def compare(old: Document, new: Document, *, ignore: Sequence[str] = ()) -> Comparison:
    """Return the edits that lead from one document to the other, noise left out.

    `ignore` is text that is never compared: literal, or ``/pattern/`` as a regular expression.
    """
    small = len(old.text) + len(new.text) <= LARGE
    return (_compared if small else _compared.__wrapped__)(old, new, tuple(ignore))


@lru_cache(REMEMBERED)
def _compared(old: Document, new: Document, ignore: tuple[str, ...]) -> Comparison:
    lines = blocks.Lines(old.lines, new.lines, Reader(Ignored(ignore)), Effort(EFFORT))
    if lines.old == lines.new:
        return Comparison("same", "no difference", (), lines.old, lines.new)
    pairs, found = blocks.find(lines)
    memory = repeats.Memory(old, new, lines)
    breaks = starts(old), starts(new)
    left = list(memory.without_repeats(found, breaks))
    away = moves.moved(lines, left)
    groups = [
        group
        for block in left
        for group in pairing.groups(lines, block, breaks, away)
        if not only_noise(lines, group)
    ]
    groups = without_thanks(lines, without_shifted_dates(lines, groups), old, new)
    if not groups:
        return Comparison("same", "only noise differs", (), lines.old, lines.new)
    course = sections.follow(old, new, lines, [*pairs, *away.to.items()], groups)
    hunks = [_hunk(lines, group, course) for group in groups]
    edits = course.edits(hunks, away.to)
    doubt = suspicion.doubt(old, new, lines, groups)
    if doubt:
        return Comparison("suspect", doubt, edits, lines.old, lines.new)
    clear = suspicion.clear(hunks, len(new.text))
    return Comparison("changed", told(edits), edits, lines.old, lines.new, clear)


def starts(document: Document) -> set[int]:
    """Return the lines that begin sections, where sections are few enough to be told apart."""
    few = len(document.sections) <= blocks.MOST_STRETCHES
    return {section.line for section in document.sections} if few else set()


def only_noise(lines: Lines, group: Group) -> bool:
    """Whether both sides of a group say the same, broken or spelled another way."""
    if not group.replaces:
        return False
    old = lines.said(0, group.old_start, group.old_stop)
    new = lines.said(1, group.new_start, group.new_stop)
    if list(filter(None, lines.reader.keys(old))) == list(filter(None, lines.reader.keys(new))):
        return True
    before, after = (" ".join(map(lines.reader.masked, texts)) for texts in (old, new))
    if fold(before) == fold(after):
        return True
    if len(old) != len(new):  # parts of a sentence that become lines gain or lose their numbers
        before, after = unnumbered(before), unnumbered(after)
    if HIDDEN_ADDRESS.search(before) or HIDDEN_ADDRESS.search(after):
        before, after = unaddressed(before), unaddressed(after)
    return fold(before) == fold(after)


def _hunk(lines: Lines, group: Group, course: Course) -> Hunk:
    old = tuple(lines.old[group.old_start : group.old_stop])
    new = tuple(lines.new[group.new_start : group.new_stop])
    path = None
    if group.elsewhere is not None:
        other = course.new if old else course.old
        path = other.path(other.at(group.elsewhere))
    return Hunk(group.old_start, group.new_start, old, new, _runs(lines, group), path)


def _runs(lines: Lines, group: Group) -> tuple[Run, ...]:
    old = lines.old[group.old_start : group.old_stop]
    new = lines.new[group.new_start : group.new_stop]
    whole = replaced("\n".join(old), "\n".join(new))
    if not old or not new:
        return whole
    size = sum(1 + lines.reader.key(line).count(" ") for line in (*old, *new))
    if not lines.effort.allows(WORD_EFFORT * size):
        return whole
    masked = lines.reader.masked
    if len(old) == len(new) == 1 and is_row(old[0]) and is_row(new[0]):
        return row_runs(
            (old[0], masked(old[0])),
            (new[0], masked(new[0])),
            lines.effort,
            numbered=group.old_start in lines.counted(0) and group.new_start in lines.counted(1),
        )
    before = Passage.of(old, [masked(line) for line in old])
    after = Passage.of(new, [masked(line) for line in new])
    found = runs(before, after, lines.effort)
    return found if any(run.kind != "same" for run in found) else whole


def told(edits: Sequence[Edit]) -> str:
    """Say how many sections had what done to them."""
    counts: dict[str, int] = {}
    for edit in edits:
        counts[edit.operation] = counts.get(edit.operation, 0) + 1
    parts = [f"{count} {operation}" for operation, count in counts.items()]
    return f"{'section' if len(edits) == 1 else 'sections'}: {', '.join(parts)}"
