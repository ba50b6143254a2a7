"""Small words that turn a sentence: must and may, not, and the numbers in it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from monitor.assess.quantities import quantities
from monitor.assess.rules import TOPICS, WEIGHTS, name
from monitor.assess.sentences import bare, key
from monitor.assess.topics import subject_of
from monitor.model import Finding

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

    from monitor.assess.quantities import Quantity
    from monitor.assess.sentences import Sentence
    from monitor.assess.vocabulary import Vocabulary

FEW = 8
"""Words of a changed stretch beyond which a small word in it turns nothing."""
TURNED = 16
"""Words that may come and go in a sentence that a negation turns."""
KEPT = 0.5
"""Share of a sentence that has to be the same for it to have turned."""
_SPEAKING = {"retention", "payment", "rights", "security", "termination", "minors"}
"""Subjects that give a number its name."""


def shifts(sentences: Sequence[Sentence], words: Vocabulary) -> Iterator[Finding]:
    """Yield what small words turned, sentence by sentence."""
    for sentence in sentences:
        if sentence.edited and sentence.kept >= KEPT * min(len(sentence.old), len(sentence.new)):
            yield from _modal(sentence, words)
            yield from _negation(sentence, words)
        if sentence.edited:
            yield from _quantities(sentence, words)


def _modal(sentence: Sentence, words: Vocabulary) -> Iterator[Finding]:
    duty, choice = words.pattern("modal", "duty"), words.pattern("modal", "choice")
    lost = [found for text in sentence.removed if _short(text) for found in duty.findall(text)]
    won = [found for text in sentence.added if _short(text) for found in duty.findall(text)]
    opened = [found for text in sentence.added if _short(text) for found in choice.findall(text)]
    closed = [found for text in sentence.removed if _short(text) for found in choice.findall(text)]
    before, after = "", ""
    if lost and opened and not won and not closed:
        before, after = lost[0], opened[0]
        told = f"A duty became a choice: “{before}” is now “{after}”."
    elif closed and won and not lost and not opened:
        before, after = closed[0], won[0]
        told = f"A choice became a duty: “{before}” is now “{after}”."
    elif _alone(sentence.added, choice) and not sentence.removed:
        after = opened[0]
        told = f"A statement became a possibility: “{after}” is new."
    elif _alone(sentence.removed, choice) and not sentence.added:
        before = closed[0]
        told = f"A possibility became a statement: “{before}” is gone."
    else:
        return
    yield _finding("modal", told, tuple(filter(None, (before, after))), sentence)


def _alone(stretches: Sequence[str], pattern: re.Pattern[str]) -> bool:
    return len(stretches) == 1 and pattern.fullmatch(stretches[0].strip(" ,.;")) is not None


def _negation(sentence: Sentence, words: Vocabulary) -> Iterator[Finding]:
    if _length(sentence) > TURNED:
        return
    gone, come = (_negations(stretches, words) for stretches in (sentence.removed, sentence.added))
    if gone.total() == come.total():
        return
    lost = gone.total() > come.total()
    word = next(iter(gone if lost else come))
    told = f"A negation {'is gone' if lost else 'is new'}: “{word}”."
    yield _finding("negation", told, (word,), sentence)


def _negations(stretches: Sequence[str], words: Vocabulary) -> Counter[str]:
    idle, pattern = words.pattern("negation", "idle"), words.pattern("negation", "words")
    return Counter(
        found.casefold()
        for text in stretches
        if _short(text)
        for found in pattern.findall(idle.sub(" ", text))
    )


def _length(sentence: Sentence) -> int:
    return sum(len(key(text).split()) for text in (*sentence.removed, *sentence.added))


def _quantities(sentence: Sentence, words: Vocabulary) -> Iterator[Finding]:
    old, new = (quantities(bare(text), words) for text in (sentence.old, sentence.new))
    gone, come = _only(old, new), _only(new, old)
    for kind, rule in (
        ("period", "period"),
        ("amount", "amount"),
        ("share", "number"),
        ("number", "number"),
    ):
        before = [one for one in gone if one.kind == kind]
        after = [one for one in come if one.kind == kind]
        if before and after and (kind != "number" or before[0].unit == after[0].unit):
            subject = subject_of(sentence, words)
            yield _quantity(
                rule, subject if subject in _SPEAKING else "", before[0], after[0], sentence
            )


def _only(these: Sequence[Quantity], those: Sequence[Quantity]) -> list[Quantity]:
    known = {one.measure for one in those}
    return [one for one in these if one.measure not in known]


def _quantity(
    rule: str, subject: str, before: Quantity, after: Quantity, sentence: Sentence
) -> Finding:
    title = {"period": "A period", "amount": "An amount", "number": "A number"}[rule]
    if subject:
        title += f" ({TOPICS[subject].title.lower()})"
    if subject == "retention":
        rule, title = "retention", TOPICS[subject].title
    told = f"{title} went from {before.text.strip()} to {after.text.strip()}."
    return _finding(rule, told, (before.text, after.text), sentence)


def _finding(rule: str, told: str, words: tuple[str, ...], sentence: Sentence) -> Finding:
    weight = TOPICS[rule].weight if rule in TOPICS else WEIGHTS[rule]
    return Finding(
        name(rule), told, words, sentence.path, bare(sentence.old), bare(sentence.new), weight
    )


def _short(text: str) -> bool:
    return len(key(text).split()) <= FEW
