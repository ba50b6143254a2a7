"""A block: one paragraph, heading, item or row of the page, in reading order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["heading", "text", "item", "row", "term", "code"]


@dataclass(frozen=True, slots=True)
class Block:
    """One line-to-be of a document, before it is written with its marker."""

    kind: BlockKind
    text: str
    """Normalised words of the block, without marker; cells of a row separated by `` | ``."""
    level: int = 0
    """Of a heading 1 to 6; of an item its depth from 0."""
    marker: str = ""
    """What stands before an item or a numbered clause: ``-``, ``1.``, ``(a)``."""
    linked: float = 0.0
    """Share of the characters that stand inside links, 0 to 1."""
    strong: bool = False
    """Whether all of its words are bold, as in a heading that is not marked up as one."""

    @property
    def line(self) -> str:
        """The block as it is written in a document."""
        if self.kind == "heading":
            return f"{'#' * self.level} {self.text}"
        if self.kind == "item":
            return f"{'  ' * self.level}{self.marker} {self.text}"
        if self.kind == "row":
            return f"| {self.text} |"
        return self.text
