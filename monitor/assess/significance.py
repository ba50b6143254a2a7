"""What of a change matters: every rule about its words, each with the words it rests on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.assess.contacts import contacts
from monitor.assess.countries import countries
from monitor.assess.parties import entities, entries, replaced_names
from monitor.assess.shifts import shifts
from monitor.assess.topics import topics

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.assess.sentences import Sentence
    from monitor.assess.vocabulary import Vocabulary
    from monitor.model import Document, Finding

MOST = 5
"""Findings of one rule in one change."""


def significance(
    sentences: Sequence[Sentence], old: Document, new: Document, words: Vocabulary, language: str
) -> tuple[Finding, ...]:
    """Return what matters of a change, the weightiest first."""
    found = [
        *shifts(sentences, words),
        *entries(sentences, old, new, words),
        *replaced_names(sentences, old, words),
        *topics(sentences, words),
        *entities(sentences, old, new),
        *countries(sentences, old, new, words, language),
        *contacts(sentences, words),
    ]
    return tuple(sorted(_limited(found), key=lambda finding: -finding.weight))


def _limited(found: Iterable[Finding]) -> Iterable[Finding]:
    """Keep a few of each rule; only the first of them weighs."""
    seen: Counter[str] = Counter()
    for finding in found:
        seen[finding.rule] += 1
        if seen[finding.rule] <= MOST:
            yield finding if seen[finding.rule] == 1 else replace(finding, weight=0.0)
