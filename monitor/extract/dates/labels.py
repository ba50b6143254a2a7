"""What a date is called by the words beside it: before it, behind it, or in the next line or cell.

Decides from words only; where on the page a line stands is weighed in `choose`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.extract.dates.folding import fold, visible
from monitor.extract.dates.lexicon import LABELS, Token, lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.extract.dates.line import Line
    from monitor.extract.dates.span import Span

SHORT_LINE = 100
_CLAUSE_END = re.compile(r"(?<=[^\W\d_]{4})[.!?;](?= )|(?<=['\")\]\d])[.!?;](?= )|[。！？；]")
_REACH, _REACH_AFTER, _RECENT_REACH = 170, 60, 40
_GAP_SHORT, _GAP_LONG, _GAP_DOCUMENT, _GAP_COLON, _GAP_AFTER = 26, 12, 50, 75, 2
_LABEL_LINE = 70
_UNSPACED = "\u0e00"
_CONJUNCTION = re.compile(
    r"[&/|+,]|(?<!\w)(?:and|und|et|y|e|en|i|och|og|ja|и|та|και|ve|si|a|es|o|or|dan|va)(?!\w)|[及和与並및]"
)
_COLON_END = re.compile(r"[:=] *\Z")
_SPEAKS_ON = re.compile(r"\s*[:\-]\s")
_CLOSED = re.compile(r"\W*\Z")
_TO = re.compile(
    r"\s*(?:-|–|—|~|〜|to|through|until|till|up to|bis(?: zum)?|au|jusqu'au|al|hasta(?: el)?|a|ate"
    r"|ao|tot(?: en met)?|t/m|til|till|asti|do|pana la|по|до|eως|ile|至|到|から|まで|부터)\s*"
)
_LONGEST_TO = 20
_ARTICLE = 8
"""Letters that may stand between a verb and its subject: das, le nouveau."""
_KIND_ORDER = ("change", "effective", "publish", "first", "version")


@dataclass(frozen=True, slots=True)
class Label:
    """The words that say what a date is."""

    kind: str
    """One of `lexicon.LABELS`."""
    start: int
    """Where the words begin in the line of the date, or its own start if they stand elsewhere."""
    end: int
    certain: bool = False
    """"Last", "latest" or the like stands beside it."""
    gap: int = 0
    """Letters between label and date that belong to no known word."""
    lead: int = 0
    """Letters before the label in its clause that belong to no known word."""
    document: bool = False
    """The clause names the policy: this policy, diese Erklärung."""
    also: str = ""
    """A second kind of the same date: "effective and last updated"."""
    where: str = "before"
    """``before``, ``after``, ``above``, ``below`` or ``column``."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words around a date say about it."""

    label: Label | None = None
    against: str = ""
    """Why the date is not the policy's own, for a person; empty where nothing says so."""
    law: bool = False
    """The clause speaks of something else last: a law, a court, an offer."""
    followed: bool = False
    """The policy, a version of it or its other date is named behind the date."""


def read_beside(line: Line, span: Span, language: str | None) -> Reading:
    """Read the words before the date and behind it, in its own clause."""
    start, end = _clause(line, span)
    sentence, _ = _clause(line, span, across=True)
    known = lexicon().tokens(line.text, line.shown, language, sentence, span.start)
    law = _speaks_of_law(known)
    before = [token for token in known if token.start >= start]
    after = lexicon().tokens(line.text, line.shown, language, span.end, end)
    paired = any(other.start == end for other in line.spans)
    about = LABELS | {"document", "previous"} if paired else {"document", "previous"}
    followed = any(token.kinds & about for token in after)
    reading = _before(line, span, before, start)
    if _begins_period(line, span):
        reading = replace(reading, against=reading.against or "begins a period")
    if not reading.against and (not reading.label or _yields(line, span, reading.label, before)):
        behind = _after(line, span, after, end, before)
        reading = behind if behind.label or not reading.label else reading
    return replace(reading, law=law, followed=followed)


