"""Chooses what of a comparison is shown: the one reading that every renderer shares.

Knows nothing of formats; text in it is as the page had it and still to be escaped.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from monitor.model import Run
from monitor.render.visible import clip
from monitor.render.words import abridged, lines_of, runs_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import Comparison, Edit, Hunk, Operation
    from monitor.model.comparison import RunKind

Form = Literal["text", "heading", "item"]

_HEADING = re.compile(r"#{1,6} +")
_FORMS: tuple[tuple[re.Pattern[str], Form], ...] = (
    (_HEADING, "heading"),
    (re.compile(r" *[-*•] +"), "item"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is shown; `None` shows all."""

    sections: int | None = 12
    passages: int | None = 60
    characters: int | None = 24_000
    """Of all changed and context lines together."""
    passage: int | None = 1_500
    """Characters of one passage."""
    keep: int = 110
    """Unchanged characters kept beside a change; longer runs are abridged."""


WHOLE = Limits(sections=None, passages=None, characters=None, passage=None)


@dataclass(frozen=True, slots=True)
class Line:
    """One line to show, without the marks of headings and items, which `form` names, or of rows."""

    runs: tuple[Run, ...]
    form: Form = "text"
    context: bool = False
    """Whether it stands there only to show the place."""

    @property
    def kind(self) -> RunKind | None:
        """The one thing that happened to all of its words; `None` where they differ in that."""
        kinds = {run.kind for run in self.runs if run.text.strip()}
        return next(iter(kinds)) if len(kinds) == 1 else None


@dataclass(frozen=True, slots=True)
class Passage:
    """One hunk with a line of context on either side."""

    lines: tuple[Line, ...]
    words_left_out: int = 0
    """Changed words cut off its end."""
    moved_from: tuple[str, ...] | None = None
    """Headings of the section that it stood in before, word for word."""


@dataclass(frozen=True, slots=True)
class SectionExcerpt:
    """One edited section as shown."""

    operation: Operation
    path: tuple[str, ...]
    old_path: tuple[str, ...] | None
    words_added: int
    words_removed: int
    passages: tuple[Passage, ...]
    more: int = 0
    """Passages left out."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is shown of a comparison, and how much is not."""

    sections: tuple[SectionExcerpt, ...]
    more: int = 0
    """Sections left out."""

    @property
    def shortened(self) -> bool:
        """Tell whether anything that changed is not shown."""
        cut = any(passage.words_left_out for part in self.sections for passage in part.passages)
        return bool(self.more or cut or any(part.more for part in self.sections))


NOTHING = Excerpt(())


def excerpt(comparison: Comparison, limits: Limits = Limits()) -> Excerpt:
    """Choose sections and passages in their order until the limits are reached."""
    edits = comparison.edits
    chosen = edits[: limits.sections]
    budget = _Budget(limits.passages, limits.characters)
    covered = _covered(comparison)
    sections = tuple(_section(edit, comparison, covered, limits, budget) for edit in chosen)
    return Excerpt(sections, more=len(edits) - len(chosen))


def told_hunks(edit: Edit) -> tuple[Hunk, ...]:
    """Return what is to be told of an edit, what moved where it is.

    Of a section that moved, only what it also changed.
    """
    told = tuple(hunk for hunk in edit.hunks if not hunk.departs)
    if edit.operation != "moved":
        return told
    told = tuple(hunk for hunk in told if hunk.elsewhere != edit.old_path)
    gone = Counter(_bare(line) for hunk in told if not hunk.new for line in hunk.old)
    come = Counter(_bare(line) for hunk in told if not hunk.old for line in hunk.new)
    along = gone & come
    left = {"old": along.copy(), "new": along.copy()}
    hunks = (
        replace(hunk, old=old, new=new, runs=hunk.runs if hunk.old and hunk.new else ())
        for hunk in told
        for old in [hunk.old if hunk.new else _without(hunk.old, left["old"])]
        for new in [hunk.new if hunk.old else _without(hunk.new, left["new"])]
    )
    left_over = (hunk for hunk in hunks if hunk.old or hunk.new)
    return tuple(sorted(left_over, key=lambda hunk: not hunk.old))


def _without(lines: tuple[str, ...], along: Counter[str]) -> tuple[str, ...]:
    kept = []
    for line in lines:
        key = _bare(line)
        if along[key]:
            along[key] -= 1
        else:
            kept.append(line)
    return tuple(kept)


def words_changed(edit: Edit) -> tuple[int, int]:
    """Count words added and removed; words that moved along with their section are neither."""
    if edit.operation != "moved":
        return edit.words_added, edit.words_removed
    told = replace(edit, hunks=tuple(replace(h, runs=runs_of(h)) for h in told_hunks(edit)))
    return told.words_added, told.words_removed


def _without_root(path: tuple[str, ...], lines: tuple[str, ...]) -> tuple[str, ...]:
    # Where one title stands above everything, it says nothing about the place.
    titles = [line[2:] for line in lines if line.startswith("# ")]
    return path[1:] if len(path) > 1 and titles == [path[0]] else path


@dataclass(slots=True)
class _Budget:
    passages: int | None
    characters: int | None

    def take(self, passage: Passage) -> bool:
        """Pay for a passage; refuse it where too little is left."""
        if self.passages == 0 or (self.characters is not None and self.characters <= 0):
            return False
        if self.passages is not None:
            self.passages -= 1
        if self.characters is not None:
            self.characters -= sum(len(run.text) for line in passage.lines for run in line.runs)
        return True


