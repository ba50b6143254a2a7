"""The words of `labels.toml`, of all languages at once, found in a line in one pass."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from monitor.extract.dates.calendar_names import calendar_names
from monitor.extract.dates.folding import fold
from monitor.extract.dates.words import trie

LABELS = frozenset({"change", "version", "effective", "publish", "first"})
"""Kinds that say what a date is."""

GUARDED = frozenset({"until", "previous", "law", "document"})
"""Kinds heeded only in the page's language, in English and in scripts of few languages."""

_SPACED = "\u0e00"
"""Scripts below this code point part words by spaces."""
_SHARED = re.compile("[\0-\u052f\u0600-\u06ff\u1e00-\u1fff]")
"""Scripts of many languages, where a word may mean different things."""
_PREFIXING = re.compile("[\u0590-\u06ff]")
"""Hebrew and Arabic write particles as one word with what follows."""
_LETTERS = r"[^\W\d_]*"
_SHORTEST_NAME = 3

_Kinds = dict[str, frozenset[str]]
"""Kind to the languages in which a word is of that kind."""


@dataclass(frozen=True, slots=True)
class Token:
    """A known word of a line."""

    start: int
    end: int
    kinds: frozenset[str]
    native: bool
    """Known in the page's language or in English, or in a script that few languages share."""


@dataclass(slots=True)
class Lexicon:
    """Every known word and what it may be; `*` in a word stands for letters."""

    entries: dict[str, _Kinds]
    pattern: re.Pattern[str]
    inner: list[tuple[re.Pattern[str], str]]
    """Words with `*` before their end, as patterns."""
    seen: dict[str, _Kinds] = field(default_factory=dict)
    """Kinds of the words met so far."""

    def tokens(
        self, line: str, shown: str, language: str | None, start: int = 0, end: int | None = None
    ) -> list[Token]:
        """Find the known words of a part of a folded line, left to right.

        Args:
            line: The folded line.
            shown: The same line as shown; a capital inside it starts a word.
            language: Of the page, without region.
            start: Where the part begins.
            end: Where it ends; a word glued to what follows counts as whole.

        """
        stop = len(line) if end is None else end
        return [
            self._token(match, language)
            for match in self.pattern.finditer(line, start, stop)
            if _starts_word(line, shown, match.start())
        ]

    def _token(self, match: re.Match[str], language: str | None) -> Token:
        text = match[0]
        meanings = self.seen.get(text)
        if meanings is None:
            meanings = self.seen[text] = self._meanings(text)
        shared = _SHARED.match(text) is not None
        heard = {language, "en"}
        guarded = GUARDED if language else GUARDED - {"document", "law"}
        known = any(not heard.isdisjoint(codes) for codes in meanings.values())
        native = known or not shared or language is None
        kinds = frozenset(
            kind
            for kind, codes in meanings.items()
            if kind not in guarded or not shared or not heard.isdisjoint(codes)
        )
        return Token(match.start(), match.end(), kinds, native)

    def _meanings(self, text: str) -> _Kinds:
        """Unite the kinds of every entry that matches the whole text."""
        found = [self.entries.get(text, {})]
        found += [self.entries.get(text[:end] + "*", {}) for end in range(1, len(text) + 1)]
        found += [self.entries[entry] for pattern, entry in self.inner if pattern.fullmatch(text)]
        united: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        for meanings in found:
            for kind, codes in meanings.items():
                united[kind] |= codes
        return dict(united)


@cache
def lexicon() -> Lexicon:
    """Read the words; the same object every time."""
    kinds: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    table = resources.files(__package__).joinpath("labels.toml").read_text("utf-8")
    for language, groups in tomllib.loads(table).items():
        for kind, words in groups.items():
            for word in words.split(","):
                kinds[fold(word.strip())][kind].add(language)
    for name in calendar_names().weekdays:
        if len(name) >= _SHORTEST_NAME:
            kinds[name]["joint"].add("en")
    entries = {
        word: {kind: frozenset(codes) for kind, codes in meanings.items()}
        for word, meanings in kinds.items()
    }
    inner = [
        (re.compile(re.escape(word).replace(r"\*", _LETTERS)), word)
        for word in entries
        if "*" in word[:-1]
    ]
    return Lexicon(entries, _pattern(entries), inner)


def _pattern(words: dict[str, _Kinds]) -> re.Pattern[str]:
    """Compose the pattern; words of spaced scripts end where letters end, the others anywhere."""
    whole = [
        word for word in words if word[0] < _SPACED and (word[-1].isalpha() or word[-1] == "*")
    ]
    loose = set(words).difference(whole)
    return re.compile(rf"{trie(whole)}(?![^\W\d_])|{trie(loose)}")


def _starts_word(line: str, shown: str, position: int) -> bool:
    """Tell whether a word may begin there: not amid letters, unless a capital or script says so."""
    if position == 0 or not line[position - 1].isalpha() or not line[position].isalpha():
        return True
    before = line[position - 1]
    if before >= _SPACED or line[position] >= _SPACED or _PREFIXING.match(before):
        return True
    return shown[position].isupper() and shown[position - 1].islower()
