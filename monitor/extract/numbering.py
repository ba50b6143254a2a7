"""The numbers that a browser draws before list items, and that no markup holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.extract.tree import Node

BULLET = "-"
_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*?\b(none|(?:lower|upper)-(?:alpha|latin|roman))")
_TYPES = {
    "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman",
    "lower-latin": "lower-alpha", "upper-latin": "upper-alpha",
}  # fmt: skip
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LARGEST = 3999


class Numbering:
    """Counts the items of one list."""

    def __init__(self, of: Node) -> None:
        styled = _STYLE.search(of.get("style"))
        kind = of.get("type")
        self._style = styled[1] if styled else _TYPES.get(kind, kind)
        self._style = _TYPES.get(self._style, self._style)
        self._ordered = of.tag == "ol" and self._style != "none"
        self._step = -1 if "reversed" in of.attributes else 1
        items = sum(1 for child in of.elements if child.tag == "li") if self._step < 0 else 1
        self._next = _number(of.get("start"), items)

    def marker(self, item: Node) -> str:
        """Return what stands before `item`, and count it."""
        if not self._ordered:
            return BULLET
        number = _number(item.get("value"), self._next)
        self._next = number + self._step
        return f"{_written(number, self._style)}."


def _number(text: str, default: int) -> int:
    text = text.strip()
    return int(text) if text.lstrip("-").isdecimal() and len(text) < len("1000000") else default


def _written(number: int, style: str) -> str:
    if style.endswith("alpha") and number > 0:
        letters = ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord("a") + rest) + letters
        return letters if style.startswith("lower") else letters.upper()
    if style.endswith("roman") and 0 < number <= _LARGEST:
        letters = ""
        for value, numeral in _ROMAN:
            count, number = divmod(number, value)
            letters += numeral * count
        return letters if style.startswith("lower") else letters.upper()
    return str(number)
