"""How a rule is written in the file: accepts its text form, or refuses it with a hint."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from monitor.model.rule_text import (
    LONGEST,
    Stretch,
    ignore_flaw,
    is_range,
    is_stretch,
    range_ends,
    range_text,
    selector_flaw,
    stretch_flaw,
)
from monitor.sources.refusal import refuse

if TYPE_CHECKING:
    from monitor.model.rule_text import Edge, Flaw


_EDGES: tuple[Edge, ...] = ("before", "after")
_ENDS = ("start", "end")
_BETWEEN = '{ start_before = "selector", end_before = "selector" }'


@lru_cache(maxsize=4096)
def selector(text: str) -> str:
    """Accept a CSS selector, or a range between elements, that extraction can read."""
    return _accepted(text, stretch_flaw(text) if is_stretch(text) else selector_flaw(text))


def between(table: dict[str, Any]) -> str:
    """Return the text form of ``{ start_before = …, end_after = … }``; either edge of each end."""
    for key in table:
        if key not in {f"{end}_{edge}" for end in _ENDS for edge in _EDGES}:
            raise refuse(f'unknown key "{key}" in a range', _BETWEEN)
    starts, ends = ([edge for edge in _EDGES if f"{end}_{edge}" in table] for end in _ENDS)
    if len(starts) != 1 or len(ends) != 1:
        raise refuse("a range has one start and one end", _BETWEEN)
    start, end = table[f"start_{starts[0]}"], table[f"end_{ends[0]}"]
    if not (isinstance(start, str) and isinstance(end, str)):
        raise refuse("a range goes from a selector to a selector", _BETWEEN)
    return str(Stretch(starts[0], start, ends[0], end))


def cut_range(table: dict[str, Any]) -> str:
    """Return the text form of a range between texts or between elements."""
    if any(key.startswith(("start_", "end_")) for key in table):
        return between(table)
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
