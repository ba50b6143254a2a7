"""Writes a document as Markdown: its own lines, so that a diff of two shows what changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.render.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.model import Document

_ROW = re.compile(r"\| .* \|")
_ITEM = re.compile(r" *(?:-|[^\s]{1,12}[.)]|\([^\s)]{1,6}\)) \S")
_ACTIVE = re.compile(r"[<\\`]|!(?=\[)|(?<=\])(?=\()|^(?=(?:---|===|~~~))")
"""What Markdown, and the HTML it lets through, would make something of: shown, never run."""


def markdown(document: Document) -> str:
    """Write all of a document, one block a line."""
    lines = [_ACTIVE.sub(lambda found: f"\\{found[0]}", visible(line)) for line in document.lines]
    return "".join(f"{line}\n" for line in _spaced(lines))


def _spaced(lines: Sequence[str]) -> Iterator[str]:
    """Put blank lines where Markdown needs them, and the rule under the head of a table."""
    before = ""
    for line in lines:
        form = _form(line)
        if before and not (form == before and form != "text"):
            yield ""
        yield line
        if form == "row" and before != "row":
            yield "|" + " --- |" * (line.count(" | ") + 1)
        before = form


def _form(line: str) -> str:
    if _ROW.fullmatch(line):
        return "row"
    return "item" if _ITEM.match(line) else "text"
