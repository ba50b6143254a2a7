"""Lays the lines of a document out as blocks: headings, paragraphs, lists, tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_HEADING = re.compile(r"(#{1,6}) +(.*)")
_ITEM = re.compile(r"( *)[-*•] +(.*)")
_CELLS = re.compile(r"(?<!\\)\|")

Kind = Literal["heading", "text", "items", "rows"]


@dataclass(frozen=True, slots=True)
class Block:
    """One or more lines that belong together."""

    kind: Kind
    line: int
    """Index of the first into the document's lines."""
    lines: tuple[str, ...]
    """Without the marks of headings and items."""
    level: int = 0
    """Of a heading: 1 is the outermost."""

    @property
    def cells(self) -> tuple[tuple[str, ...], ...]:
        """The cells of each row."""
        rows = (_CELLS.split(line.strip().strip("|")) for line in self.lines)
        return tuple(tuple(cell.strip() for cell in row) for row in rows)


def blocks(lines: Sequence[str], apart: Sequence[object] = ()) -> tuple[Block, ...]:
    """Return the blocks of a document in order; empty lines belong to none.

    Lines for which `apart` says something else are never in one block.
    """
    single = (_single(line, at) for at, line in enumerate(lines) if line.strip())
    return tuple(_joined(single, apart or (None,) * len(lines)))


def _single(line: str, at: int) -> Block:
    if found := _HEADING.match(line):
        return Block("heading", at, (found[2],), len(found[1]))
    if found := _ITEM.match(line):
        return Block("items", at, (found[2],), len(found[1]))
    if line.startswith("| ") and line.rstrip().endswith("|"):
        return Block("rows", at, (line,))
    return Block("text", at, (line,))


def _joined(found: Iterable[Block], apart: Sequence[object]) -> Iterator[Block]:
    last: Block | None = None
    for block in found:
        alike = last is not None and block.kind == last.kind and block.kind in {"items", "rows"}
        if last is not None and alike and apart[last.line] == apart[block.line]:
            last = Block(last.kind, last.line, (*last.lines, *block.lines), last.level)
            continue
        if last is not None:
            yield last
        last = block
    if last is not None:
        yield last
