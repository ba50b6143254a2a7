"""Words as they are searched for, the same in every database: without case, marks and spaces.

Scripts that write without spaces are cut into pairs of letters that overlap, so that any part of a
word is found; a single letter finds every pair it begins.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 64
"""Letters of a word that count."""
MOST = 20_000
"""Different words of one passage that are searched; more are no text."""

_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3041-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
_WORD = re.compile(f"[{_SPACELESS}]+|[^\\W_{_SPACELESS}]+")
_SPACELESS_FIRST = re.compile(f"[{_SPACELESS}]")
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
_TERM = re.compile(r'"([^"]*)"?|(\S+)')


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to search for: words that stand side by side."""

    tokens: tuple[str, ...]
    prefix: bool = False
    """Whether the last of them may go on."""

    def stands_in(self, text: str) -> bool:
        """Tell whether the words stand side by side in a passage that holds each of them."""
        length = len(self.tokens)
        if length == 1:
            return True
        found = [token for word in _WORD.findall(folded(text)) for token in _cut(word)]
        return any(
            self._fits(found[place : place + length]) for place in range(len(found) - length + 1)
        )

    def _fits(self, found: list[str]) -> bool:
        if self.prefix:
            return found[:-1] == list(self.tokens[:-1]) and found[-1].startswith(self.tokens[-1])
        return found == list(self.tokens)


def tokens(text: str) -> list[str]:
    """Return what a text is found by."""
    found: dict[str, None] = {}
    for word in _WORD.findall(folded(text)):
        found |= dict.fromkeys(_cut(word))
        if _SPACELESS_FIRST.match(word):
            found[word[-1]] = None
    return list(found)[:MOST]


def terms(words: str) -> tuple[Term, ...]:
    """Read what somebody searches for: words, ``"words side by side"`` and ``begin*``."""
    found = []
    for quoted, plain in _TERM.findall(words):
        parts = _WORD.findall(folded(quoted or plain))
        if parts:
            single = len(parts[-1]) == 1 and bool(_SPACELESS_FIRST.match(parts[-1]))
            cut = tuple(token for part in parts for token in _cut(part))
            found.append(Term(cut, prefix=single or plain.endswith("*")))
    return tuple(found)


def folded(text: str) -> str:
    """Take case, accents and variant forms out of a text."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKC", _MARKS.sub("", plain))


def _cut(word: str) -> list[str]:
    if len(word) > 1 and _SPACELESS_FIRST.match(word):
        return [word[place : place + 2] for place in range(len(word) - 1)]
    return [word[:LONGEST]]
