"""What a source declares about the words of its page: stretches cut, words ignored.

Nothing here can run for long: patterns and their input are bounded.
"""

from __future__ import annotations

import re
from dataclasses import replace
from math import factorial
from typing import TYPE_CHECKING

from monitor.extract.text import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.extract.block import Block

_RANGE = re.compile(
    r"""from\s+(?P<start>"[^"]*"|'[^']*'|.+?)(?:\s+to\s+(?P<end>"[^"]*"|'[^']*'|.+))?""",
    re.IGNORECASE,
)
_LONGEST_LINE = 1_000
_REPETITION = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\d*\}|\{\d{3,}\})")
_MOST_REPETITIONS = 2
_BUDGET = 300_000_000
"""Steps, of about a nanosecond, that the patterns of one source may at worst take on one page."""


def check_selector(text: str) -> str | None:
    """Say what is wrong with a CSS selector, and where; `None` where it can be used."""
    import soupsieve

    try:
        soupsieve.compile(text)
    except soupsieve.SelectorSyntaxError as error:
        return str(error).strip()
    return None


def check_pattern(text: str) -> str | None:
    """Say why an `ignore` entry cannot be used; literals always can."""
    if not _is_pattern(text):
        return None
    try:
        re.compile(text[1:-1])
    except re.error as error:
        return f"no regular expression: {error}"
    if re.search(r"[*+}]\)*[*+{]|[*+}][^()]*\)[*+{]|\|[^()]*\)[*+{]", text):
        return "repeats what is itself repeated, which may take for ever"
    if len(_REPETITION.findall(text)) > _MOST_REPETITIONS:
        return f"more than {_MOST_REPETITIONS} repetitions"
    return None


def is_range(text: str) -> bool:
    """Tell a ``from … to …`` range from a selector."""
    return text.lower().startswith("from ")


def cut_ranges(blocks: Sequence[Block], remove: Sequence[str]) -> tuple[list[Block], list[str]]:
    """Leave out the blocks from one that begins with a text up to, not including, another."""
    kept, notes = list(blocks), []
    for text in filter(is_range, remove):
        match = _RANGE.fullmatch(text.strip())
        start = _find(kept, match["start"], 0) if match else None
        if match is None or start is None:
            notes.append(f"remove matches nothing: {text}")
            continue
        end = _find(kept, match["end"], start + 1) if match["end"] else len(kept)
        if end is None:
            notes.append(f"remove has no end on the page: {text}")
            continue
        del kept[start:end]
    return kept, notes


def _find(blocks: Sequence[Block], text: str, place: int) -> int | None:
    wanted = normalise(text.strip("\"'")).casefold()
    for index in range(place, len(blocks)):
        if blocks[index].text.casefold().startswith(wanted):
            return index
    return None


def ignore(blocks: Sequence[Block], entries: Sequence[str]) -> tuple[list[Block], list[str]]:
    """Leave ignored words out of the blocks, and blocks of which nothing else is left."""
    notes = [f"ignore: {entry}: {why}" for entry in entries if (why := check_pattern(entry))]
    usable = [entry for entry in entries if check_pattern(entry) is None]
    patterns = [re.compile(entry[1:-1]) for entry in usable if _is_pattern(entry)]
    literals = [words for entry in usable if not _is_pattern(entry) and (words := normalise(entry))]
    spent = 0
    kept: list[Block] = []
    for block in blocks:
        text = block.text
        for literal in literals:
            text = text.replace(literal, " ")
        spent += sum(_worst(pattern, len(text)) for pattern in patterns)
        if patterns and spent < _BUDGET:
            text = "".join(_pieces(text, patterns))
        if text != block.text:
            text = normalise(text)
        if text:
            kept.append(block if text == block.text else replace(block, text=text))
    if patterns and spent >= _BUDGET:
        notes.append("ignore: the page is too long for its patterns, which were left off midway")
    return kept, notes


def _worst(pattern: re.Pattern[str], size: int) -> int:
    """Count the steps a search may take: each repetition may start and end anywhere."""
    pieces, rest = divmod(size, _LONGEST_LINE)
    power = len(_REPETITION.findall(pattern.pattern)) + 1
    steps: int = pieces * _LONGEST_LINE**power + rest**power
    return steps // factorial(power)


def _pieces(text: str, patterns: Sequence[re.Pattern[str]]) -> Iterator[str]:
    for start in range(0, len(text), _LONGEST_LINE):
        piece = text[start : start + _LONGEST_LINE]
        for pattern in patterns:
            piece = pattern.sub(" ", piece)
        yield piece


def _is_pattern(text: str) -> bool:
    return len(text) > 2 and text.startswith("/") and text.endswith("/")  # noqa: PLR2004 -- //
