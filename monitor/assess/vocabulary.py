"""The words of the rules, one file a language in `lexicon/`: read, checked, compiled.

The files are for lawyers: words in lists, no expressions. What is wrong with one is told with its
file and key.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

from monitor.assess.phrases import compiled
from monitor.assess.rules import TOPICS
from monitor.errors import ConfigError, Fault

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping

LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "nl", "ru", "zh")
"""Languages that come with the program."""

_LISTS: dict[str, tuple[str, ...]] = {
    "modal": ("duty", "choice"),
    "negation": ("words", "idle"),
    "periods": ("minute", "hour", "day", "week", "month", "year"),
    "reference": ("before",),
    "notice": ("tell", "change", "subject", "before", "never"),
    "upcoming": ("phrases", "passed"),
    "addresses": ("street", "officer"),
    "places": ("context",),
    "recipients": ("lists", "context"),
    "topics": tuple(TOPICS),
}
"""The tables of a file and the lists each may hold."""


@dataclass(frozen=True)
class Vocabulary:
    """The words of one language, by table and list."""

    lists: Mapping[str, Mapping[str, tuple[str, ...]]]
    numbers: Mapping[str, int]

    def pattern(self, table: str, name: str) -> re.Pattern[str]:
        """Return what finds the words of a list in a text, whatever its case."""
        known = self._patterns.get((table, name))
        if known is None:
            words = self.lists.get(table, {}).get(name, ())
            known = self._patterns[table, name] = compiled(words)
        return known

    @cached_property
    def _patterns(self) -> dict[tuple[str, str], re.Pattern[str]]:
        return {}

    def subjects(self, text: str) -> Iterator[tuple[str, str, str]]:
        """Yield the words of subjects in a text: the subject, the entry, and as they stand."""
        for found in self._subject_pattern.finditer(text):
            for rule, entry in self._meanings(" ".join(found[0].casefold().split())):
                yield rule, entry, found[0]

    @cached_property
    def _subject_pattern(self) -> re.Pattern[str]:
        return compiled(word for words in self.lists.get("topics", {}).values() for word in words)

    @cached_property
    def _known(self) -> dict[str, tuple[tuple[str, str], ...]]:
        return {}

    def _meanings(self, word: str) -> tuple[tuple[str, str], ...]:
        """Return the subjects a word belongs to, each with the entry that says so."""
        known = self._known.get(word)
        if known is None:
            entries = (
                (rule, entry)
                for rule, words in self.lists.get("topics", {}).items()
                for entry in words
                if compiled((entry,)).fullmatch(word)
            )
            first = dict(reversed(tuple(entries)))
            known = self._known[word] = tuple(first.items())
        return known

    @cached_property
    def units(self) -> dict[str, str]:
        """The unit of time each word names."""
        periods = self.lists.get("periods", {})
        return {word.casefold(): unit for unit, words in periods.items() for word in words}

    def joined(self, other: Vocabulary) -> Vocabulary:
        """Return these words and those of another file."""
        tables = {*self.lists, *other.lists}
        lists = {
            table: {
                name: tuple(
                    dict.fromkeys(
                        (
                            *self.lists.get(table, {}).get(name, ()),
                            *other.lists.get(table, {}).get(name, ()),
                        )
                    )
                )
                for name in {*self.lists.get(table, {}), *other.lists.get(table, {})}
            }
            for table in tables
        }
        return Vocabulary(lists, {**self.numbers, **other.numbers})


NO_WORDS = Vocabulary({}, {})
"""For languages without a file: what needs no words is found all the same."""


@cache
def shipped(language: str) -> Vocabulary:
    """Read the words that come with the program for a language; none for others."""
    if language not in LANGUAGES:
        return NO_WORDS
    name = f"{language}.toml"
    text = resources.files(__package__).joinpath("lexicon", name).read_text("utf-8")
    return read(text, name)


def read(text: str, name: str) -> Vocabulary:
    """Read one file.

    Raises:
        ConfigError: it is not TOML, or holds a table, a list or a word that means nothing here.

    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError((Fault(name, "", f"is not TOML: {error}"),)) from None
    faults = [fault for table, content in raw.items() for fault in _faults(name, table, content)]
    if faults:
        raise ConfigError(tuple(faults))
    numbers = {word.casefold(): value for word, value in raw.pop("numbers", {}).items()}
    return Vocabulary(
        {
            table: {key: tuple(words) for key, words in lists.items()}
            for table, lists in raw.items()
        },
        numbers,
    )


def _faults(name: str, table: str, content: Any) -> Iterable[Fault]:  # noqa: ANN401 - TOML
    known = (*_LISTS, "numbers")
    if table not in known:
        yield Fault(name, table, "unknown table", f"known here: {', '.join(known)}")
    elif not isinstance(content, dict):
        yield Fault(name, table, "must be a table", f"write [{table}]")
    elif table == "numbers":
        for word, value in content.items():
            if type(value) is not int or value < 0:
                yield Fault(name, f"numbers.{word}", "must be a whole number", "twelve = 12")
    else:
        for key, words in content.items():
            if key not in _LISTS[table]:
                hint = f"known here: {', '.join(_LISTS[table])}"
                yield Fault(name, f"{table}.{key}", "unknown list", hint)
            else:
                yield from _word_faults(name, f"{table}.{key}", words)


def _word_faults(name: str, key: str, words: Any) -> Iterable[Fault]:  # noqa: ANN401 - TOML
    if not isinstance(words, list):
        yield Fault(name, key, "must be a list of words", 'such as ["arbitrat*", "jury trial"]')
        return
    for word in words:
        if not isinstance(word, str) or not any(map(str.isalnum, word)):
            yield Fault(name, key, f"{word!r} is no word", "letters or digits, and * for letters")
        elif word != word.strip():
            yield Fault(name, key, f"{word!r} begins or ends with a blank", "take it out")
