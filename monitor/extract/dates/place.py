"""Where the lines of a page stand: beside its title, at its end, or in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.extract.dates.folding import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.extract.dates.line import Line

_BEFORE_TITLE, _AFTER_TITLE, _LAST_LINES = 3, 14, 5
_NEAR_TITLE, _TAIL = 6, 2
_LONGEST_TITLE = 120
_SEARCHED = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Zones of one page, by line number."""

    title: int
    """The line that shows the document's title."""
    count: int

    def opens(self, number: int) -> bool:
        """Whether a line stands around the title, where most policies give their dates."""
        return self.title - _BEFORE_TITLE <= number <= self.title + _AFTER_TITLE

    def closes(self, number: int) -> bool:
        """Whether a line stands at the end, where the others do."""
        return number >= self.count - max(_LAST_LINES, self.count // 20)

    def is_tight(self, number: int) -> bool:
        """Whether a date without any label may be the policy's own here."""
        near = self.title - 1 <= number <= self.title + _NEAR_TITLE
        return near or number >= self.count - _TAIL


def find_place(lines: Sequence[Line], title: str) -> Place:
    """Find the title among the lines: as given, else the first heading, else the first line."""
    wanted = fold(title).strip()
    first_heading = None
    for line in lines[:_SEARCHED]:
        shown = fold(line.shown).strip()
        if len(shown) > _LONGEST_TITLE or not shown:
            continue
        if shown == wanted or (len(shown) > len(wanted) / 3 and shown in wanted):
            return Place(line.number, len(lines))
        if first_heading is None and line.kind == "heading":
            first_heading = line.number
    return Place(first_heading or 0, len(lines))
