"""Lines of a column to paragraphs, by distance, indentation and where a line broke off."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from monitor.extract.pdf.hyphen import SOFT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.extract.pdf.line import Line

_LARGER = 1.12
"""Times the size of most letters from which a paragraph is a heading."""
_ALIKE = 1.05
_SMALLER = 0.93
_APART = 1.3
"""Times the usual distance of lines from which a paragraph begins."""
_CLOSEST = 0.5
_INDENT = 0.8
"""Widths of a letter from which a line is indented."""
_FURTHEST = 4.0
_SPACE = 0.3
_RAGGED = 0.5
_BLOCK = 4
_REACHING = 0.85
_ENDS = (".", "!", "?", ":", ";", "。", "！", "？", "；", "؟", "।")
_BULLET = re.compile(r"[•●▪◦‣⁃○■□➢➤✓✔❖\uf000-\uf0ff]")
_WEAK_BULLET = re.compile(r"[-*·–—o]")
"""Stands in running text as well: a bullet only with a gap behind it."""
_TAB = 0.55
_CLAUSE = re.compile(
    r"[(\[]?(?:\d{1,3}|[ivxlc]{1,5}|[a-z])[.)\]]+|\d{1,3}(?:\.\d{1,3}){1,4}\.?|§+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Body:
    """How most of a file is set."""

    size: float
    spacing: float
    """Distance of two lines of a paragraph, in sizes of their letters."""


@dataclass(slots=True)
class Paragraph:
    """Lines that are read as one text."""

    lines: list[Line]
    indent: float
    """Of its first line, from the left of its column."""
    right: float
    """Where the lines around it end."""
    body: Body

    @property
    def is_large(self) -> bool:
        """Whether its letters are larger than those of most of the file."""
        return self.lines[0].font.size >= _LARGER * self.body.size

    @property
    def is_small(self) -> bool:
        """Whether its letters are those of a footnote."""
        return self.lines[0].font.size < _SMALLER * self.body.size

    @property
    def is_strong(self) -> bool:
        """Whether all of it is bold."""
        return all(line.font.bold for line in self.lines)

    @property
    def bullet(self) -> bool:
        """Whether it is an item of a list without numbers."""
        return is_bullet(self.lines[0])

    def goes_on(self, line: Line) -> bool:
        """Tell whether a line below the last one belongs to the paragraph."""
        above = self.lines[-1]
        size = above.font.size
        gap = line.y - above.y
        if not (_CLOSEST * size < gap <= _APART * self.body.spacing * size):
            return False
        if not self._is_alike(line) or self._is_new_item(line):
            return False
        if self.is_large:
            return _is_item(above) or _is_below(above, line)
        return not self._ended_early(line) and self._is_flush(line)

    def goes_on_after_break(self, line: Line) -> bool:
        """Tell whether the first line of the next column or page belongs to the paragraph."""
        return (
            self._is_alike(line)
            and not self.is_large
            and not is_bullet(line)
            and _CLAUSE.fullmatch(line.words[0].text) is None
            and not self._ended_early(line)
        )

    def _is_alike(self, line: Line) -> bool:
        above = self.lines[-1]
        sizes = sorted((above.font.size, line.font.size))
        if sizes[1] > _ALIKE * sizes[0]:
            return False
        if line.font.bold == above.font.bold:
            return True
        # Words set in bold amid a paragraph may take up a line of their own.
        if above.font.bold:
            return line.words[0].font.bold or not self._ended_early(line)
        return above.words[-1].font.bold or not above.words[-1].text.endswith(_ENDS)

    def _is_new_item(self, line: Line) -> bool:
        if is_bullet(line):
            return True
        above = self.lines[-1]
        return _CLAUSE.fullmatch(line.words[0].text) is not None and (
            self.is_large
            or above.words[-1].text.endswith(_ENDS)
            or abs(line.left - above.left) > _INDENT * line.font.size
        )

    def _ended_early(self, line: Line) -> bool:
        """Tell whether the next word would have found room on the last line."""
        above, word = self.lines[-1], line.words[0]
        size = above.font.size
        if above.words[-1].text.endswith(("-", *SOFT)) or _reads_leftward(line):
            return False
        # Text without spaces breaks after any letter.
        width = min(word.right - word.left, size if word.text[0] > "\u2e80" else 1000)
        return above.right + _SPACE * size + width < self.right - _RAGGED * size

    def _is_flush(self, line: Line) -> bool:
        above, size = self.lines[-1], line.font.size
        shift = line.left - above.left
        if abs(shift) <= _INDENT * size or _reads_leftward(line):
            return True
        if len(self.lines) > 1:
            return False
        if is_bullet(above):
            return shift > 0
        if _is_item(above):
            return abs(shift) <= _FURTHEST * size
        return -_FURTHEST * size <= shift < 0 or (
            shift > 0 and not above.words[-1].text.endswith(_ENDS)
        )


def is_bullet(line: Line) -> bool:
    """Tell an item of a list without numbers."""
    first, *rest = line.words
    if _BULLET.fullmatch(first.text):
        return True
    if not rest or _WEAK_BULLET.fullmatch(first.text) is None:
        return False
    return rest[0].left - first.right >= _TAB * line.font.size


def _is_item(line: Line) -> bool:
    return is_bullet(line) or _CLAUSE.fullmatch(line.words[0].text) is not None


def _is_below(above: Line, line: Line) -> bool:
    """Tell a heading that is broken, on the left or in the middle, from two of them."""
    size = line.font.size
    shifts = (line.left - above.left, line.left + line.right - above.left - above.right)
    return min(map(abs, shifts)) <= _INDENT * size


def _reads_leftward(line: Line) -> bool:
    return len(line.words) > 1 and line.words[0].left > line.words[-1].left


def paragraphs(lines: Sequence[Line], body: Body) -> list[Paragraph]:
    """Group the lines of one column."""
    found: list[Paragraph] = []
    left = min(line.left for line in lines)
    right = max(line.right for line in lines)
    for block in _blocks(lines, body):
        edge = _right_edge(block, left, right)
        for number, line in enumerate(block):
            if number and found[-1].goes_on(line):
                found[-1].lines.append(line)
            else:
                found.append(Paragraph([line], line.left - left, edge, body))
    return found


def _blocks(lines: Sequence[Line], body: Body) -> Iterator[list[Line]]:
    """Cut lines at the gaps that are wider than those inside a paragraph."""
    block = [lines[0]]
    for above, line in pairwise(lines):
        if line.y - above.y > _APART * body.spacing * above.font.size:
            yield block
            block = []
        block.append(line)
    yield block


def _right_edge(block: Sequence[Line], left: float, right: float) -> float:
    """Return where lines are broken: the end of the column, or of a block narrower than that."""
    own = max(line.right for line in block)
    usual = median(line.right for line in block)
    is_set = len(block) >= _BLOCK and usual - left >= _REACHING * (own - left)
    return own if is_set else right
