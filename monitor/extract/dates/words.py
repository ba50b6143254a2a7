"""Patterns that match any of many words at the cost of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_Node = dict[str, "_Node"]
_END = ""
_OPEN = "*"
"""In a word of a list: letters may follow."""


def trie(words: Iterable[str]) -> str:
    """Compose a pattern that finds the longest of the words; ``*`` in a word stands for letters."""
    root: _Node = {}
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[_END] = {}
    return _pattern(root)


def _pattern(node: _Node) -> str:
    branches = [
        _character(character) + _pattern(node[character])
        for character in sorted(node)
        if character not in (_END, _OPEN)
    ]
    if _OPEN in node:
        branches.append(_character(_OPEN) + _pattern(node[_OPEN]))
    if _END in node:
        branches.append("")
    if len(branches) == 1:
        return branches[0]
    return f"(?:{'|'.join(branches)})"


def _character(character: str) -> str:
    if character == _OPEN:
        return r"[^\W\d_]*"
    # Letters need no escape, and asking `re.escape` for each costs as much as all the rest.
    return character if character.isalnum() else re.escape(character)
