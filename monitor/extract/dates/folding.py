"""Folds text for matching: a character in, a character out, so positions stay those of the page."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_ALIKE = {
    character: plain
    for plain, characters in {
        "-": "‐‑‒–—―−﹣",
        "'": "’‘ʼ´`′ʻ",
        ":": "：﹕׃",
        ",": "，、،",
        "/": "／⁄∕",
        "i": "ı",
        "l": "ł",
        "d": "đ",
        "o": "ø",
        "σ": "ς",
        "ي": "یى",
        "ك": "ک",
    }.items()
    for character in characters
}
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_STRIPPED = (range(0x0530), range(0x0600, 0x0700), range(0x1E00, 0x2000))
"""Latin, Greek, Cyrillic and Arabic: elsewhere a mark is part of the letter."""


class _Folds(dict[int, str]):
    """Folded form by code point, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold(chr(code))
        return folded


def _fold(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character.isspace():
        return " "
    if ord(character) in _FULL_WIDTH:
        character = chr(ord(character) - 0xFEE0)
    lower = character.lower()[0]
    lower = _ALIKE.get(lower, lower)
    if any(ord(lower) in block for block in _STRIPPED):
        return unicodedata.normalize("NFD", lower)[0]
    return lower


_FOLDS = _Folds()


def visible(text: str) -> str:
    """Drop characters without width: they part words where no reader sees a gap."""
    return _INVISIBLE.sub("", text) if _INVISIBLE.search(text) else text


def fold(text: str) -> str:
    """Lower the case, drop accents, make digits ASCII; positions stay the same."""
    return text.translate(_FOLDS)
