"""Passages that come and go: told by the key they are compared under, taken out of a comparison."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.compare.noise import Reader
from monitor.compare.verdict import told
from monitor.model import Passage
from monitor.model.rule_text import Ignored

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from monitor.model import Comparison, Edit, Hunk


def passages(comparison: Comparison, *, ignore: Sequence[str] = ()) -> tuple[Passage, ...]:
    """Return every line that came or went in a comparison, once each, in order."""
    reader = Reader(Ignored(ignore))
    lines = (line for hunk in comparison.hunks for line in (*hunk.old, *hunk.new))
    found = {key: Passage(key, line) for line in lines if (key := reader.key(line))}
    return tuple(found.values())


def without(
    comparison: Comparison, volatile: Collection[str], *, ignore: Sequence[str] = ()
) -> Comparison:
    """Return the comparison without the hunks that consist of volatile passages alone.

    The verdict is ``same`` where nothing is left.
    """
    if not volatile:
        return comparison
    reader = Reader(Ignored(ignore))

    def kept(edit: Edit) -> Edit:
        return replace(edit, hunks=tuple(hunk for hunk in edit.hunks if not comes_and_goes(hunk)))

    def comes_and_goes(hunk: Hunk) -> bool:
        keys = {key for line in (*hunk.old, *hunk.new) if (key := reader.key(line))}
        return bool(keys) and keys <= set(volatile)

    edits = tuple(edit for edit in map(kept, comparison.edits) if edit.hunks)
    if len(edits) == len(comparison.edits) and all(
        new.hunks == old.hunks for new, old in zip(edits, comparison.edits, strict=True)
    ):
        return comparison
    if not edits:
        return replace(comparison, verdict="same", reason="passages that come and go", edits=())
    return replace(comparison, reason=told(edits), edits=edits, clear=False)
