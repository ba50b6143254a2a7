"""What differs between two captures and is not the policy, told from the line itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.compare import labels
from monitor.compare.words import fold, fold_each
from monitor.model.rule_text import Ignored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LABEL_WORDS = 12
LABEL_CHARS = 100
"""Lines longer than either are prose: no counter, copyright or "today" is looked for in them."""

OPENING = 60
"""Characters within which the number of a line ends; bounds the search in endless ones."""

_MARKER = re.compile(r"\s*(?:#{1,6}\s+|[-*+•·–—▪◦‣>]\s+)*")
_NUMBER = r"\d{1,3}(?:\.\d{1,3}){0,5}(?:\.?[a-z](?=[.)]))?"
_HAN = "一二三四五六七八九十百〇零两"
_ENUMERATOR = re.compile(
    rf"""
    (?: [\[(（]\s*(?:{_NUMBER}\.?|[ivxlc]{{1,7}}|[^\W\d_]|[{_HAN}]{{1,4}})\s*[\])）][.:,]?
        (?=\W|[{_HAN}]|[^\W\d_]|$)
      | {_NUMBER}(?:\.\)|\)\.|°\)?|[.)、．])(?=[^\w.]|[^\W\d_]|$)
      | (?=\S{{0,24}}\d)(?:(?:\d{{1,3}}|[ivxlc]{{1,5}}|[^\W\d_])[.)]){{2,6}}(?=\s|$)
      | (?:[ivxlc]{{1,7}}|[^\W\d_])(?:\.\)|[.)])(?=\s|$)
      | \d{{1,3}}(?:\.\d{{1,3}}){{1,5}}(?-i:(?=\s+[^\Wa-z\d_]))
      | \d{{1,3}}\s?[-–—:/](?=\s+[^\W\d_])
      | §+\s*\d+[a-z]?\.?(?=\s+[^\W\d_])
      | 第\s*[\d{_HAN}]{{1,4}}\s*[条條章節节款项項][.、:]?
      | [{_HAN}]{{1,3}}[、.．)）]
    )\s*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_KIND = re.compile(r"(#)|(\|)|\s*(?:[-*•]|\(?(?:\d{1,3}|[ivx]{1,4}|[a-z])[.)])\s")
_INNER_NUMBER = re.compile(
    r"(?<!\S)[\[(](?:\d{1,2}|[ivx]{1,4}|[a-z])\.?[\])][.,:;]?(?!\S)", re.IGNORECASE
)
_HEADING_NUMBER = re.compile(r"#{1,6}\s+(\d{1,3})(?=\s+[^\W\d_])")
_DATE = re.compile(
    r"\d{1,2}\.?\s*(?:de\s+|of\s+)?[^\W\d_]{3,}\.?,?\s+(?:de\s+)?(?:19|20)\d\d|\d{1,2}([./-])\d{1,2}\1\d{2,4}"
)
_YEARS = re.compile(r"(?:19|20)\d\d(?:\s*[-–—]\s*(?:(?:19|20)\d\d)?)?")
_LINK_TARGET = re.compile(r"\]\((?:mailto:|https?:)[^()\s]{0,200}\)")
_BRACKETS = re.compile(r"[\[(（]([^\[\]()（）]{3,70})[\])）]")
_DIGITS = re.compile(r"\d+")


def kind(line: str) -> str:
    """Return what a line is: ``#`` heading, ``|`` row, ``-`` item, or empty for a paragraph."""
    found = _KIND.match(line)
    return (found[1] or found[2] or "-") if found else ""


def unnumbered(text: str) -> str:
    """Return a text without the numbers in brackets that list the parts of a sentence."""
    return _INNER_NUMBER.sub(" ", text)


def unaddressed(text: str) -> str:
    """Return a text in which an address reads the same whether it is hidden or shown."""
    return labels.ADDRESS.sub("@", labels.HIDDEN_ADDRESS.sub("@", text))


@dataclass(slots=True)
class Reader:
    """Reads lines the way they are compared, remembering what it has read."""

    ignore: Ignored = field(default_factory=lambda: Ignored(()))
    cursory: bool = False
    """Whether lines are taken by their words alone: there are too many to look at each."""
    _keys: dict[str, str] = field(default_factory=dict)

    def key(self, line: str) -> str:
        """Return the words a line is compared by, empty where it says nothing."""
        known = self._keys.get(line)
        if known is None:
            known = self._keys[line] = " ".join(fold(self.masked(line)))
        return known

    def keys(self, lines: Iterable[str]) -> list[str]:
        """Return the key of each line; read at once, that takes a third of the time."""
        texts = list(lines)
        unread = [line for line in dict.fromkeys(texts) if line not in self._keys]
        read = fold_each(map(self.masked, unread)) if unread else ()
        self._keys.update(zip(unread, map(" ".join, read), strict=True))
        return list(map(self._keys.__getitem__, texts))

    def masked(self, line: str) -> str:
        """Return the line, as long as before, with what is never compared blanked."""
        if not self.cursory:
            line = _readable(line)
        spans = self.ignore.spans(line)
        if not self.cursory:
            spans += _spans(line)
        return _blanked(line, sorted(spans)) if spans else line


def _readable(line: str) -> str:
    """Return the line, as long as before, with spelled-out signs of addresses put back."""
    if not labels.AT.search(line):
        return line
    line = labels.AT.sub(lambda found: "@".center(len(found[0])), line)
    return labels.DOT.sub(lambda found: ".".center(len(found[0])), line)


def _blanked(line: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, stop in spans:
        pieces += line[at:start], " " * (stop - max(at, start))
        at = max(at, stop)
    return "".join(pieces) + line[at:]


def _spans(line: str) -> Iterator[tuple[int, int]]:
    stop = _enumerator(line)
    if stop:
        yield 0, stop
    for found in _LINK_TARGET.finditer(line):
        yield found.span()
    for found in _BRACKETS.finditer(line):
        if labels.NEW_WINDOW.fullmatch(found[1].strip(" .")):
            yield found.span()
    if len(line) < LABEL_CHARS:
        yield from _furniture(line)


def _enumerator(line: str) -> int:
    """Return where the words start after bullets and numbers, 0 where none stands there."""
    marker = _MARKER.match(line, 0, OPENING)
    at = marker.end() if marker else 0
    heading = _HEADING_NUMBER.match(line, 0, OPENING)
    if heading:
        return heading.end()
    for _ in range(3):
        found = _ENUMERATOR.match(line, at, at + OPENING)
        if not found or _DATE.match(line, at, at + OPENING):
            break
        at = found.end()
    return at


def _furniture(line: str) -> Iterator[tuple[int, int]]:
    """Yield the parts of a short line that tell the time, count or repeat a link's label."""
    bare = line.strip(" -*#|.:")
    if labels.NEW_WINDOW.fullmatch(bare) or labels.CONTENTS.fullmatch(bare):
        yield 0, len(line)
    words = len(line.split())
    if words <= LABEL_WORDS // 2:
        yield from (found.span() for found in labels.AGO.finditer(line))
        if _DIGITS.search(line) and labels.COUNTER.search(line):
            yield from (found.span() for found in _DIGITS.finditer(line))
    if words <= LABEL_WORDS and _YEARS.search(line):
        yield from _years(line)


def _years(line: str) -> Iterator[tuple[int, int]]:
    for found in labels.COPYRIGHT_YEARS.finditer(line):
        yield found.span(found.lastindex or 0)
    if labels.TODAY.search(line):
        yield from (found.span() for found in _DIGITS.finditer(line))
