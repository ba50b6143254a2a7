"""Whether a difference looks like another page rather than another wording."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.compare.blocks import Group, Lines
    from monitor.model import Document

SHINGLE = 4
UNRELATED = 0.015
"""Share of four-word sequences in common below which two texts have nothing to do with another."""


def doubt(old: Document, new: Document, lines: Lines, groups: Sequence[Group]) -> str:
    """Return why the new text may not be a new wording of the old one; empty where it is."""
    words_old = lines.old_words(0, len(lines.old)).split()
    words_new = lines.new_words(0, len(lines.new)).split()
    if not words_old or not words_new:
        return "no text" if not words_new else "text where there was none"
    shared = _shared(words_old, words_new)
    if shared < UNRELATED:
        if old.language and new.language and old.language[:2] != new.language[:2]:
            return f"another language: {new.language} instead of {old.language}"
        return "unrelated text"
    return ""


def _shared(old: list[str], new: list[str]) -> float:
    """Return the share of word sequences that both texts have, of the smaller text's."""
    here, there = _shingles(old), _shingles(new)
    return len(here & there) / max(1, min(len(here), len(there)))


def _shingles(words: list[str]) -> set[tuple[str, ...]]:
    if len(words) < SHINGLE:
        return {tuple(words)}
    return set(zip(*(words[at:] for at in range(SHINGLE)), strict=False))


def clear(lines: Lines, groups: Sequence[Group]) -> bool:
    """Whether every difference is an edit inside a sentence of a page otherwise alike."""
    changed = 0
    for group in groups:
        if not group.replaces:
            return False
        changed += len(lines.old_words(group.old_start, group.old_stop))
    return changed <= 0.1 * sum(map(len, lines.old))
