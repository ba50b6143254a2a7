"""The names of countries in each language of the lexicon, and where a policy says them.

The table is what Babel's CLDR knows; it is committed because asking Babel takes a third of a
second. After an upgrade of Babel, write ``python -m monitor.assess.countries`` to
``lexicon/countries.tsv``.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from monitor.assess.parties import without_entities
from monitor.assess.rules import WEIGHTS, name
from monitor.assess.sentences import bare
from monitor.assess.vocabulary import LANGUAGES
from monitor.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.assess.sentences import Sentence
    from monitor.assess.vocabulary import Vocabulary
    from monitor.model import Document

AMBIGUOUS = {"Georgia", "Jordan", "Chad", "Jersey", "Niger", "Guinea", "Dominica", "Malta", "Man"}
"""Names that more often mean a state of the United States, a person or a part of another name."""
SHORT = {
    "US": ("USA", "U.S.", "U.S.A.", "US", "États-Unis", "EE. UU.", "VS", "США"),
    "GB": ("UK", "U.K.", "Great Britain", "VK"),
    "EU": ("EU", "European Union", "UE", "ЕС", "欧盟"),
    "EEA": ("EEA", "European Economic Area", "EWR", "EER"),
    "CN": ("PRC", "People's Republic of China", "People’s Republic of China"),
}
"""How policies also call some places."""
ADDRESS = 6
"""A line of no more words than this that holds a country is the end of an address."""
WORDS = 4
_COUNTRY = re.compile(r"(?!EU|EZ|UN|XA|XB|ZZ)[A-Z]{2}")


def countries(
    sentences: Sequence[Sentence], old: Document, new: Document, words: Vocabulary, language: str
) -> Iterator[Finding]:
    """Yield a finding where a policy names a country that it did not name, or no longer does."""
    come: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    places: dict[str, Sentence] = {}
    for sentence in sentences:
        if len(bare(sentence.new or sentence.old).split()) <= ADDRESS:
            continue
        before, after = (_named(text, language) for text in (sentence.old, sentence.new))
        for counts, side, other in ((after - before, come, old), (before - after, gone, new)):
            for place in counts:
                if _matters(place, sentence, other, words, language):
                    side[place] += counts[place]
                    places.setdefault(place, sentence)
    fresh, lost = come - gone, gone - come
    if fresh or lost:
        yield _finding(fresh, lost, places, language)


def _matters(
    place: str, sentence: Sentence, other: Document, words: Vocabulary, language: str
) -> bool:
    """Whether a place is news: named nowhere in the other text, or said to hold data."""
    if words.pattern("places", "context").search(f"{sentence.old}\n{sentence.new}"):
        return True
    return place not in _of_document(other.text, language)


@lru_cache(maxsize=4)
def _of_document(text: str, language: str) -> Counter[str]:
    return _named(text, language)


def _finding(
    fresh: Counter[str], lost: Counter[str], places: dict[str, Sentence], language: str
) -> Finding:
    shown = {code: _shown(code, places[code], language) for code in (*fresh, *lost)}
    said = []
    if fresh:
        said.append(f"{_listed([shown[code] for code in fresh])} new")
    if lost:
        said.append(f"{_listed([shown[code] for code in lost])} gone")
    first = places[next(iter(fresh or lost))]
    return Finding(
        name("country"),
        f"Countries: {' and '.join(said)}.",
        tuple(shown.values())[: 2 * WORDS],
        first.path,
        bare(first.old),
        bare(first.new),
        WEIGHTS["country"],
    )


def _listed(names: list[str]) -> str:
    more = len(names) - WORDS
    listed = ", ".join(f"“{one}”" for one in names[:WORDS])
    return f"{listed}{f' and {more} more' if more > 0 else ''} {'is' if len(names) == 1 else 'are'}"


def _shown(code: str, sentence: Sentence, language: str) -> str:
    """Return how the policy calls a place."""
    table, pattern = names(language)
    for text in (sentence.new, sentence.old):
        for found in pattern.finditer(text):
            if table[found[0]] == code:
                return found[0]
    return code


def _named(text: str, language: str) -> Counter[str]:
    table, pattern = names(language)
    if text.isupper():
        return Counter()
    return Counter(table[found[0]] for found in pattern.finditer(without_entities(text)))


@cache
def names(language: str) -> tuple[dict[str, str], re.Pattern[str]]:
    """Return what each name in a language, and in English, means, and what finds them."""
    table = {short: code for code, shorts in SHORT.items() for short in shorts}
    text = resources.files(__package__).joinpath("lexicon", "countries.tsv").read_text("utf-8")
    for line in text.splitlines():
        spoken, code, called = line.split("\t")
        if spoken in {"en", language} and called not in AMBIGUOUS:
            table.setdefault(called, code)
    ordered = sorted(table, key=lambda called: (-len(called), called))
    inner = "|".join(map(re.escape, ordered))
    return table, re.compile(rf"(?<![\w-])(?:{inner})(?![\w-])|(?:{_unspaced(ordered)})")


def _unspaced(ordered: list[str]) -> str:
    return "|".join(re.escape(one) for one in ordered if one[0] > "\u3000") or "(?!)"


def table() -> str:
    """Render the table: rows of language, code and name; sorted."""
    from babel import Locale

    rows = set()
    for language in LANGUAGES:
        for code, called in Locale(language).territories.items():
            if _COUNTRY.fullmatch(code):
                rows.add(f"{language}\t{code}\t{called}")
    return "\n".join(sorted(rows)) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table())
