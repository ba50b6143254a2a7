"""Reads word-level runs for people: joined into whole phrases, abridged, marked in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.model import Run
from monitor.render.visible import ELLIPSIS, clip, clip_start, unmarked, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import Comparison, Hunk

_MARKS = {"added": ("{+", "+}"), "removed": ("[-", "-]"), "same": ("", "")}


def runs_of(hunk: Hunk) -> tuple[Run, ...]:
    """Return the runs of a hunk, or all of old and all of new where it has none."""
    if hunk.runs:
        return phrases(hunk.runs)
    old, new = "\n".join(hunk.old), "\n".join(hunk.new)
    runs = (Run("removed", old), Run("added", new))
    return tuple(run for run in runs if run.text)


def phrases(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Join changes with only spaces between them: a phrase reads as one removal and one addition.

    Old and new text stay what they were.
    """
    out: list[Run] = []
    group: list[Run] = []
    for run in runs:
        if run.kind != "same" or (group and not run.text.strip(" ")):
            group.append(run)
        else:
            out += [*_phrase(group), run]
            group = []
    return tuple(out + _phrase(group))


def _phrase(group: list[Run]) -> list[Run]:
    spaces: list[Run] = []
    while group and group[-1].kind == "same":
        spaces.insert(0, group.pop())
    if {run.kind for run in group} >= {"removed", "added"}:
        old = "".join(run.text for run in group if run.kind != "added")
        new = "".join(run.text for run in group if run.kind != "removed")
        group = [Run("removed", old), Run("added", new)]
    return group + spaces


def lines_of(runs: Iterable[Run]) -> tuple[tuple[Run, ...], ...]:
    """Split runs at line feeds into the lines to show; lines without a word are left out.

    Spaces beside a change are moved out of it: marks hug the words.
    """
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *rest = run.text.split("\n")
        lines[-1] += _hugged(run, first)
        lines += [_hugged(run, part) for part in rest]
    return tuple(tuple(line) for line in lines if any(run.text.strip() for run in line))


def _hugged(run: Run, text: str) -> list[Run]:
    inner = text.strip()
    if run.kind == "same" or not inner:
        return [Run("same", text)] if text else []
    start = text.index(inner)
    end = start + len(inner)
    parts = (Run("same", text[:start]), Run(run.kind, inner), Run("same", text[end:]))
    return [part for part in parts if part.text]


def abridged(line: tuple[Run, ...], keep: int) -> tuple[Run, ...]:
    """Shorten what did not change to about `keep` characters beside each change."""
    last = len(line) - 1
    out = []
    for at, run in enumerate(line):
        if run.kind != "same":
            out.append(run)
        elif last == 0:
            out.append(Run("same", clip(run.text, 2 * keep)))
        elif at == 0:
            out.append(Run("same", clip_start(run.text, keep)))
        elif at == last:
            out.append(Run("same", clip(run.text, keep)))
        elif len(run.text) > 2 * keep:
            start = clip(run.text, keep).removesuffix(ELLIPSIS)
            end = clip_start(run.text, keep).removeprefix(ELLIPSIS)
            out.append(Run("same", f"{start} {ELLIPSIS} {end}"))
        else:
            out.append(run)
    return tuple(out)


def marked(line: Iterable[Run]) -> str:
    """Write a line as plain text: ``[-removed-]`` and ``{+added+}``."""
    return "".join(_marked(run) for run in line)


def _marked(run: Run) -> str:
    before, after = _MARKS[run.kind]
    text = unmarked(visible(run.text).replace("\n", " "))
    return f"{before}{text}{after}"


def words(comparison: Comparison) -> str:
    """Write every changed line of a comparison with its words marked, one a line."""
    shown = (marked(line) for hunk in comparison.hunks for line in lines_of(runs_of(hunk)))
    return "".join(f"{line}\n" for line in shown)