def read_apart(words: str, language: str | None) -> Label | None:
    """Read words that are a label and nothing else, for a date in the next line or cell."""
    if len(words) > _LABEL_LINE:
        return None
    shown = visible(words)
    text = fold(shown)
    tokens = lexicon().tokens(text, shown, language)
    if any("previous" in token.kinds for token in tokens):
        return None
    found = _nearest(tokens, text, len(text))
    if found is None or found[1] > 0 or _unknown(text, tokens, 0, len(text)) > _GAP_SHORT:
        return None
    token = found[0]
    if not token.native and not _COLON_END.search(text):
        return None
    certain = any("recent" in other.kinds for other in tokens)
    return Label(_kind(token, tokens, text), 0, 0, certain=certain)


def _begins_period(line: Line, span: Span) -> bool:
    """Tell whether a second date follows that ends what the first begins: "1 May to 3 June"."""
    return any(
        _TO.fullmatch(line.text, span.end, other.start) is not None
        for other in line.spans
        if 0 < other.start - span.end < _LONGEST_TO
    )


def _speaks_of_law(tokens: Sequence[Token]) -> bool:
    """Tell whether a law is named later than the policy, so that the date is the law's."""
    for token in reversed(tokens):
        if "document" in token.kinds:
            return False
        if "law" in token.kinds:
            return True
    return False


def _clause(line: Line, span: Span, *, across: bool = False) -> tuple[int, int]:
    """Cut out the sentence around a date, up to the dates beside it unless it goes across them."""
    earlier = [] if across else [s.end for s in line.spans if s.end <= span.start]
    start = max([0, span.start - _REACH, *earlier])
    # A full stop right before the date ends a label, not a sentence: "Last update. May 2024".
    before = max(start, span.start - len(". "))
    dots = _CLAUSE_END.finditer(line.text, start, before)
    # A full stop inside another date is no end of anything: "of 27. April 2016".
    breaks = [m.end() for m in dots if not any(s.start < m.start() < s.end for s in line.spans)]
    start = max([start, *breaks])
    stops = [s.start for s in line.spans if s.start >= span.end]
    end = min([len(line.text), span.end + _REACH_AFTER, *stops])
    # A full stop that ends the date itself ends no sentence: "2024. March 15. from then on".
    after = span.end + (line.shown[span.end + 2 : span.end + 3].islower() and 1)
    if match := _CLAUSE_END.search(line.text, after, end):
        end = match.start()
    return start, end


def _yields(line: Line, span: Span, label: Label, before: Sequence[Token]) -> bool:
    """Tell whether a label before the date gives way to one behind it.

    It does where it stands right behind another date, whose own it may be, and where it only
    names the version, or the policy stands between: "the changed policy applies from DATE on".
    """
    if _COLON_END.search(line.text, label.end, span.start):
        return False
    if any(0 <= label.start - other.end <= 1 for other in line.spans):
        return True
    named = any("document" in token.kinds for token in before if token.start >= label.end)
    return named or label.kind == "version"


def _unknown(text: str, tokens: Sequence[Token], start: int, stop: int) -> int:
    """Count the letters of a stretch that belong to none of its known words."""
    known = sum(_letters(text[token.start : token.end]) for token in tokens)
    return _letters(text[start:stop]) - known


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text)


def _before(line: Line, span: Span, tokens: Sequence[Token], start: int) -> Reading:
    text = line.text
    found = _nearest(tokens, text, span.start)
    if found is None:
        return Reading(against=_warning(tokens[-3:]) if tokens else "")
    token, gap = found
    between = [other for other in tokens if other.start >= token.end]
    if against := _warning([*_chain(tokens, token, text), token, *between]):
        return Reading(against=against)
    document = any("document" in other.kinds for other in tokens)
    if gap > _allowed_gap(line, span, token, document=document):
        return Reading()
    certain = any(
        "recent" in other.kinds and abs(other.start - token.start) <= _RECENT_REACH
        for other in tokens
    )
    kind = _kind(token, tokens, text)
    return Reading(
        Label(
            kind=kind,
            start=min([token.start, *(t.start for t in _just_before(tokens, token))]),
            end=token.end,
            certain=certain,
            gap=gap,
            lead=_unknown(text, [t for t in tokens if t.end <= token.start], start, token.start),
            document=document,
            also=_also(token, kind, tokens, text),
        )
    )


def _nearest(tokens: Sequence[Token], text: str, stop: int) -> tuple[Token, int] | None:
    """Find the label nearest to the date on its left, and the unknown letters between them."""
    gap, right = 0, stop
    for token in reversed(tokens):
        gap += _letters(text[token.end : right])
        right = token.start
        if token.kinds & LABELS and (token.native or not gap):
            return token, gap
    return None


