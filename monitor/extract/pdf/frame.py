"""What stands around the text of every page: running heads, page numbers, tables of contents."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.extract.pdf.line import Line
    from monitor.extract.pdf.sheet import Font

_MARGIN = 0.13
"""Part of the height of a page, above and below, where running heads stand."""
_OUTERMOST = 4
"""Lines of a margin that are looked at, from the edge."""
_SHARE = 0.3
_ENOUGH = 3
"""Part of the pages on which a running head appears, and the number that is enough."""
_HEIGHT = 3.0
"""Points within which two lines stand at the same height."""
_NUMBER = re.compile(r"(?<!\d)\d{1,4}(?!\d)")
_APART = 3.0
"""Sizes of its letters by which a running head stands off the text."""
_LEADER = re.compile(r"(?:[.․…·_]\s*){4,}\s*\d{1,4}\s*$")
_FEWEST_ENTRIES = 3


def cut_frame(
    pages: Sequence[tuple[float, list[Line]]],
) -> tuple[list[list[Line]], list[str]]:
    """Leave out running heads and page numbers; return the pages, and the texts left out.

    Args:
        pages: The height of each, and its lines from the top.

    """
    edges = [_edge_lines(height, lines) for height, lines in pages]
    keys = [{key for line in edge for key in _keys(line, at)} for at, edge in enumerate(edges)]
    seen = Counter(key for found in keys for key in found)
    least = max(2, min(_ENOUGH, _SHARE * len(pages)))
    slots = {slot for (_, slot), number in seen.items() if number >= least}
    kept: list[list[Line]] = []
    cut: list[str] = []
    for (_, lines), edge in zip(pages, edges, strict=True):
        out = {id(line) for line in edge if _slot(line) in slots}
        if len(pages) == 1:
            out |= {id(line) for line in edge if _stands_apart(line, lines)}
        kept.append([line for line in lines if id(line) not in out])
        cut += [line.text for line in lines if id(line) in out]
    return kept, list(dict.fromkeys(cut))


def _edge_lines(height: float, lines: Sequence[Line]) -> list[Line]:
    above = [line for line in lines if line.y < _MARGIN * height][:_OUTERMOST]
    below = [line for line in lines if line.y > (1 - _MARGIN) * height][-_OUTERMOST:]
    return above + below


def _stands_apart(line: Line, lines: Sequence[Line]) -> bool:
    """Tell a running head of a single page: smaller than the text, and away from it."""
    sizes = Counter[float]()
    for other in lines:
        sizes[other.font.size] += len(other.words)
    usual = sizes.most_common(1)[0][0]
    text = [other for other in lines if other.font.size >= usual]
    gap = min(abs(line.y - other.y) for other in text)
    return line.font.size < usual and gap > _APART * line.font.size


def _keys(line: Line, page: int) -> Iterator[tuple[str, tuple[int, Font]]]:
    """Yield what a line has in common with its like on other pages.

    That is its words, or its words but for a number that counts the pages: the headings of
    chapters that pages begin with are alike but for their numbers, too, and those go on as they
    will.
    """
    text, slot = line.text.casefold(), _slot(line)
    yield text, slot
    for found in _NUMBER.finditer(text):
        counted = f"{text[: found.start()]}#{int(found[0]) - page}{text[found.end() :]}"
        yield counted, slot


def _slot(line: Line) -> tuple[int, Font]:
    # Heads that name a chapter differ from page to page, and stand where the others do. The text
    # of a page may begin with the words of a head, though not at the same height.
    return round(line.y / _HEIGHT), line.font


def cut_contents(pages: Sequence[list[Line]]) -> tuple[list[list[Line]], list[str]]:
    """Leave out a table of contents: lines that end in dots and the number of a page."""
    entries = {id(line) for lines in pages for line in lines if _is_entry(line)}
    if len(entries) < _FEWEST_ENTRIES:
        return list(pages), []
    kept = [[line for line in lines if id(line) not in entries] for lines in pages]
    return kept, [line.text for lines in pages for line in lines if id(line) in entries]


def _is_entry(line: Line) -> bool:
    return line.words[-1].text[-1:].isdigit() and _LEADER.search(line.text) is not None
