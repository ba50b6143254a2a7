"""Plain text to blocks: paragraphs are joined again, items and titles are told apart."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median

from monitor.errors import ExtractError
from monitor.extract.block import Block
from monitor.extract.text import clean, normalise

_ITEM = re.compile(r"(?P<marker>[-*•·●▪–◦‣⁃○■□➢✓o])[ \t]+(?=\S)")
_BULLETS = re.compile(r"[-*•·●▪◦‣⁃○■□➢✓]\s*")
_RULE = re.compile(r"[\s=\-_*~#]{3,}")
_WRAPPED = 100
"""Lines of wrapped text are at most this long."""
_WRAP_LEAST = 45
MAX_LINES = 150_000
"""As many as a page may have tags: what reads, compares and searches them takes its time."""


def blocks(text: str) -> list[Block]:
    """Split text at blank lines, and at line ends where its lines are not wrapped.

    Raises:
        ExtractError: ``too_large``, where it has more lines than any policy.

    """
    lines = clean(text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")).split("\n")
    if len(lines) > MAX_LINES:
        raise ExtractError("too_large", f"the text has over {MAX_LINES:,} lines")
    if _is_wrapped(lines):
        lines = _unwrap(lines)
    return [block for line in lines if (block := _block(line)) is not None]


def _block(line: str) -> Block | None:
    text = normalise(line)
    if not text or _RULE.fullmatch(text):
        return None
    found = _ITEM.match(text)
    if found is None:
        return Block("text", text)
    indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
    return Block("item", text[found.end() :], min(5, indent // 2), "-")


def _is_wrapped(lines: list[str]) -> bool:
    """Tell hard-wrapped text: long lines are alike in length, and sentences run over their ends."""
    long = [len(line.rstrip()) for line in lines if len(line.rstrip()) >= _WRAP_LEAST]
    if len(long) < 4 or max(long) > _WRAPPED:  # noqa: PLR2004 -- too few lines tell nothing
        return False
    usual = 0.7 * median(long)
    over = sum(
        1
        for line, following in pairwise(lines)
        if len(line.rstrip()) >= usual and following[:1].islower()
    )
    return over >= max(2, len(long) // 10)


def _unwrap(lines: list[str]) -> list[str]:
    joined: list[str] = []
    width = max(len(line.rstrip()) for line in lines)
    full = False
    for line in lines:
        words = line.strip()
        if full and words and not _ITEM.match(words):
            joined[-1] = f"{joined[-1]} {words}"
        else:
            joined.append(line.rstrip())
        full = bool(words) and len(line.rstrip()) >= width - 20
    return joined
