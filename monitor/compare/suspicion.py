"""Whether a difference looks like another page rather than another wording of this one.

Genuine rewrites exist that keep almost nothing, so a doubt only asks for captures that agree.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.compare.blocks import Group, Lines
    from monitor.compare.noise import Reader
    from monitor.model import Comparison, Document, Hunk

SHINGLE = 4
"""Words in a row that are looked for in the other text."""
ENOUGH = 50_000
"""Words after which no more are read to tell whether two texts are related."""
UNRELATED = 0.02
"""Share of such sequences in common below which two texts have nothing to do with another."""
TRANSLATED = 0.3
"""The same for texts that claim another language: names and addresses are in both."""
EDITION = 0.9
"""Share from which a text that claims another region is the same policy in another edition."""
COLLAPSE = 0.5
"""Share of itself a text may lose at once with nothing new in their place."""
GROWTH = 2.5
"""How many times as long a text may get at once with nothing else changed."""
ONE_SIDED = 0.1
"""Share of what is left up to which new words do not count, and lost ones of what was there."""
SUBSTANTIAL = 1_000
"""Characters below which a text may lose or gain any share of itself."""
ALIKE = 0.9
"""Share of a page that stays for an edit to be plain."""
KEPT = 0.4
"""Share of a passage that stays for it to be edited rather than replaced."""
LITTLE = 0.1
"""Share of the old text that is next to nothing of it."""
SENTENCE = 6
"""Words from which a passage is a sentence rather than a label."""

_LETTER = re.compile(r"[^\W\d_]")
_REGION = re.compile(r"-([A-Z]{2}|\d{3})\b")


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Characters of both texts, and how many of each have no counterpart."""

    old: int
    new: int
    gone: int
    came: int


def doubt(old: Document, new: Document, lines: Lines, groups: Sequence[Group]) -> str:
    """Return why the new text may not be a new wording of the old one; empty where it is."""
    if not any(map(lines.reader.key, lines.new)):
        return "no text"
    if not any(map(lines.reader.key, lines.old)):
        return "text where there was none"
    sizes = _Sizes(
        len(old.text),
        len(new.text),
        sum(len(line) for group in groups for line in lines.old[group.old_start : group.old_stop]),
        sum(len(line) for group in groups for line in lines.new[group.new_start : group.new_stop]),
    )
    if other := _other_region(old, new, sizes):
        return other
    if 2 * max(sizes.gone, sizes.came) < min(sizes.old, sizes.new):
        return ""
    return _other_text(old, new, lines) or _other_size(lines, groups, sizes)


def little_left(comparison: Comparison) -> bool:
    """Whether next to nothing of the old text is in the new one."""
    old = sum(map(len, comparison.old_lines))
    runs = (run for hunk in comparison.hunks for run in hunk.runs)
    return sum(len(run.text) for run in runs if run.kind == "removed") > (1 - LITTLE) * old


def _other_region(old: Document, new: Document, sizes: _Sizes) -> str:
    before, after = _REGION.search(old.language or ""), _REGION.search(new.language or "")
    few = sizes.came <= (1 - EDITION) * sizes.new
    if before and after and before[1] != after[1] and _base(old) == _base(new) and few:
        return f"another region's edition: {new.language} instead of {old.language}"
    return ""


def _base(document: Document) -> str:
    return (document.language or "").partition("-")[0].lower()


def _other_text(old: Document, new: Document, lines: Lines) -> str:
    shared = _shared(_opening(lines.reader, lines.old), _opening(lines.reader, lines.new))
    if old.language and new.language and _base(old) != _base(new) and shared < TRANSLATED:
        return f"another language: {new.language} instead of {old.language}"
    return "unrelated text" if shared < UNRELATED else ""


def _other_size(lines: Lines, groups: Sequence[Group], sizes: _Sizes) -> str:
    if max(sizes.old, sizes.new) < SUBSTANTIAL:
        return ""
    if sizes.new < COLLAPSE * sizes.old and sizes.came <= ONE_SIDED * sizes.new:
        return f"only {100 * sizes.new // sizes.old} % of the text is left"
    if sizes.gone <= ONE_SIDED * sizes.old:
        if sizes.came > COLLAPSE * sizes.old and _mostly_repeated(lines, groups):
            return "the text is there more than once"
        if sizes.new > GROWTH * sizes.old:
            return f"the text is {sizes.new / sizes.old:.1f} times as long"
    return ""


def _mostly_repeated(lines: Lines, groups: Sequence[Group]) -> bool:
    """Whether nearly all that came was there already."""
    known = set(lines.reader.keys(lines.old))
    came = Counter(
        lines.new_key(at) for group in groups for at in range(group.new_start, group.new_stop)
    )
    repeated = sum(len(key) * times for key, times in came.items() if key in known or times > 1)
    return repeated > (1 - ONE_SIDED) * sum(len(key) * n for key, n in came.items())


def _opening(reader: Reader, texts: Iterable[str]) -> list[str]:
    """Return the words a text starts with, enough to tell whether two have to do with another."""
    words: list[str] = []
    for text in texts:
        words += reader.key(text).split()
        if len(words) > ENOUGH:
            break
    return words


def _shared(old: list[str], new: list[str]) -> float:
    """Return the share of word sequences that both texts have, of the smaller text's."""
    here, there = _shingles(old), _shingles(new)
    return len(here & there) / max(1, min(len(here), len(there)))


def _shingles(words: list[str]) -> set[tuple[str, ...]]:
    if len(words) < SHINGLE:
        return {tuple(words)}
    return set(zip(*(words[at:] for at in range(SHINGLE)), strict=False))


def clear(hunks: Sequence[Hunk], size: int) -> bool:
    """Whether sentences were edited in place, on a page of `size` characters otherwise alike.

    Numbers alone may be a count that goes on by itself: those a second capture has to show.
    """
    edited, sentences = 0, 0
    for hunk in hunks:
        kept = sum(len(run.text) for run in hunk.runs if run.kind == "same")
        length = sum(map(len, hunk.new))
        changed = [run.text for run in hunk.runs if run.kind != "same"]
        if kept < KEPT * length or not hunk.old or not any(map(_LETTER.search, changed)):
            return False
        edited += sum(map(len, changed))
        sentences += sum(len(line.split()) for line in hunk.new) >= SENTENCE
    return bool(sentences) and edited <= (1 - ALIKE) * size
