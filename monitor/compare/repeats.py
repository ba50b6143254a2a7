"""What is only said again, or in another order: known from both whole texts."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from monitor.compare.noise import kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.compare.blocks import Block, Lines
    from monitor.model import Document

REPEATED_WORDS = 8
"""Passages this long that both texts hold word for word are not news where they stand twice."""
COPIED = 3
"""So many lines in a row that stand elsewhere are a copy of it, or a table of contents; one item
of a list that another list has too is not, for it may be struck from one of them."""
LISTED = {"-", "|"}
"""Kinds of lines whose order says nothing."""

MOST_REORDERED = 300_000
"""Differing lines above which no item is looked for elsewhere."""

_TITLE_PARTS = re.compile(r"\s+[|·–—:-]\s+")


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
        texts = [self.lines.old[at] for at in old] + [self.lines.new[at] for at in new]
        prose = not any(kind(text) in LISTED for text in texts)
        copied = len(keys) >= COPIED or (prose and len(keys) > 1)
        counts = self._counted()
        return all(
            counts[0][key] != counts[1][key]
            and (
                key in self._titles
                or (counts[0][key] and counts[1][key] and copied and self._tells(key, len(keys)))
            )
            for key in keys
        )

    def _tells(self, key: str, together: int) -> bool:
        """Tell whether a line is long, or one entry of a table of contents."""
        return len(key.split()) >= REPEATED_WORDS or (together >= COPIED and key in self._headings)


def _starts(document: Document) -> list[tuple[int, str]]:
    return [(section.line, section.heading) for section in document.sections]
