"""The sentences of a change, each with its counterpart and the words that came and went in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.model import Comparison, Document, Hunk, Run

_END = re.compile(
    r"(?<!\b[A-Z])(?<!\bNo)(?<!\b[Ii]nc)(?<!\bLtd)(?<!\bCo)(?<!\bArt)(?<!\bal)(?<!e\.g)(?<!i\.e)"
    r"[.!?…]+[\"”’»)\]]*\s+(?=[^\s\d.,;:!?a-zà-ÿа-я])|[。！？；]+|\n"
)
"""Where a sentence ends: a stop before something that can begin one, or a line's end."""
_MARK = re.compile(r"^\s*(?:#{1,6}\s|[-*•]\s|\|)")
MOST = 4_000
"""Sentences looked at in one change; a page that changes more is another page."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that changed, came or went."""

    path: tuple[str, ...]
    """Headings of its section."""
    old: str
    """As it was; empty where it is new."""
    new: str
    """As it is; empty where it is gone."""
    removed: tuple[str, ...] = ()
    """The stretches of words that went."""
    added: tuple[str, ...] = ()
    """The stretches of words that came."""
    kept: int = 0
    """Characters that both have."""

    @property
    def edited(self) -> bool:
        """Whether it is there on both sides."""
        return bool(self.old and self.new)

    @property
    def listed(self) -> bool:
        """Whether it is an item of a list or a row of a table."""
        return bool(_LISTED.match(self.new or self.old))


_LISTED = re.compile(r"\s*(?:[-*•]\s|\|)")


def changed_sentences(comparison: Comparison) -> tuple[Sentence, ...]:
    """Return the sentences a comparison changes, those that only moved left out."""
    found: list[Sentence] = []
    for edit in comparison.edits:
        for hunk in edit.hunks:
            found += _of_hunk(edit.path, hunk)
            if len(found) > MOST:
                break
    return _without_moved(found[:MOST])


def key(text: str) -> str:
    """Return the words of a sentence, for telling whether two say the same."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def words_of(document: Document) -> str:
    """Return the words of a whole document, as `key` does."""
    return _words(document.text)


@lru_cache(maxsize=4)
def _words(text: str) -> str:
    return key(text)


def bare(text: str) -> str:
    """Return a sentence without the marks of headings, items and rows."""
    return _MARK.sub("", text).strip().strip("|").strip()


def _without_moved(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    gone = Counter(key(one.old) for one in sentences if not one.new)
    come = Counter(key(one.new) for one in sentences if not one.old)
    moved = gone & come
    left = {"old": moved.copy(), "new": moved.copy()}
    kept = []
    for one in sentences:
        side = "" if one.edited else ("new" if one.new else "old")
        words = key(one.new or one.old)
        if side and left[side][words]:
            left[side][words] -= 1
        elif words:
            kept.append(one)
    return tuple(kept)


def _of_hunk(path: tuple[str, ...], hunk: Hunk) -> Iterator[Sentence]:
    if not hunk.old or not hunk.new or not hunk.runs:
        yield from (Sentence(path, text, "", (text,)) for text in _split("\n".join(hunk.old)))
        yield from (Sentence(path, "", text, (), (text,)) for text in _split("\n".join(hunk.new)))
        return
    yield from _Pairing(path, hunk.runs).sentences()


def split(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, without those that have no word."""
    return tuple(_split(text))


def _split(text: str) -> Iterator[str]:
    for start, stop in _spans(text):
        piece = text[start:stop].strip()
        if any(map(str.isalnum, piece)):
            yield piece


def _spans(text: str) -> Iterator[Span]:
    start = 0
    for found in _END.finditer(text):
        yield start, found.end()
        start = found.end()
    if start < len(text):
        yield start, len(text)


class _Pairing:
    """Lays the sentences of both sides of an edited passage against each other."""

    def __init__(self, path: tuple[str, ...], runs: Sequence[Run]) -> None:
        self._path = path
        self._runs = runs
        self._text = (_side(runs, "removed"), _side(runs, "added"))
        self._spans = tuple(list(_spans(text)) for text in self._text)

    def sentences(self) -> Iterator[Sentence]:
        """Yield the changed ones, each old one with the new one that keeps most of it."""
        shared: Counter[tuple[int, int]] = Counter()
        changed: tuple[dict[int, list[str]], dict[int, list[str]]] = ({}, {})
        at = [0, 0]
        for run in self._runs:
            size = len(run.text)
            if run.kind == "same":
                self._share(shared, at[0], at[1], size)
                at = [at[0] + size, at[1] + size]
                continue
            side = 0 if run.kind == "removed" else 1
            for number, text in self._pieces(side, at[side], size):
                changed[side].setdefault(number, []).append(text)
            at[side] += size
        yield from self._paired(shared, changed)

    def _paired(
        self,
        shared: Counter[tuple[int, int]],
        changed: tuple[dict[int, list[str]], dict[int, list[str]]],
    ) -> Iterator[Sentence]:
        partner: dict[int, int] = {}
        taken: set[int] = set()
        for (old, new), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
            if old not in partner and new not in taken:
                partner[old] = new
                taken.add(new)
        for old, new in sorted(partner.items()):
            if old in changed[0] or new in changed[1]:
                yield self._sentence(old, new, changed, shared[old, new])
        for old in sorted(changed[0]):
            if old not in partner:
                yield self._sentence(old, None, changed, 0)
        for new in sorted(changed[1]):
            if new not in taken:
                yield self._sentence(None, new, changed, 0)

    def _sentence(
        self,
        old: int | None,
        new: int | None,
        changed: tuple[dict[int, list[str]], dict[int, list[str]]],
        kept: int,
    ) -> Sentence:
        return Sentence(
            self._path,
            self._of(0, old),
            self._of(1, new),
            tuple(changed[0].get(old, ())) if old is not None else (),
            tuple(changed[1].get(new, ())) if new is not None else (),
            kept,
        )

    def _of(self, side: int, number: int | None) -> str:
        if number is None:
            return ""
        start, stop = self._spans[side][number]
        return self._text[side][start:stop].strip()

    def _share(self, shared: Counter[tuple[int, int]], old: int, new: int, size: int) -> None:
        for number, start, stop in self._cut(0, old, size):
            # The same stretch, seen from the other side.
            for other, here, there in self._cut(1, new + start - old, stop - start):
                shared[number, other] += there - here

    def _pieces(self, side: int, at: int, size: int) -> Iterator[tuple[int, str]]:
        for number, start, stop in self._cut(side, at, size):
            text = self._text[side][start:stop].strip()
            if any(map(str.isalnum, text)):
                yield number, text

    def _cut(self, side: int, at: int, size: int) -> Iterator[tuple[int, int, int]]:
        spans = self._spans[side]
        first = max(0, bisect_right(spans, (at, at)) - 1)
        for number in range(first, len(spans)):
            start, stop = spans[number]
            if start >= at + size:
                break
            low, high = max(start, at), min(stop, at + size)
            if low < high:
                yield number, low, high


def _side(runs: Iterable[Run], kind: str) -> str:
    return "".join(run.text for run in runs if run.kind in {"same", kind})
