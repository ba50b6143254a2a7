"""Month and weekday names of all languages, folded; read from `cldr.tsv` when first asked."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from monitor.extract.dates.folding import fold, visible
from monitor.extract.dates.words import trie

WORD = r"[^\s\d.,:;()\[\]{}<>|/\\'\"“”„«»!?=+*#@&_·•、。\-]+"
"""A run of letters with the marks that follow them, which ``\\w`` leaves out."""

_EXTRA = {
    "sept": (9, "en"),
    "febr": (2, "en"),
    "marz": (3, "de"),
    "maerz": (3, "de"),
    "janner": (1, "de"),
    "jaenner": (1, "de"),
    "feber": (2, "de"),
    "martie": (3, "ro"),
    "мая": (5, "ru"),
    "سبتمبر": (9, "ar"),
    "setiembre": (9, "es"),
    "gener": (1, "ca"),
    "martā": (3, "lv"),
}
"""Spellings in use that CLDR does not list."""

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_CATALAN = re.compile(r"^(?:de |d')")
_SHORT = 3


@dataclass(slots=True)
class CalendarNames:
    """What a word of a date means, in any language."""

    months: dict[str, dict[int, frozenset[str]]] = field(default_factory=dict)
    """Folded name to its month, or months where languages disagree, each with those languages."""
    full: frozenset[str] = frozenset()
    """The names that are no abbreviation in some language."""
    weekdays: frozenset[str] = frozenset()
    irregular: str = ""
    """Pattern of the names that `WORD` does not match whole, or that stand without spaces."""
    month_first: frozenset[str] = frozenset()
    """Territories that write 12/31/2026 in English or Spanish."""

    def month(self, name: str, language: str | None) -> tuple[int, bool] | None:
        """Look up a folded name; the flag tells whether it is one without a day beside it."""
        meanings = self.months.get(name)
        if meanings is None:
            return None
        for month, languages in meanings.items():
            if language in languages:
                return month, True
        month = max(meanings, key=lambda number: (len(meanings[number]), number))
        return month, name in self.full or "en" in meanings[month] or len(name) > _SHORT


@cache
def calendar_names() -> CalendarNames:
    """Read the table; the same object every time."""
    months: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    full, weekdays, territories = set(), set(), set()
    for kind, word, month, languages in _rows():
        if kind in {"month", "abbreviation"}:
            months[_key(word)][int(month)].update(languages.split())
            if kind == "month":
                full.add(_key(word))
        elif kind == "weekday":
            weekdays.add(fold(word).strip("."))
        elif kind == "month_first":
            territories.add(word)
    for word, (number, language) in _EXTRA.items():
        months[fold(word)][number].add(language)
    named = {
        name: {number: frozenset(codes) for number, codes in meanings.items()}
        for name, meanings in months.items()
        if len(name) > 1 or not name.isascii()
    }
    irregular = [name for name in named if not re.fullmatch(WORD, name) or _UNSPACED.search(name)]
    return CalendarNames(
        named, frozenset(full), frozenset(weekdays), trie(irregular), frozenset(territories)
    )


def _rows() -> list[list[str]]:
    text = resources.files(__package__).joinpath("cldr.tsv").read_text("utf-8")
    return [line.split("\t") for line in text.splitlines()]


def _key(name: str) -> str:
    return _CATALAN.sub("", fold(visible(name))).strip(".")
