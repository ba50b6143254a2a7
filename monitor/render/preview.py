"""Writes how a page is read as a page: its sections, its dates where they stand, what was left out.

Everything in it comes from a stranger's page and is shown as text; nothing is loaded or run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.render.html import environment
from monitor.render.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.model import Candidate, Document

_ITEM = re.compile(r"( *)(-|[^\s]{1,12}[.)]|\([^\s)]{1,6}\)) (?=\S)")
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a line, and the date they state, if they do."""

    text: str
    date: Candidate | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document as it is shown."""

    form: str
    """``heading``, ``item``, ``numbered``, ``row`` or ``text``."""
    depth: int
    """Of a heading 2 to 6, of an item its indentation from 0."""
    pieces: tuple[Piece, ...]


def preview(document: Document, *, address: str = "") -> str:
    """Write a document as a page that stands alone: text, dates with evidence, parts left out."""
    return (
        environment()
        .get_template("preview.html")
        .render(
            document=document,
            title=one_line(document.title) or "(no title)",
            address=one_line(address, 300),
            words=len(document.text.split()),
            lines=tuple(lines(document)),
        )
    )


def lines(document: Document) -> Iterator[Line]:
    """Yield the lines of a document with the dates that were seen in each of them."""
    headings = {section.line: section.level for section in document.sections if section.heading}
    seen: dict[int, list[Candidate]] = {}
    for candidate in document.dates.candidates:
        if candidate.date.line is not None:
            seen.setdefault(candidate.date.line, []).append(candidate)
    for number, text in enumerate(document.lines):
        dates = seen.get(number, [])
        if number in headings:
            depth = min(_DEEPEST, headings[number] + 1)
            yield Line("heading", depth, tuple(_pieces(text.lstrip("# "), dates)))
        elif text.startswith("| ") and text.endswith(" |"):
            yield Line("row", 0, tuple(_pieces(text[2:-2], dates)))
        elif item := _ITEM.match(text):
            bullet = item[2] == "-"
            shown = text[item.end() if bullet else len(item[1]) :]
            form = "item" if bullet else "numbered"
            yield Line(form, len(item[1]) // 2, tuple(_pieces(shown, dates)))
        else:
            yield Line("text", 0, tuple(_pieces(text, dates)))


def _pieces(text: str, dates: Sequence[Candidate]) -> Iterator[Piece]:
    """Cut a line at the words that state dates; a chosen one wins where they overlap."""
    spans: list[tuple[int, int, Candidate]] = []
    for candidate in sorted(dates, key=lambda candidate: not candidate.chosen):
        start = text.find(candidate.date.evidence)
        end = start + len(candidate.date.evidence)
        if start >= 0 and all(end <= first or start >= last for first, last, _ in spans):
            spans.append((start, end, candidate))
    place = 0
    for start, end, candidate in sorted(spans, key=lambda span: span[0]):
        if start > place:
            yield Piece(text[place:start])
        yield Piece(text[start:end], candidate)
        place = end
    if place < len(text) or not text:
        yield Piece(text[place:])
