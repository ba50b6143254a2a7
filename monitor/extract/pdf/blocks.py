"""Pages in the order of reading to blocks: headings, paragraphs, items and rows."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from monitor.extract.block import Block
from monitor.extract.pdf.grid import Grid
from monitor.extract.pdf.hyphen import running_text
from monitor.extract.pdf.paragraph import Body, Paragraph, paragraphs
from monitor.extract.text import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.extract.pdf.hyphen import Vocabulary
    from monitor.extract.pdf.layout import Column
    from monitor.extract.pdf.line import Line

_LONGEST_HEADING = 250
_LONGEST_SENTENCE = 120
_LEVELS = 6
_ALIKE = 1.05
_STEP = 6.0
"""Points by which an item stands further in than the one it belongs to."""
_DEEPEST = 5
_NOTES = 4
"""Footnotes that may stand between the two parts of a paragraph."""
_SPACINGS = (0.9, 2.6)
_USUAL_SPACING = 1.2
_FIRST = re.compile(r"\S+\s*")
"""The bullet of an item."""


def body_of(pieces: Sequence[Column | Grid]) -> Body:
    """Find how most of a file is set."""
    lines = [line for piece in pieces for line in _lines(piece)]
    letters: Counter[float] = Counter()
    for line in lines:
        letters[line.font.size] += sum(len(word.text) for word in line.words)
    size = letters.most_common(1)[0][0] if letters else 0.0
    found = [
        (below.y - above.y) / size
        for piece in pieces
        if not isinstance(piece, Grid)
        for above, below in pairwise(piece.lines)
        if above.font.size == below.font.size == size
        and _SPACINGS[0] <= (below.y - above.y) / size <= _SPACINGS[1]
    ]
    return Body(size, median(found) if found else _USUAL_SPACING)


def _lines(piece: Column | Grid) -> Iterator[Line]:
    if isinstance(piece, Grid):
        yield from (line for row in piece.rows for cell in row for line in cell)
    else:
        yield from piece.lines


def to_blocks(pieces: Sequence[Column | Grid], vocabulary: Vocabulary) -> list[Block]:
    """Write pieces, in the order of reading, as blocks."""
    parts = _parts(pieces, body_of(pieces))
    levels = _levels([part for part in parts if isinstance(part, Paragraph)])
    depths: list[float] = []
    blocks: list[Block] = []
    for part in parts:
        if isinstance(part, Grid):
            blocks += _rows(part, blocks, vocabulary)
        elif text := normalise(running_text([line.text for line in part.lines], vocabulary)):
            blocks.append(_block(part, text, levels, depths))
    return blocks


def _parts(pieces: Sequence[Column | Grid], body: Body) -> list[Paragraph | Grid]:
    """Cut columns into paragraphs, and put together those that a column or page broke."""
    parts: list[Paragraph | Grid] = []
    for piece in pieces:
        if isinstance(piece, Grid):
            parts.append(piece)
            continue
        found = paragraphs(piece.lines, body)
        broken = _broken(parts)
        if broken is not None and broken.goes_on_after_break(found[0].lines[0]):
            broken.lines += found.pop(0).lines
            broken.right = max(line.right for line in broken.lines)
        parts += found
    return parts


def _broken(parts: Sequence[Paragraph | Grid]) -> Paragraph | None:
    """Return the last paragraph that is no footnote."""
    for part in reversed(parts[-_NOTES:]):
        if isinstance(part, Grid):
            return None
        if not part.is_small:
            return part
    return None


def _levels(found: Sequence[Paragraph]) -> dict[float, int]:
    """Rank the sizes of headings; sizes that are hard to tell apart are one level."""
    levels: dict[float, int] = {}
    level, before = 0, 0.0
    for size in sorted({part.lines[0].font.size for part in found if part.is_large}, reverse=True):
        if not level or before > _ALIKE * size:
            level, before = level + 1, size
        levels[size] = min(level, _LEVELS)
    return levels


def _block(part: Paragraph, text: str, levels: dict[float, int], depths: list[float]) -> Block:
    if part.bullet:
        item = _FIRST.sub("", part.lines[0].text and text, count=1)
        return Block("item", item or text, _depth(depths, part.indent), "-")
    if part.is_large and _is_title(text):
        return Block("heading", text, levels[part.lines[0].font.size])
    return Block("text", text, strong=part.is_strong)


def _is_title(text: str) -> bool:
    sentence = text.endswith(".") and len(text) > _LONGEST_SENTENCE
    return len(text) <= _LONGEST_HEADING and not sentence and any(map(str.isalpha, text))


def _depth(depths: list[float], indent: float) -> int:
    while depths and indent < depths[-1] - _STEP:
        depths.pop()
    if not depths or indent > depths[-1] + _STEP:
        depths.append(indent)
    return min(len(depths) - 1, _DEEPEST)


def _rows(grid: Grid, before: Sequence[Block], vocabulary: Vocabulary) -> Iterator[Block]:
    """Write a table; a heading that is repeated on the next page is written once."""
    above = [block for block in before[-1:] if block.kind == "row"]
    for row in grid.rows:
        cells = (running_text([line.text for line in cell], vocabulary) for cell in row)
        block = Block("row", " | ".join(map(normalise, cells)))
        if above and any(block == known for known in before if known.kind == "row"):
            above = []
            continue
        yield block