def _section(
    edit: Edit,
    comparison: Comparison,
    covered: frozenset[int],
    limits: Limits,
    budget: _Budget,
) -> SectionExcerpt:
    added, removed = words_changed(edit)
    shown: list[Passage] = []
    more = 0
    last_context = -1
    for hunk in told_hunks(edit):
        lines, last_context = _lines(hunk, edit, comparison, covered, limits.keep, last_context)
        if not lines:
            continue
        passage = replace(_cut(lines, limits.passage), moved_from=_origin(hunk, comparison))
        if budget.take(passage):
            shown.append(passage)
        else:
            more += 1
    path = _without_root(edit.path, comparison.new_lines)
    old_path = edit.old_path and _without_root(edit.old_path, comparison.old_lines)
    return SectionExcerpt(edit.operation, path, old_path, added, removed, tuple(shown), more)


def _origin(hunk: Hunk, comparison: Comparison) -> tuple[str, ...] | None:
    return _without_root(hunk.elsewhere, comparison.old_lines) if hunk.elsewhere else hunk.elsewhere


def _covered(comparison: Comparison) -> frozenset[int]:
    return frozenset(
        at
        for hunk in comparison.hunks
        for at in range(hunk.old_line, hunk.old_line + len(hunk.old))
    )


def _lines(
    hunk: Hunk,
    edit: Edit,
    comparison: Comparison,
    covered: frozenset[int],
    keep: int,
    last_context: int,
) -> tuple[list[Line], int]:
    runs = (Run("same", "\n".join(hunk.new)),) if hunk.arrives else runs_of(hunk)
    changed = [line_of(line, keep) for line in lines_of(runs)]
    headed = bool(changed) and changed[0].form == "heading"
    if headed and _repeats(changed[0], edit):
        changed = changed[1:]
    if not changed or hunk.arrives or edit.operation in {"added", "removed", "moved"}:
        return changed, last_context
    before, after = hunk.old_line - 1, hunk.old_line + len(hunk.old)
    at = {before: changed[:0], after: changed[:0]}
    for index in at:
        if index > last_context and index not in covered:
            at[index] = _context(comparison.old_lines, index, keep)
    if headed:
        at[before] = []
    shown = after if at[after] else last_context
    return [*at[before], *changed, *at[after]], shown


def _context(lines: tuple[str, ...], index: int, keep: int) -> list[Line]:
    if not 0 <= index < len(lines) or _HEADING.match(lines[index]) or not lines[index].strip():
        return []
    line = line_of((Run("same", lines[index]),), keep)
    return [replace(line, runs=(Run("same", clip(line.runs[0].text, keep)),), context=True)]


def line_of(runs: tuple[Run, ...], keep: int = sys.maxsize // 4) -> Line:
    """Return a line to show, its unchanged words abridged to about `keep` beside each change."""
    sides = _sides(runs)
    for pattern, form in _FORMS:
        found = [pattern.match(side) for side in sides]
        if found and found[0] and all(found):
            runs = _without_start(runs, len(found[0][0]))
            return Line(abridged(runs, keep), form)
    if sides and all(side.startswith("| ") and side.endswith(" |") for side in sides):
        runs = _backwards(_without_start(_backwards(_without_start(runs, 2)), 2))
    return Line(abridged(runs, keep))


def _backwards(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    return tuple(Run(run.kind, run.text[::-1]) for run in reversed(runs))


def _sides(runs: tuple[Run, ...]) -> tuple[str, ...]:
    old = "".join(run.text for run in runs if run.kind != "added")
    new = "".join(run.text for run in runs if run.kind != "removed")
    return tuple(side for side in (old, new) if side)


def _without_start(runs: tuple[Run, ...], size: int) -> tuple[Run, ...]:
    # The mark may be a run of its own, the start of the first, or, where all differs, of both.
    out = []
    left = {"removed": size, "added": size}
    for run in runs:
        sides = ("removed", "added") if run.kind == "same" else (run.kind,)
        drop = min(*(left[side] for side in sides), len(run.text))
        for side in sides:
            left[side] -= drop
        out.append(Run(run.kind, run.text[drop:]))
    return tuple(run for run in out if run.text)


def _repeats(line: Line, edit: Edit) -> bool:
    # The section's title is shown above its passages; a renamed one shows its old name there.
    titles = {path[-1] for path in (edit.path, edit.old_path) if path}
    return all(_bare(side) in {_bare(title) for title in titles} for side in _sides(line.runs))


def _bare(text: str) -> str:
    return re.sub(r"^[\W\d_]+", "", text).strip().casefold()


def _cut(lines: Iterable[Line], limit: int | None) -> Passage:
    if limit is None:
        return Passage(tuple(lines))
    kept: list[Line] = []
    left, lost = limit, 0
    for line in lines:
        runs = []
        for run in line.runs:
            text = clip(run.text, left) if left > 1 else ""
            if run.kind != "same":
                lost += max(0, len(run.text.split()) - len(text.split()))
            left -= len(text)
            runs.append(Run(run.kind, text))
        kept.append(replace(line, runs=tuple(run for run in runs if run.text)))
    return Passage(tuple(line for line in kept if line.runs), lost)
