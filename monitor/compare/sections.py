"""Which section became which, and the edits told section by section."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.compare.align import rising
from monitor.model import Edit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from monitor.compare.align import Pair
    from monitor.compare.blocks import Group, Lines
    from monitor.model import Document, Hunk, Operation

HEADING = 200
"""How many characters of equal text an equal heading is worth."""
SAME_BODY = 0.6
"""Share of words in common from which a section that stands elsewhere is the same one, moved."""


@dataclass(slots=True)
class Outline:
    """The sections of a document by line."""

    document: Document
    starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Note where each section starts."""
        self.starts = [section.line for section in self.document.sections]

    def at(self, line: int) -> int:
        """Return the index of the section a line stands in, -1 before the first."""
        return bisect_right(self.starts, line) - 1

    def path(self, section: int) -> tuple[str, ...]:
        """Return the headings of a section."""
        return self.document.sections[section].path if section >= 0 else ()

    def heading(self, section: int) -> str:
        """Return the heading of a section."""
        return self.document.sections[section].heading if section >= 0 else ""

    def body(self, section: int) -> str:
        """Return the text of a section."""
        return self.document.sections[section].text if section >= 0 else ""


@dataclass(slots=True)
class Course:
    """How the sections of the old document run on into the new one."""

    old: Outline
    new: Outline
    lines: Lines
    source: dict[int, int] = field(default_factory=dict)
    """Old section of each new one that has one."""
    moved: set[int] = field(default_factory=set)
    """New sections that stand elsewhere than they did."""

    def edits(self, hunks: Iterable[Hunk], away: Mapping[int, int]) -> tuple[Edit, ...]:
        """Gather hunks into one edit a section, in the order of the new text.

        `away` maps old lines that moved to where they are.
        """
        target = {before: after for after, before in self.source.items()}
        gathered: dict[tuple[int, int | None], list[Hunk]] = defaultdict(list)
        for hunk in hunks:
            before = self.old.at(hunk.old_line) if hunk.old else None
            after = self.new.at(hunk.new_line) if hunk.new else target.get(before or 0)
            if hunk.departs:  # told once, where its lines stand
                after = self.new.at(away[hunk.old_line])
            gathered[(-1, before) if after is None else (after, None)].append(hunk)
        edits = [self._edit(key, found) for key, found in gathered.items()]
        return tuple(sorted(edits, key=_place))

    def _edit(self, key: tuple[int, int | None], hunks: list[Hunk]) -> Edit:
        after, gone = key
        if gone is not None:
            path = self.old.path(gone)
            return Edit("removed", path, path, tuple(hunks))
        before = self.source.get(after)
        if before is None:
            return Edit("added", self.new.path(after), None, tuple(hunks))
        return Edit(
            self._operation(before, after),
            self.new.path(after),
            self.old.path(before),
            tuple(hunks),
        )

    def _operation(self, before: int, after: int) -> Operation:
        if after in self.moved:
            return "moved"
        key = self.lines.reader.key
        same = key(self.old.heading(before)) == key(self.new.heading(after))
        return "edited" if same else "renamed"


def _place(edit: Edit) -> int:
    lines = (hunk.new_line for hunk in edit.hunks if not hunk.departs)
    return min(lines, default=edit.hunks[0].new_line)


def follow(
    old: Document, new: Document, lines: Lines, pairs: Sequence[Pair], groups: Sequence[Group]
) -> Course:
    """Match the sections of two documents by the lines they share, then by heading and body."""
    course = Course(Outline(old), Outline(new), lines)
    votes = _votes(course, pairs, groups)
    taken: set[int] = set()
    for (before, after), _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        if after not in course.source and before not in taken:
            course.source[after] = before
            taken.add(before)
    _match_moved(course, taken)
    order = sorted(course.source)
    steady = {order[at] for at in rising([course.source[after] for after in order])}
    inserted = _inserted(course, groups)
    course.moved = {after for after in order if after not in steady and after in inserted}
    return course


def _votes(
    course: Course, pairs: Sequence[Pair], groups: Sequence[Group]
) -> Counter[tuple[int, int]]:
    votes: Counter[tuple[int, int]] = Counter()
    lines = course.lines
    for here, there in pairs:
        weight = len(lines.new[there]) + HEADING * lines.new[there].startswith("#")
        votes[course.old.at(here), course.new.at(there)] += weight + 1
    for group in groups:
        if group.replaces:
            key = course.old.at(group.old_start), course.new.at(group.new_start)
            votes[key] += len(lines.new[group.new_start]) // 2 + 1
    return votes


def _inserted(course: Course, groups: Sequence[Group]) -> set[int]:
    """Return the new sections whose first line has no counterpart where it stands."""
    starts = {start: at for at, start in enumerate(course.new.starts)}
    return {
        starts[line]
        for group in groups
        if group.old_start == group.old_stop
        for line in range(group.new_start, group.new_stop)
        if line in starts
    }


def _match_moved(course: Course, taken: set[int]) -> None:
    """Match sections without a counterpart in place to one that stood elsewhere."""
    key = course.lines.reader.key
    left = [at for at in range(len(course.old.starts)) if at not in taken]
    bodies = {at: set(key(course.old.body(at)).split()) for at in left}
    for after in range(len(course.new.starts)):
        if after in course.source or not course.lines.effort.allows(100 * len(left)):
            continue
        words = set(key(course.new.body(after)).split())
        heading = key(course.new.heading(after))
        best, score = -1, SAME_BODY
        for before in left:
            same = heading == key(course.old.heading(before))
            alike = 2 * len(words & bodies[before]) / max(1, len(words) + len(bodies[before]))
            if alike + same / 4 > score:
                best, score = before, alike + same / 4
        if best >= 0:
            course.source[after] = best
            left.remove(best)
            taken.add(best)
