"""Lists of words as one pattern that finds any of them in a single pass."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]")
_ATOMS = {" ": r"\s+", "*": r"[^\W\d_]*"}
_NOTHING = re.compile(r"(?!)")

_Trie = dict[str, "_Trie"]
_END = ""


def compiled(words: Iterable[str]) -> re.Pattern[str]:
    """Compile words into one pattern; whole words, the longest, where the script parts them."""
    return _compiled(tuple(dict.fromkeys(word.casefold() for word in words)))


@lru_cache(maxsize=4096)
def _compiled(words: tuple[str, ...]) -> re.Pattern[str]:
    loose = [word for word in words if _UNSPACED.search(word)]
    spaced = [word for word in words if not _UNSPACED.search(word)]
    forms = [(r"(?<!\w)", True), ("", False)]
    parts = []
    for start, opens in forms:
        for end, closes in ((r"(?!\w)", True), ("", False)):
            chosen = [
                word
                for word in spaced
                if _is_word(word[0]) == opens and _is_word(word[-1]) == closes
            ]
            if chosen:
                parts.append(f"{start}{_alternatives(_trie(chosen), end)}")
    if loose:
        parts.append(_alternatives(_trie(loose), ""))
    return re.compile("|".join(parts), re.IGNORECASE) if parts else _NOTHING


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "*"


def _trie(words: Iterable[str]) -> _Trie:
    root: _Trie = {}
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(_ATOMS.get(character) or re.escape(character), {})
        node[_END] = {}
    return root


def _alternatives(node: _Trie, end: str) -> str:
    """Write a trie as a pattern; what goes on is tried before what ends here."""
    branches = []
    for atom, below in node.items():
        if atom != _END:
            branches.append(f"{atom}{_alternatives(below, end)}")
    if _END in node:
        branches.append(end)
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
