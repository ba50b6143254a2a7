"""Blocks to sections: which lines are headings, and how they nest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.model import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.extract.block import Block


def sections(blocks: Sequence[Block]) -> tuple[Section, ...]:
    """Cut blocks into sections at their headings; sections partition the lines."""
    found: list[Section] = []
    path: list[tuple[int, str]] = []
    start = 0
    for index in range(len(blocks) + 1):
        if index < len(blocks) and blocks[index].kind != "heading":
            continue
        if index > start or index == len(blocks) > start:
            found.append(_section(blocks[start:index], start, path))
        start = index
        if index < len(blocks):
            block = blocks[index]
            while path and path[-1][0] >= block.level:
                path.pop()
            path.append((block.level, block.text))
    return tuple(found)


def _section(blocks: Sequence[Block], start: int, path: list[tuple[int, str]]) -> Section:
    heading = blocks[0].text if blocks[0].kind == "heading" else ""
    body = "\n".join(block.line for block in blocks[bool(heading) :])
    return Section(tuple(text for _, text in path), heading, body, start, len(path))
