"""The text forms of rules: selectors, ranges, literals and patterns; says what is wrong with one.

A pattern meets pages that anybody may write: what it may repeat, and what it may cost, is bounded.
"""

from __future__ import annotations

import json
import re
import warnings
from functools import lru_cache
from math import factorial
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Edge = Literal["before", "after"]

LONGEST = 1_000
"""Characters of the longest selector, range, literal or pattern."""
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_RANGE = re.compile(
    rf"from\s+(?P<start>{_QUOTED}|'[^']*'|.+?)(?:\s+to\s+(?P<end>{_QUOTED}|'[^']*'|.+))?",
    re.IGNORECASE,
)
_QUOTES = "\"'"
_STRETCH = re.compile(
    rf"range\s+(?P<from>before|after)\s+(?P<start>{_QUOTED})\s+"
    rf"to\s+(?P<to>before|after)\s+(?P<end>{_QUOTED})",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_SYNTAX = re.compile(r"\(\?(?:P?<\w+>|<[=!]|[=!>]|[aiLmsux-]*:?)")
_REPEAT = re.compile(r"[*+]|\{\d*,\d*\}|\{\d{2,}\}|\?")
_MODE = re.compile(r"[?+]")
_MOST_REPETITIONS = 2
_MOST_OPTIONS = 8
"""Optional pieces of a pattern: each may double the ways it can be tried."""
_PIECE = 1_000
"""Characters that a pattern sees at once."""
_BUDGET = 300_000_000
"""Steps, of about a nanosecond, that the patterns of one source may at worst take on one page."""


class Flaw(NamedTuple):
    """Why a rule cannot be used, and what would do."""

    problem: str
    hint: str = ""

    def __str__(self) -> str:
        """Say both in a line."""
        return f"{self.problem} ({self.hint})" if self.hint else self.problem


def selector_flaw(text: str) -> Flaw | None:
    """Say why a CSS selector cannot be used; `None` where it can."""
    import soupsieve

    if len(text) > LONGEST:
        return Flaw(f"is longer than {LONGEST} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            soupsieve.compile(text)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, RecursionError) as error:
        return Flaw(f'"{text[:100]}" is no CSS selector', str(error).partition("\n")[0].strip())
    return None


def is_range(text: str) -> bool:
    """Tell a ``from … to …`` range from a selector."""
    return text[:5].lower() == "from "


def range_text(start: str, end: str | None) -> str:
    """Write a range as text."""
    ends = [start] if end is None else [start, end]
    return " to ".join(json.dumps(each, ensure_ascii=False) for each in ends).join(("from ", ""))


def range_ends(text: str) -> tuple[str, str | None] | None:
    """Return the texts a range goes from and to; `None` for what is no range."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        return None
    start = _unquoted(found["start"])
    end = _unquoted(found["end"]) if found["end"] else None
    return (start, end) if start.strip() and (end is None or end.strip()) else None


class Stretch(NamedTuple):
    """What stands on a page between two elements."""

    starts: Edge
    start: str
    """CSS selector of the element at whose edge it starts; the first that matches."""
    ends: Edge
    end: str

    def __str__(self) -> str:
        """Write it as the text of a rule."""
        start, end = (json.dumps(each, ensure_ascii=False) for each in (self.start, self.end))
        return f"range {self.starts} {start} to {self.ends} {end}"


def is_stretch(text: str) -> bool:
    """Tell a ``range … to …`` between elements from a selector."""
    return text[:6].lower() == "range "


def stretch(text: str) -> Stretch | None:
    """Read a stretch between two elements; `None` for what is none."""
    found = _STRETCH.fullmatch(text.strip())
    if found is None:
        return None
    edges: list[Edge] = [
        "after" if found[name].lower() == "after" else "before" for name in ("from", "to")
    ]
    return Stretch(edges[0], _unquoted(found["start"]), edges[1], _unquoted(found["end"]))


def stretch_flaw(text: str) -> Flaw | None:
    """Say why a stretch cannot be used; `None` where it can."""
    found = stretch(text)
    if found is None:
        hint = 'range before "selector" to after "selector"'
        return Flaw(f'"{text[:100]}" is no range between elements', hint)
    if len(text) > LONGEST:
        return Flaw(f"is longer than {LONGEST} characters")
    return selector_flaw(found.start) or selector_flaw(found.end)


def _unquoted(text: str) -> str:
    if text.startswith('"'):
        try:
            return str(json.loads(text))
        except ValueError:
            pass
    return text.strip(_QUOTES)


def pattern_of(entry: str) -> str | None:
    """Return the regular expression of an `ignore` entry; `None` for a literal."""
    slashed = len(entry) > 2 and entry.startswith("/") and entry.endswith("/")  # noqa: PLR2004 -- //
    return entry[1:-1] if slashed else None


@lru_cache(maxsize=4096)
def ignore_flaw(entry: str) -> Flaw | None:
    """Say why an `ignore` entry cannot be used; `None` where it can."""
    if not entry.strip():
        return Flaw("is empty and would ignore everything")
    if len(entry) > LONGEST:
        return Flaw(f"is longer than {LONGEST} characters")
    pattern = pattern_of(entry)
    if pattern is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return Flaw(f'"/{pattern[:100]}/" is no regular expression', str(error))
    if compiled.fullmatch(""):
        return Flaw("the pattern matches nothing at all", 'write "+" instead of "*"')
    return _cost_flaw(pattern)


def _cost_flaw(pattern: str) -> Flaw | None:
    if re.search(r"\(\?P=|\\[1-9]|\(\?\(", pattern):
        return Flaw("the pattern refers back to what it found", "write what it should match")
    plain = _plain(pattern)
    if _nests_repetition(plain):
        return Flaw(
            "the pattern repeats a repetition or an alternative, which can take forever",
            "drop one of the nested *, +, ?, | or {n,}",
        )
    repeats = _REPEAT.findall(plain)
    options = repeats.count("?")
    if len(repeats) - options > _MOST_REPETITIONS or options > _MOST_OPTIONS:
        return Flaw(
            f"the pattern has more than {_MOST_REPETITIONS} repetitions"
            if options <= _MOST_OPTIONS
            else f"the pattern has more than {_MOST_OPTIONS} optional pieces",
            "split it into several entries",
        )
    return None


def _plain(pattern: str) -> str:
    """Return the outline of a pattern: escapes and sets are letters, groups are bare."""
    plain = _SYNTAX.sub("(", _PLAIN.sub("x", pattern))
    found: list[str] = []
    place = 0
    # What follows a repetition directly says how greedy it is, and repeats nothing.
    while place < len(plain):
        repeat = _REPEAT.match(plain, place)
        found.append(repeat[0] if repeat else plain[place])
        place = repeat.end() if repeat else place + 1
        place += bool(repeat and _MODE.match(plain, place))
    return "".join(found)


def _nests_repetition(plain: str) -> bool:
    r"""Tell whether a repetition or an alternative stands inside a repetition: ``(a+)*``."""
    open_ = [False]
    for place, char in enumerate(plain):
        if char == "(":
            open_.append(False)
        elif char == ")" and len(open_) > 1:
            inner = open_.pop()
            follows = _REPEAT.match(plain, place + 1) or re.match(r"\{\d+\}", plain[place + 1 :])
            if inner and follows and follows[0] != "?":
                return True
            open_[-1] |= inner
        elif char == "|" or _REPEAT.match(plain, place):
            open_[-1] = True
    return False


class Ignored:
    """What a source has ignored, found in the lines of one page at a bounded cost in sum."""

    def __init__(self, entries: Iterable[str]) -> None:
        usable = [entry for entry in entries if ignore_flaw(entry) is None]
        found = ((entry, pattern_of(entry)) for entry in usable)
        compiled = [(re.compile(pattern or re.escape(entry)), pattern) for entry, pattern in found]
        self._literals = [expression for expression, pattern in compiled if pattern is None]
        self._patterns = [expression for expression, pattern in compiled if pattern is not None]
        self._powers = [_power(expression.pattern) for expression in self._patterns]
        self._spent = 0

    def __bool__(self) -> bool:
        """Tell whether anything is ignored."""
        return bool(self._literals or self._patterns)

    @property
    def exhausted(self) -> bool:
        """Whether the page was too long for the patterns, which were left off midway."""
        return self._spent >= _BUDGET

    def spans(self, line: str) -> list[tuple[int, int]]:
        """Return where ignored words stand in a line, in no order."""
        found = [match.span() for each in self._literals for match in each.finditer(line)]
        self._spent += sum(_worst(power, len(line)) for power in self._powers)
        if self._patterns and not self.exhausted:
            found += self._matches(line)
        return found

    def _matches(self, line: str) -> Iterator[tuple[int, int]]:
        for start in range(0, len(line), _PIECE):
            for pattern in self._patterns:
                for match in pattern.finditer(line, start, start + _PIECE):
                    yield match.span()


def _power(pattern: str) -> int:
    return len(_REPEAT.findall(_plain(pattern).replace("?", ""))) + 1


def _worst(power: int, size: int) -> int:
    """Count the steps a search may take: each repetition may start and end anywhere."""
    pieces, rest = divmod(size, _PIECE)
    steps: int = pieces * _PIECE**power + rest**power
    return steps // factorial(power)
