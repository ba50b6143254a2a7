"""What a rule may be: a selector, a range, a literal or a pattern bounded in what it repeats."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from monitor.sources.refusal import refuse

LONGEST = 1_000
"""Characters of the longest selector, range or pattern."""
_RANGE = re.compile(r'from ("(?:[^"\\]|\\.)+")(?: to ("(?:[^"\\]|\\.)+"))?')


@lru_cache(maxsize=4096)
def selector(text: str) -> str:
    """Accept a CSS selector that extraction can read."""
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    if len(text) > LONGEST:
        raise refuse(f"is longer than {LONGEST} characters")
    try:
        LexborHTMLParser("<p></p>").css(text)
    except SelectolaxError:
        raise refuse(f'"{text[:100]}" is no CSS selector', _selector_hint(text)) from None
    return text


def _selector_hint(text: str) -> str:
    import warnings

    import soupsieve

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            soupsieve.compile(text)
    except (soupsieve.SelectorSyntaxError, NotImplementedError) as error:
        return str(error).partition("\n")[0]
    return "only selectors of the CSS standard can be used"


def cut_range(table: dict[str, Any]) -> str:
    """Return the text form of ``{ from = …, to = … }``: ``from "…" to "…"``."""
    for key in table:
        if key not in {"from", "to"}:
            raise refuse(f'unknown key "{key}" in a range', '{ from = "heading", to = "heading" }')
    ends = [table.get("from"), *([table["to"]] if "to" in table else [])]
    if not all(isinstance(end, str) and end.strip() for end in ends):
        raise refuse("a range goes from a text", '{ from = "heading", to = "heading" }')
    return " to ".join(json.dumps(end, ensure_ascii=False) for end in ends).join(("from ", ""))


def cut(text: str) -> str:
    """Accept a CSS selector or the text form of a range."""
    return text if _RANGE.fullmatch(text) and len(text) <= LONGEST else selector(text)


@lru_cache(maxsize=4096)
def ignore(text: str) -> str:
    """Accept a literal, or a ``/pattern/`` that compiles and repeats no repetition."""
    if not text.strip():
        raise refuse("is empty and would ignore everything")
    if len(text) > LONGEST:
        raise refuse(f"is longer than {LONGEST} characters")
    if len(text) > 1 and text.startswith("/") and text.endswith("/"):
        _pattern(text[1:-1])
    return text


def _pattern(pattern: str) -> None:
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise refuse(f'"/{pattern[:100]}/" is no regular expression', str(error)) from None
    if not pattern or compiled.fullmatch(""):
        raise refuse("the pattern matches nothing at all", 'write "+" instead of "*"')
    if _nests_repetition(pattern):
        raise refuse(
            "the pattern repeats a repetition, which can take forever",
            "drop one of the nested *, + or {n,}",
        )


def _nests_repetition(pattern: str) -> bool:
    r"""Whether an unbounded repetition stands inside another, as in ``(a+)*``."""
    plain = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern, flags=re.DOTALL)
    repeats = [False]
    for position, char in enumerate(plain):
        if char == "(":
            repeats.append(False)
        elif char == ")" and len(repeats) > 1:
            inner = repeats.pop()
            if inner and re.match(r"[*+]|\{\d*,\}", plain[position + 1 :]):
                return True
            repeats[-1] |= inner
        elif char in "*+" or re.match(r"\{\d*,\}", plain[position:]):
            repeats[-1] = True
    return False
