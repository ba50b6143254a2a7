"""What stands on one page of a PDF: words and drawn lines, each at its place.

Places are in points from the upper left corner of the page, as people hold it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Font(NamedTuple):
    """How a stretch of text is set."""

    size: float
    bold: bool


class Word(NamedTuple):
    """Letters without a space between them."""

    text: str
    left: float
    right: float
    y: float
    """Of the line the letters stand on."""
    font: Font


class Rule(NamedTuple):
    """A line drawn across or down the page, as around the cells of a table."""

    start: float
    end: float
    """From left to right, or from top to bottom."""
    at: float
    """How far down a line across stands, or how far from the left a line down."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page."""

    height: float
    words: tuple[Word, ...]
    """In the order in which the file draws them, which is mostly that of reading."""
    across: tuple[Rule, ...] = ()
    down: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Upright:
    """Turns a page until its text reads from left to right and from top to bottom."""

    turn: int
    """Quarter turns, against the clock, by which the text is turned on the page."""
    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """Of the page as it is read."""
        return self.top - self.bottom if self.turn % 2 else self.right - self.left

    @property
    def height(self) -> float:
        """Of the page as it is read."""
        return self.right - self.left if self.turn % 2 else self.top - self.bottom

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the page comes to lie."""
        if self.turn == 0:
            return x - self.left, self.top - y
        if self.turn == 1:
            return y - self.bottom, x - self.left
        if self.turn == 2:  # noqa: PLR2004 - of four
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def shows(self, left: float, right: float, y: float) -> bool:
        """Tell whether a place is on the page, and not in the margin that is cut off."""
        return 0 <= y <= self.height and right >= 0 and left <= self.width
