"""Passages that come and go, and places where one takes turns with another.

A passage is known by the words it is compared under, a place by those of the line it follows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.compare.noise import Reader
from monitor.compare.verdict import told
from monitor.model import Passage
from monitor.model.rule_text import Ignored

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from monitor.model import Comparison, Edit, Hunk

AFTER = "\n"
"""Begins the key of a place; no line has a line end."""


def passages(comparison: Comparison, *, ignore: Sequence[str] = ()) -> tuple[Passage, ...]:
    """Return every line that came or went in a comparison, once each, in order."""
    reader = Reader(Ignored(ignore))
    lines = (line for hunk in comparison.hunks for line in (*hunk.old, *hunk.new))
    found = {key: Passage(key, line) for line in lines if (key := reader.key(line))}
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Place:
    """Where hunks stand with nothing between them."""

    after: Passage
    hunks: tuple[Hunk, ...]

    @property
    def filling(self) -> tuple[str, ...]:
        """What stands there in the new text, as far as it differs."""
        return tuple(line for hunk in self.hunks for line in hunk.new)


def places(comparison: Comparison, *, ignore: Sequence[str] = ()) -> tuple[Place, ...]:
    """Return the places where a comparison found differences, in order."""
    reader = Reader(Ignored(ignore))
    gathered: list[list[Hunk]] = []
    end = -1
    for hunk in comparison.hunks:
        if hunk.old_line == end:
            gathered[-1].append(hunk)
        else:
            gathered.append([hunk])
        end = hunk.old_line + len(hunk.old)
    return tuple(
        Place(_before(comparison.old_lines, hunks[0].old_line, reader), tuple(hunks))
        for hunks in gathered
    )


def turned(
    before: Comparison, after: Comparison, *, ignore: Sequence[str] = ()
) -> tuple[Passage, ...]:
    """Return the places where two captures show different things, and neither what the version has.

    Both are comparisons with the version.
    """
    then = {place.after.key: place.filling for place in places(after, ignore=ignore)}
    return tuple(
        place.after
        for place in places(before, ignore=ignore)
        if place.filling and then.get(place.after.key, place.filling) not in {(), place.filling}
    )


def without(
    comparison: Comparison, volatile: Collection[str], *, ignore: Sequence[str] = ()
) -> Comparison:
    """Return the comparison without volatile passages, and without what stands in such places.

    The verdict is ``same`` where nothing is left.
    """
    if not volatile:
        return comparison
    reader = Reader(Ignored(ignore))
    turning = {
        hunk
        for place in places(comparison, ignore=ignore)
        if place.after.key in volatile
        for hunk in place.hunks
    }

    def comes_and_goes(hunk: Hunk) -> bool:
        keys = {key for line in (*hunk.old, *hunk.new) if (key := reader.key(line))}
        return hunk in turning or (bool(keys) and keys <= set(volatile))

    return without_hunks(comparison, comes_and_goes, "passages that come and go")


def without_hunks(
    comparison: Comparison, doubted: Callable[[Hunk], bool], reason: str
) -> Comparison:
    """Return the comparison without some of its hunks; ``same``, for that reason, without any."""

    def kept(edit: Edit) -> Edit:
        return replace(edit, hunks=tuple(hunk for hunk in edit.hunks if not doubted(hunk)))

    edits = tuple(edit for edit in map(kept, comparison.edits) if edit.hunks)
    if len(edits) == len(comparison.edits) and all(
        new.hunks == old.hunks for new, old in zip(edits, comparison.edits, strict=True)
    ):
        return comparison
    if not edits:
        return replace(comparison, verdict="same", reason=reason, edits=())
    return replace(comparison, reason=told(edits), edits=edits, clear=False)


def _before(lines: Sequence[str], at: int, reader: Reader) -> Passage:
    """Return what the last line with words before a line is known by as a place."""
    line = next((lines[index] for index in range(at - 1, -1, -1) if reader.key(lines[index])), "")
    return Passage(f"{AFTER}{reader.key(line)}", f"what follows “{line}”")
