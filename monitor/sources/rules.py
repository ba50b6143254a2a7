"""How a rule is written in the file: accepts its text form, or refuses it with a hint."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from monitor.model.rule_text import (
    LONGEST,
    ignore_flaw,
    is_range,
    range_ends,
    range_text,
    selector_flaw,
)
from monitor.sources.refusal import refuse

if TYPE_CHECKING:
    from monitor.model.rule_text import Flaw


@lru_cache(maxsize=4096)
def selector(text: str) -> str:
    """Accept a CSS selector that extraction can read."""
    return _accepted(text, selector_flaw(text))


def cut_range(table: dict[str, Any]) -> str:
    """Return the text form of ``{ from = …, to = … }``: ``from "…" to "…"``."""
    for key in table:
        if key not in {"from", "to"}:
            raise refuse(f'unknown key "{key}" in a range', '{ from = "heading", to = "heading" }')
    ends = [table.get("from"), *([table["to"]] if "to" in table else [])]
    if not all(isinstance(end, str) and end.strip() for end in ends):
        raise refuse("a range goes from a text", '{ from = "heading", to = "heading" }')
    return range_text(table["from"], table.get("to"))


def cut(text: str) -> str:
    """Accept a CSS selector or the text form of a range."""
    if is_range(text) and range_ends(text) is not None and len(text) <= LONGEST:
        return text
    return selector(text)


@lru_cache(maxsize=4096)
def ignore(text: str) -> str:
    """Accept a literal, or a ``/pattern/`` that compiles and is bounded in what it repeats."""
    return _accepted(text, ignore_flaw(text))


def _accepted(text: str, flaw: Flaw | None) -> str:
    if flaw is not None:
        raise refuse(flaw.problem, flaw.hint)
    return text
