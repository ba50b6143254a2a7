"""Where to turn: e-mail addresses, telephone numbers, postal addresses, the officer in charge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.assess.rules import TOPICS, name
from monitor.assess.sentences import bare
from monitor.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.assess.sentences import Sentence
    from monitor.assess.vocabulary import Vocabulary

_MAIL = re.compile(r"[\w.+-]{1,64}(?:@|\s?[\[(]at[\])]\s?)[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(r"(?<!\w)\+\d[\d\s()./-]{7,18}\d(?!\w)")
_POSTCODE = re.compile(
    r"\b[A-Z]{1,2}\d[\dA-Z]?\s?\d[A-Z]{2}\b|\b[A-Z]{2}\s\d{5}(?:-\d{4})?\b"
    r"|\b(?:[A-Z]{1,2}-)?(?!(?:19|20)\d\d\b)\d{4,5}\s(?!USD|EUR)[A-ZÀ-Þ][a-zà-ÿ]{2,}|\bD\d{2}\s?[A-Z\d]{4}\b|\bEC\dA?\b"
)
LINE = 160
"""Characters of a line of an address; what is longer is prose."""
WORDS = 2
"""Addresses told of each side."""
CLIP = 60
PARTS = (2, 4)
"""Words of the name of a person, at least and at most."""


def contacts(sentences: Sequence[Sentence], words: Vocabulary) -> Iterator[Finding]:
    """Yield a finding where addresses changed, however many did."""
    come: list[str] = []
    gone: list[str] = []
    first: Sentence | None = None
    for sentence in sentences:
        old, new = _addresses(sentence.removed, words), _addresses(sentence.added, words)
        known = {*old} & {*new}
        if not {*old, *new} - known and _officer(sentence, words):
            old, new = [bare(sentence.old)], [bare(sentence.new)]
        for found, side in ((new, come), (old, gone)):
            side += [one for one in found if one and one not in known and one not in side]
        if (come or gone) and first is None:
            first = sentence
    both = {*come} & {*gone}
    come, gone = ([one for one in side if one not in both] for side in (come, gone))
    if first is None or not (come or gone):
        return
    said = [f"{_listed(come)} new"] if come else []
    said += [f"{_listed(gone)} gone"] if gone else []
    yield Finding(
        name("contact"), f"{TOPICS['contact'].title}: {'; '.join(said)}.",
        (*come[:WORDS], *gone[:WORDS]), first.path, bare(first.old), bare(first.new),
        TOPICS["contact"].weight,
    )  # fmt: skip


def _addresses(stretches: Sequence[str], words: Vocabulary) -> list[str]:
    found: list[str] = []
    street = words.pattern("addresses", "street")
    for text in stretches:
        found += [one[0].strip(".") for one in _MAIL.finditer(text)]
        found += [one[0].strip() for one in _PHONE.finditer(text)]
        for line in text.split("\n"):
            if len(line) > LINE or not any(map(str.isdigit, line)):
                continue
            postal = _POSTCODE.search(line) or (any(map(str.isupper, line)) and street.search(line))
            if postal:
                found.append(bare(line).strip(" ,.;"))
    return found


def _officer(sentence: Sentence, words: Vocabulary) -> bool:
    """Whether a short line about where to turn changed in another word than an address."""
    text = sentence.new or sentence.old
    if len(text) > LINE:
        return False
    marked = words.pattern("addresses", "officer").search(f"{sentence.old}\n{sentence.new}")
    named = all(map(_is_person, sentence.removed)) and all(map(_is_person, sentence.added))
    return named and sentence.edited and bool(marked or _MAIL.search(text))


def _is_person(text: str) -> bool:
    parts = text.strip(" ,.;:").split()
    return PARTS[0] <= len(parts) <= PARTS[1] and all(part[0].isupper() for part in parts)


def _listed(found: list[str]) -> str:
    more = len(found) - WORDS
    listed = ", ".join(one[:CLIP] for one in found[:WORDS])
    listed += f" and {more} more" if more > 0 else ""
    return f"{listed} {'is' if len(found) == 1 else 'are'}"
