"""Words to lines: what stands side by side, close enough to be read in one go."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from monitor.extract.pdf.sheet import Font

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.extract.pdf.ruled import Ruled
    from monitor.extract.pdf.sheet import Word

_LABEL = re.compile(
    r"[-*•·●▪–—◦‣⁃○■□➢➤✓✔❖o\uf000-\uf0ff]"
    r"|[(\[]?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[ivxlc]{1,5}|[a-z])[.)\]:]*|§+",
    re.IGNORECASE,
)
"""What stands before an item or a clause, often with a wide gap behind it."""
_WIDE = 1.0
"""Widths of a letter from which a gap between words may part columns or cells."""
_UNEVEN = 1.8
"""Times the usual gap of its row from which it does."""
_SURE = 2.0
"""Widths of a letter from which it does in any row."""
_CLOSE = 0.7
"""Widths of a letter within which words join that were not drawn one after the other."""
_FAR = 6.0
"""Widths of a letter behind which nothing belongs to a word, not even to the mark of an item."""
_LEVEL = 0.3
"""Part of the size of letters by which they may stand off the line."""
_RAISED = 0.6
_MARK = 0.85
"""Part of the size of a text that the mark of a footnote in it has."""
_NEAR = 0.2
_BAND = 8.0


@dataclass(slots=True)
class Line:
    """Words side by side, in the order of reading."""

    words: list[Word]
    left: float
    right: float
    y: float
    font: Font
    """Of most of its letters; bold where all of them are."""
    table: Ruled | None = None
    """The table for which the line stands."""

    @property
    def text(self) -> str:
        """The words with single spaces, a hyphen at the end as pdfium left it."""
        return " ".join(word.text for word in self.words)


def lines(words: Iterable[Word], tables: Iterable[Ruled] = ()) -> list[Line]:
    """Join words into lines; columns and cells of tables stay apart.

    Each drawn table takes the place of one line.
    """
    found = [*_joined(_runs(words)), *map(_place, tables)]
    return sorted(found, key=lambda line: (line.y, line.left))


def _place(table: Ruled) -> Line:
    first = next(word for row in table.rows for cell in row for word in cell)
    return Line([first], table.left, table.right, table.bottom, first.font, table)


def _runs(words: Iterable[Word]) -> Iterator[list[Word]]:
    """Cut the words, in the order they were drawn, where one does not stand by the one before."""
    row: list[Word] = []
    for word in words:
        if row and not _follows(row[-1], word):
            yield from _parted(row)
            row = []
        row.append(word)
    if row:
        yield from _parted(row)


def _parted(row: list[Word]) -> Iterator[list[Word]]:
    """Cut a row at its wide gaps: in justified text, all gaps of a row may be wide alike."""
    gaps = [max(0.0, word.left - before.right) for before, word in pairwise(row)]
    if gaps and _is_label(row[:1]):
        gaps[0] = 0.0
    size = row[0].font.size
    if not gaps or max(gaps) < _WIDE * size:
        yield row
        return
    usual = sorted(gaps)[(len(gaps) - 1) // 2] if len(gaps) > 1 else 0.0
    least = min(max(_WIDE * size, _UNEVEN * usual), _SURE * size)
    start = 0
    for number, gap in enumerate(gaps, 1):
        if gap >= least:
            yield row[start:number]
            start = number
    yield row[start:]


def _is_label(words: Sequence[Word]) -> bool:
    return len(words) == 1 and _LABEL.fullmatch(words[0].text) is not None


def _follows(before: Word, word: Word) -> bool:
    size = max(before.font.size, word.font.size)
    if abs(word.y - before.y) > _LEVEL * size:
        return False
    if -_LEVEL * size <= word.left - before.right <= _FAR * size:
        return True
    return _reads_leftward(word.text) and -_LEVEL * size <= before.left - word.right <= size


def _reads_leftward(text: str) -> bool:
    return not text.isascii() and any("\u0590" <= letter <= "\u08ff" for letter in text)


def _joined(runs: Iterable[list[Word]]) -> Iterator[Line]:
    """Join runs that were not drawn one after the other, and raised letters to their word."""
    bands: dict[int, list[Line]] = defaultdict(list)
    for line in sorted(map(_line, runs), key=lambda line: line.left):
        band = int(line.y // _BAND)
        near = (other for number in (band, band - 1, band + 1) for other in bands[number])
        if (into := next((other for other in near if _adjoins(other, line)), None)) is None:
            bands[band].append(line)
        else:
            into.words += line.words
            into.right = max(into.right, line.right)
            into.font = _main_font(into.words)
    for band_lines in bands.values():
        yield from band_lines


def _adjoins(before: Line, line: Line) -> bool:
    size = max(before.font.size, line.font.size)
    raised = min(before.font.size, line.font.size) < _MARK * size
    gap = _FAR if _is_label(before.words) else _NEAR if raised else _CLOSE
    level = _RAISED if raised else _LEVEL
    return abs(line.y - before.y) <= level * size and (
        -_LEVEL * size <= line.left - before.right <= gap * size
    )


def _line(run: list[Word]) -> Line:
    left, right = min(word.left for word in run), max(word.right for word in run)
    return Line(run, left, right, run[0].y, _main_font(run))


def _main_font(words: Sequence[Word]) -> Font:
    first = words[0].font
    if all(word.font == first for word in words):
        return first
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[word.font.size] += len(word.text)
    lettered = [word for word in words if word.text.isalnum()] or words
    return Font(sizes.most_common(1)[0][0], all(word.font.bold for word in lettered))


def rejoined(found: Iterable[Line]) -> list[Line]:
    """Join what a wide gap parted at one height, where no column or table is there to part it."""
    kept: list[Line] = []
    for line in found:
        last = kept[-1] if kept else None
        if (
            last is not None
            and _is_level(last, line)
            and (0 <= line.left - last.right <= _FAR * line.font.size)
        ):
            words = last.words + line.words
            kept[-1] = Line(words, last.left, line.right, last.y, _main_font(words))
        else:
            kept.append(line)
    return kept


def _is_level(above: Line, line: Line) -> bool:
    return abs(line.y - above.y) <= _LEVEL * line.font.size


@dataclass(slots=True)
class Band:
    """Lines at one height of the page, from left to right."""

    y: float
    lines: list[Line] = field(default_factory=list)


def bands(found: Sequence[Line]) -> list[Band]:
    """Group lines, sorted from the top, by the height they stand at."""
    grouped: list[Band] = []
    for line in found:
        if not grouped or line.y - grouped[-1].y > max(2.0, _LEVEL * line.font.size):
            grouped.append(Band(line.y))
        grouped[-1].lines.append(line)
    for band in grouped:
        band.lines.sort(key=lambda line: line.left)
    return grouped
