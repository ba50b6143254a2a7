"""What a source declares about the words of its page: stretches cut, words ignored."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.extract.text import normalise
from monitor.model.rule_text import Ignored, ignore_flaw, is_range, pattern_of, range_ends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.extract.block import Block


def cut_ranges(blocks: Sequence[Block], remove: Sequence[str]) -> tuple[list[Block], list[str]]:
    """Leave out the blocks from one that begins with a text up to, not including, another."""
    kept, notes = list(blocks), []
    for text in filter(is_range, remove):
        ends = range_ends(text)
        start = _find(kept, ends[0], 0) if ends else None
        if ends is None or start is None:
            notes.append(f"remove matches nothing: {text}")
            continue
        end = len(kept) if ends[1] is None else _find(kept, ends[1], start + 1)
        if end is None:
            notes.append(f"remove has no end on the page: {text}")
            continue
        del kept[start:end]
    return kept, notes


def _find(blocks: Sequence[Block], text: str, place: int) -> int | None:
    wanted = normalise(text).casefold()
    for index in range(place, len(blocks)):
        if blocks[index].text.casefold().startswith(wanted):
            return index
    return None


def ignore(blocks: Sequence[Block], entries: Sequence[str]) -> tuple[list[Block], list[str]]:
    """Leave ignored words out of the blocks, and blocks of which nothing else is left."""
    notes = [f"ignore: {entry}: {flaw}" for entry in entries if (flaw := ignore_flaw(entry))]
    # What a page shows is normalised; a literal is matched as the page would show it.
    ignored = Ignored(entry if pattern_of(entry) else normalise(entry) for entry in entries)
    if not ignored:
        return list(blocks), notes
    kept: list[Block] = []
    for block in blocks:
        text = _without(block.text, ignored.spans(block.text))
        if text:
            kept.append(block if text == block.text else replace(block, text=text))
    if ignored.exhausted:
        notes.append("ignore: the page is too long for its patterns, which were left off midway")
    return kept, notes


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    if not spans:
        return text
    left: list[str] = []
    place = 0
    for start, end in sorted(spans):
        left += [text[place:start], " "] if start > place else []
        place = max(place, end)
    return normalise("".join([*left, " ", text[place:]]))
