"""Which subjects came into a policy or went out of it, by the words that did."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.assess.rules import TOPICS, name
from monitor.assess.sentences import bare, key
from monitor.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.assess.rules import Topic
    from monitor.assess.sentences import Sentence
    from monitor.assess.vocabulary import Vocabulary

STRONG = 0.5
"""Weight from which an edit around the words of a subject is told though they stayed."""
MUCH = 4
"""Words that have to come or go for that."""
WORDS = 3
"""Words quoted of each side."""


@dataclass(slots=True)
class _Seen:
    """What came and went of one subject, entry by entry."""

    come: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    said: dict[str, str] = field(default_factory=dict)
    """Each entry as the policy writes it."""
    places: dict[str, Sentence] = field(default_factory=dict)
    """The first sentence it came or went in."""
    edited: list[tuple[Sentence, str]] = field(default_factory=list)
    """Edited sentences that hold as much of it as they did, with the word."""


def topics(sentences: Sequence[Sentence], words: Vocabulary) -> Iterator[Finding]:
    """Yield a finding for each subject whose words came or went, moved and repeated ones aside."""
    found: defaultdict[str, _Seen] = defaultdict(_Seen)
    for sentence in sentences:
        old, new = (_counted(text, words) for text in (sentence.old, sentence.new))
        for rule in {**old, **new}:
            _note(found[rule], sentence, old.get(rule, {}), new.get(rule, {}))
    for rule, topic in TOPICS.items():
        seen = found[rule]
        come, gone = seen.come - seen.gone, seen.gone - seen.come
        if come or gone:
            yield _finding(rule, topic, seen, come, gone)
        elif topic.weight >= STRONG:
            yield from (_edited(rule, topic, *one) for one in seen.edited if _much(one[0]))


def _counted(text: str, words: Vocabulary) -> dict[str, dict[str, list[str]]]:
    """Return the words of each subject in a text, by entry, as they stand."""
    found: dict[str, dict[str, list[str]]] = {}
    for rule, entry, word in words.subjects(text):
        found.setdefault(rule, {}).setdefault(entry, []).append(word)
    return found


def _note(
    seen: _Seen, sentence: Sentence, old: dict[str, list[str]], new: dict[str, list[str]]
) -> None:
    moved = False
    for entry in {**old, **new}:
        change = len(new.get(entry, ())) - len(old.get(entry, ()))
        if change:
            moved = True
            (seen.come if change > 0 else seen.gone)[entry] += abs(change)
            seen.said.setdefault(entry, " ".join((new.get(entry) or old[entry])[0].split()))
            seen.places.setdefault(entry, sentence)
    if not moved and sentence.edited:
        seen.edited.append((sentence, next(iter(new.values()))[0]))


def _finding(
    rule: str, topic: Topic, seen: _Seen, come: Counter[str], gone: Counter[str]
) -> Finding:
    first = seen.places[next(iter(come or gone))]
    fresh, lost = ([seen.said[entry] for entry in side] for side in (come, gone))
    said = [_said(fresh, "new"), _said(lost, "gone")]
    return Finding(
        rule=name(rule),
        summary=f"{topic.title}: {' and '.join(filter(None, said))}.",
        words=(*fresh[:WORDS], *lost[:WORDS]),
        path=first.path,
        old=bare(first.old),
        new=bare(first.new),
        weight=topic.weight,
    )


def _edited(rule: str, topic: Topic, sentence: Sentence, word: str) -> Finding:
    """Tell of a sentence about a weighty subject that says something else of it."""
    return Finding(
        name(rule), f"{topic.title}: what is said of “{word}” changed.", (word,),
        sentence.path, bare(sentence.old), bare(sentence.new), topic.weight / 2,
    )  # fmt: skip


def _much(sentence: Sentence) -> bool:
    return sum(len(key(text).split()) for text in (*sentence.removed, *sentence.added)) >= MUCH


def _said(words: Sequence[str], what: str) -> str:
    if not words:
        return ""
    quoted = ", ".join(f"“{word}”" for word in words[:WORDS])
    more = len(words) - WORDS
    listed = f"{quoted} and {more} more" if more > 0 else quoted
    return f"{listed} {'is' if len(words) == 1 else 'are'} {what}"


def subject_of(sentence: Sentence, words: Vocabulary) -> str:
    """Return the weightiest subject that a sentence speaks of; empty for none."""
    text = f"{sentence.old}\n{sentence.new}"
    spoken = {rule for rule, _, _ in words.subjects(text)}
    return next((rule for rule in TOPICS if rule in spoken), "")