def _allowed_gap(line: Line, span: Span, token: Token, *, document: bool) -> int:
    if not token.native:
        return 0
    short = len(line.text) <= SHORT_LINE
    if short and _COLON_END.search(line.text, token.end, span.start):
        return _GAP_COLON
    if document:
        return _GAP_DOCUMENT
    return _GAP_SHORT if short else _GAP_LONG


def _chain(tokens: Sequence[Token], token: Token, text: str) -> list[Token]:
    """Collect the known words that lead up to a label with nothing but spaces between."""
    chain: list[Token] = []
    start = token.start
    for other in reversed([t for t in tokens if t.end <= token.start]):
        if text[other.end : start].strip():
            break
        chain.append(other)
        start = other.start
    return chain


def _just_before(tokens: Sequence[Token], token: Token) -> list[Token]:
    near = [t for t in tokens if 0 <= token.start - t.end <= len(": ")]
    return [t for t in near if "law" not in t.kinds]


def _warning(tokens: Iterable[Token]) -> str:
    for token in tokens:
        if "until" in token.kinds:
            return "stands after a word like until or before"
        if "previous" in token.kinds:
            return "speaks of an earlier version"
    return ""


def _kind(token: Token, tokens: Sequence[Token], text: str) -> str:
    """Choose what a label means; "entry into force of the changes" is about force."""
    kind = next(kind for kind in _KIND_ORDER if kind in token.kinds)
    if kind not in {"change", "version"}:
        return kind
    for other in reversed([t for t in tokens if t.end <= token.start]):
        if "effective" in other.kinds:
            apart = _CONJUNCTION.search(text, other.end, token.start)
            return kind if apart else "effective"
        if "recent" in other.kinds or not other.kinds & {"joint", "document", "version"}:
            return kind
    return kind


def _also(token: Token, kind: str, tokens: Sequence[Token], text: str) -> str:
    """Find a second kind joined to the label by "and" or a stroke."""
    earlier = [t for t in tokens if t.end <= token.start]
    right = token.start
    joined = False
    for other in reversed(earlier):
        between = text[other.end : right]
        if _letters(between) > 1:
            return ""
        joined = joined or _CONJUNCTION.search(text, other.end, token.start) is not None
        right = other.start
        if joined and other.kinds & {"change", "effective"}:
            second = "change" if "change" in other.kinds else "effective"
            return second if second != kind else ""
    return ""


def _after(
    line: Line, span: Span, tokens: Sequence[Token], end: int, before: Sequence[Token]
) -> Reading:
    """Read a label behind the date, where a language or a bracket puts it there."""
    text = line.text
    if _SPEAKS_ON.match(text, span.end):
        return Reading()
    position = span.end
    for token in tokens:
        if _letters(text[position : token.start]) > _GAP_AFTER:
            return Reading()
        position = token.end
        if "until" in token.kinds:
            return Reading(against="stands before a word like until")
        if kind := _kind_after(token, text, end):
            if _is_of_law(text, token, tokens):
                return Reading(against="speaks of a law or a court")
            document = any("document" in t.kinds for t in before)
            certain = any("recent" in t.kinds for t in (*before, *tokens))
            return Reading(
                Label(kind, span.start, token.end, certain, document=document, where="after")
            )
    return Reading()


def _is_of_law(text: str, token: Token, tokens: Sequence[Token]) -> bool:
    """Tell whether a law is what the label behind a date speaks of: "seit DATE gilt das BDSG"."""
    following = next((t for t in tokens if t.start >= token.end and t.kinds != {"joint"}), None)
    if following is None or "law" not in following.kinds:
        return False
    between = text[token.end : following.start]
    return between.replace(" ", "").isalpha() and _letters(between) <= _ARTICLE


def _kind_after(token: Token, text: str, end: int) -> str:
    if token.native:
        for kind in ("after_effective", "after_change"):
            if kind in token.kinds:
                return kind.removeprefix("after_")
    alone = end == len(text) and _CLOSED.match(text, token.end)
    if alone or text[token.start] >= _UNSPACED:
        return next(
            (k for k in ("change", "effective", "publish", "first") if k in token.kinds), ""
        )
    return ""
