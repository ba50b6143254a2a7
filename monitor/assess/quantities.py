"""Numbers with what they count: periods, amounts of money, shares, other quantities."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.assess.vocabulary import Vocabulary

_FIGURE = r"\d{1,3}(?:[,.'\u00a0\u202f ]\d{3})+(?!\d)|\d+(?:[.,]\d+)?"
_CURRENCY = r"[$€£¥₽]|USD|EUR|GBP|CHF|US\$|CA\$|A\$|euros?|dollars?|pounds?|元|руб\w*|рублей"
_MONEY = re.compile(
    rf"(?:({_CURRENCY})\s?({_FIGURE}))|(?:({_FIGURE})\s?({_CURRENCY})(?!\w))", re.IGNORECASE
)
_SHARE = re.compile(rf"({_FIGURE})\s?(%|percent|per cent|pour cent|prozent|por ciento|процент\w*)")
_COUNT = re.compile(rf"(?<![\w.,:/#-])({_FIGURE})\s+([a-zà-ÿа-яё]{{3,}})")
_DATED = re.compile(r"^(?:19|20)\d\d$")
BEFORE = 24
"""Characters before a number within which it may be called a section or a release."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and what it counts."""

    kind: str
    """``period``, ``amount``, ``share`` or ``number``."""
    value: float
    unit: str
    """``day``, a currency, ``%``, or the word that follows."""
    text: str
    """As the policy writes it."""

    @property
    def measure(self) -> tuple[str, float, str]:
        """What makes two quantities the same, however they are written."""
        return self.kind, self.value, self.unit


def quantities(text: str, words: Vocabulary) -> tuple[Quantity, ...]:
    """Return the quantities of a text, kind by kind; dates and references are none."""
    found: list[Quantity] = []
    taken: list[tuple[int, int]] = []
    for start, stop, quantity in _candidates(text, words):
        if any(start < end and begin < stop for begin, end in taken):
            continue
        taken.append((start, stop))
        found.append(quantity)
    return tuple(found)


def _candidates(text: str, words: Vocabulary) -> Iterator[tuple[int, int, Quantity]]:
    for found in _MONEY.finditer(text):
        value, unit = found[2] or found[3], found[1] or found[4]
        yield *found.span(), Quantity("amount", _value(value), unit.casefold(), found[0])
    for found in _SHARE.finditer(text):
        yield *found.span(), Quantity("share", _value(found[1]), "%", found[0])
    yield from _periods(text, words)
    for found in _COUNT.finditer(text):
        if not _DATED.match(found[1]) and not _is_reference(text, found.start(), words):
            unit = found[2].casefold()
            yield *found.span(), Quantity("number", _value(found[1]), unit, found[0])


def _periods(text: str, words: Vocabulary) -> Iterator[tuple[int, int, Quantity]]:
    pattern = _period_pattern(words)
    if pattern is None:
        return
    for found in pattern.finditer(text):
        number = found["word"] or found["figure"]
        spelled = words.numbers.get(number.casefold())
        value = _value(number) if spelled is None else float(spelled)
        if found["word"] is None and _is_reference(text, found.start("figure"), words):
            continue
        unit = words.units[" ".join(found["unit"].casefold().split())]
        yield *found.span(), Quantity("period", value, unit, found[0])


@cache
def _pattern(numbers: tuple[str, ...], units: tuple[str, ...]) -> re.Pattern[str] | None:
    if not units:
        return None
    ordered = sorted(units, key=lambda word: -len(word))
    unit = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered)
    spelled = "|".join(re.escape(word) for word in sorted(numbers, key=lambda word: -len(word)))
    end = r"(?!\w)" if units[0].isascii() or units[0][0] < "\u3000" else ""
    word = rf"(?<!\w)(?P<word>{spelled})(?:\s*\(\d+\))?" if spelled else r"(?P<word>(?!))"
    figure = rf"(?<![A-Za-zÀ-ÿ\d.,:/])(?P<figure>{_FIGURE})\)?"
    return re.compile(
        rf"(?:{word}|{figure})[\s\u00a0-]*(?:\w+\s+)?(?P<unit>{unit}){end}", re.IGNORECASE
    )


def _period_pattern(words: Vocabulary) -> re.Pattern[str] | None:
    return _pattern(tuple(words.numbers), tuple(words.units))


def _is_reference(text: str, at: int, words: Vocabulary) -> bool:
    """Tell whether a number is that of a section, a law or a release."""
    before = text[max(0, at - BEFORE) : at]
    found = list(words.pattern("reference", "before").finditer(before))
    return bool(found) and not re.search(r"\w", before[found[-1].end() :].strip(" .(°º§n"))


def _value(text: str) -> float:
    digits = re.sub(r"[,.'\u00a0\u202f ](?=\d{3}(?!\d))", "", text)
    return float(digits.replace(",", "."))
