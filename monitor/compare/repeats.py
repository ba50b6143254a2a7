"""What is only said again, in another order, or a day off: known from both whole texts."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from monitor.compare.noise import kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.compare.blocks import Block, Group, Lines
    from monitor.model import Document

REPEATED_WORDS = 8
"""A passage this long that both texts hold word for word is not news where it stands twice."""
CONTENTS = 3
"""So many lines in a row that are headings elsewhere are a table of contents."""
SHIFTED_DATES = 3
"""So many dates that move by the same day at once are one list shown in another time zone."""
SHORTEST_MONTH, LONGEST_MONTH = 28, 31
DATE_WORDS = 10
LISTED = {"-", "|"}
"""Kinds of lines whose order says nothing."""

MOST_REORDERED = 300_000
"""Differing lines above which no item is looked for elsewhere."""

_TITLE_PARTS = re.compile(r"\s+[|·–—:-]\s+")
_YEAR = re.compile(r"(?:19|20)\d\d$")


@dataclass(slots=True)
class Memory:
    """Everything both texts say, counted."""

    old: Document
    new: Document
    lines: Lines
    _counts: tuple[Counter[str], Counter[str]] | None = field(default=None, init=False)
    _headings: set[str] = field(default_factory=set, init=False)
    _titles: set[str] = field(default_factory=set, init=False)

    def without_repeats(
        self, found: Iterable[Block], breaks: tuple[set[int], set[int]]
    ) -> Iterator[Block]:
        """Leave out lines that only changed places within a list, or say a thing twice."""
        blocks = list(found)
        if not blocks:
            return
        moved_old, moved_new = self._reordered(blocks)
        breaks[0].update(at + 1 for at in moved_old)
        breaks[1].update(at + 1 for at in moved_new)
        for block in blocks:
            old = tuple(at for at in block.old if at not in moved_old)
            new = tuple(at for at in block.new if at not in moved_new)
            if (old or new) and not self._only_repeats(old, new):
                yield replace(block, old=old, new=new)

    def _counted(self) -> tuple[Counter[str], Counter[str]]:
        if self._counts is None:
            reader = self.lines.reader
            old, new = reader.keys(self.lines.old), reader.keys(self.lines.new)
            self._counts = Counter(old), Counter(new)
            sections = (*self.old.sections, *self.new.sections)
            self._headings = {reader.key(section.heading) for section in sections} - {""}
            titles = (_TITLE_PARTS.split(document.title) for document in (self.old, self.new))
            self._titles = {reader.key(part) for parts in titles for part in parts} - {""}
        return self._counts

    def _reordered(self, blocks: list[Block]) -> tuple[set[int], set[int]]:
        """Return the items and rows that stand elsewhere in the same section, on both sides."""
        if sum(len(block.old) + len(block.new) for block in blocks) > MOST_REORDERED:
            return set(), set()
        places = _starts(self.old), _starts(self.new)
        gone: dict[tuple[str, str], deque[int]] = {}
        for block in blocks:
            for at in block.old:
                if kind(self.lines.old[at]) in LISTED:
                    heading = self._heading(places[0], at)
                    gone.setdefault((heading, self.lines.old_key(at)), deque()).append(at)
        old: set[int] = set()
        new: set[int] = set()
        if not gone:
            return old, new
        for block in blocks:
            for at in block.new:
                if kind(self.lines.new[at]) in LISTED:
                    key = self._heading(places[1], at), self.lines.new_key(at)
                    if gone.get(key):
                        old.add(gone[key].popleft())
                        new.add(at)
        return old, new

    def _heading(self, places: list[tuple[int, str]], line: int) -> str:
        at = bisect_right(places, line, key=lambda place: place[0])
        return self.lines.reader.key(places[at - 1][1] if at else "")

    def _only_repeats(self, old: tuple[int, ...], new: tuple[int, ...]) -> bool:
        """Whether a one-sided block says nothing that both texts do not say elsewhere."""
        if old and new:
            return False
        keys = [self.lines.old_key(at) for at in old] + [self.lines.new_key(at) for at in new]
        counts = self._counted()
        return all(
            counts[0][key] != counts[1][key]
            and (
                key in self._titles
                or (counts[0][key] and counts[1][key] and self._repeats(key, len(keys)))
            )
            for key in keys
        )

    def _repeats(self, key: str, together: int) -> bool:
        """Whether a line that both texts hold is long, or one entry of a table of contents."""
        return len(key.split()) >= REPEATED_WORDS or (
            together >= CONTENTS and key in self._headings
        )

    def without_shifted_dates(self, groups: Sequence[Group]) -> list[Group]:
        """Leave out a list of dates that all moved by one day, as a change of time zone does."""
        shifts = [self._shift(group) for group in groups]
        moved = Counter(shift for shift in shifts if shift)
        return [
            group
            for group, shift in zip(groups, shifts, strict=True)
            if not shift or moved[shift] < SHIFTED_DATES
        ]

    def _shift(self, group: Group) -> int:
        """Return by how many days, 1 or -1, the only date of a short line moved, else 0."""
        old = self.lines.old_words(group.old_start, group.old_stop).split()
        new = self.lines.new_words(group.new_start, group.new_stop).split()
        if len(old) != len(new) or len(old) > DATE_WORDS or not any(map(_YEAR.match, old)):
            return 0
        differing = [(here, there) for here, there in zip(old, new, strict=True) if here != there]
        days = [(int(a), int(b)) for a, b in differing if _is_day(a) and _is_day(b)]
        if len(days) != 1:
            return 0
        before, after = days[0]
        if len(differing) == 1:
            return after - before if abs(after - before) == 1 else 0
        if len(differing) > SHIFTED_DATES:
            return 0
        if max(before, after) < SHORTEST_MONTH or min(before, after) > 1:
            return 0
        return 1 if after == 1 else -1


def _is_day(word: str) -> bool:
    return word.isdecimal() and 1 <= int(word) <= LONGEST_MONTH


def _starts(document: Document) -> list[tuple[int, str]]:
    return [(section.line, section.heading) for section in document.sections]
