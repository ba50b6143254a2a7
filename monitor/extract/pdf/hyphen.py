"""Lines to running text: words broken at the end of a line are made whole again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.extract.pdf.line import Line

SOFT: Final = "\x02\ufffe\xad"
"""What pdfium writes for a hyphen at the end of a line, and the soft hyphen itself."""
_BREAK = re.compile(rf"(?P<word>[^\s]*[^\W\d_])[-‐{SOFT}]$")
_START = re.compile(r"[^\W\d_]+")
_WORDS = re.compile(r"[^\W\d_]+(?:[-‐'’][^\W\d_]+)*")
_HYPHENS = {ord(mark): "-" for mark in SOFT}
_SUSPENDED = frozenset(
    ("and", "or", "und", "oder", "bzw", "sowie", "et", "ou", "y", "of", "en", "eller")
)
"""Words after which the rest of a compound follows: ``pre- and post-contractual``."""
_LEAST = 3
_LONGEST = 80
_ENDS = ("-", "‐", *SOFT)
_UNSPACED = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
"""Letters that are written without spaces between words."""


class Vocabulary:
    """The words of a file that stand whole somewhere in it."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._texts = [" ".join(word.text for word in line.words[:-1]) for line in lines]
        self._known: frozenset[str] | None = None

    def __contains__(self, word: str) -> bool:
        """Tell whether a word is among them, whatever its case."""
        # Most files break no words, and need no list of them.
        if self._known is None:
            words = _WORDS.findall(" ".join(self._texts).casefold())
            self._known = frozenset(words)
        return word.casefold() in self._known


def running_text(texts: Sequence[str], vocabulary: Vocabulary) -> str:
    """Join the lines of a paragraph."""
    text = texts[0] if texts else ""
    for following in texts[1:]:
        text = _joined(text, following, vocabulary)
    return text.translate(_HYPHENS)


def _joined(text: str, following: str, vocabulary: Vocabulary) -> str:
    broken = _BREAK.search(text, len(text) - _LONGEST) if text.endswith(_ENDS) else None
    start = _START.match(following)
    if broken and start:
        part, rest = broken["word"], start[0]
        if rest in _SUSPENDED:
            return f"{text} {following}"
        kept = text[:-1] + "-" if _is_compound(part, rest, vocabulary) else text[:-1]
        return kept + following
    if _UNSPACED.match(text[-1:]) and _UNSPACED.match(following[:1]):
        return text + following
    return f"{text} {following}"


def _is_compound(part: str, rest: str, vocabulary: Vocabulary) -> bool:
    """Tell the hyphen of ``third-party`` from one that only breaks a word."""
    part = _WORDS.findall(part)[-1]
    if not rest[0].islower() or f"{part}-{rest}" in vocabulary:
        return True
    last = re.split("[-‐]", part)[-1]
    whole = f"{part}{rest}" in vocabulary or f"{last}{rest}" in vocabulary
    return not whole and len(last) >= _LEAST and last in vocabulary and rest in vocabulary
