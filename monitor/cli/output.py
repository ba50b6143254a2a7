"""How answers look: JSON for programs, local times and plain tables for people."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from monitor.render import answers
from monitor.render.visible import escaped, one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from rich.console import Console, ConsoleOptions, ConsoleRenderable
    from rich.segment import Segment
    from rich.table import Table

    from monitor.model import Change

MOST = 2**31 - 1
"""The largest number that a database takes."""
ROOMY = 100
"""Columns from which a table shows all it has."""
GLYPHS = {"added": "+", "removed": "−", "edited": "~", "moved": "→", "renamed": "»"}


def emit(answer: object) -> None:
    """Print a value as JSON, in UTF-8, one object or array."""
    written = json.dumps(answer, ensure_ascii=False, indent=2)
    sys.stdout.write(escaped(written) + "\n")


def console(*, stderr: bool = False) -> Console:
    """Return a console that honours NO_COLOR and never pages; wide where there is no terminal.

    Whatever is printed, only its own styles reach the terminal: brackets are no markup, and what
    could steer is shown.
    """
    from rich.console import Console

    out = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not (out.is_terminal or "COLUMNS" in os.environ):
        out = Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=120)
    out.push_render_hook(_Shown())  # type: ignore[arg-type]  # a subclass would import all of rich
    return out


class _Shown:
    """Takes what could steer a terminal out of everything a console prints."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Put each into its cover."""
        return [_Cover(one) for one in renderables]


class _Cover:
    """A renderable whose text is only text."""

    def __init__(self, covered: ConsoleRenderable) -> None:
        self._covered = covered

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Render what is covered, and make its text visible."""
        from rich.segment import Segment

        for text, style, control in console.render(self._covered, options):
            yield Segment(text if control else visible(text), style, control)


def table(*columns: str, text: str | None = None) -> Table:
    """Return an empty table without boxes; where room is short, column `text` gives way first."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        grid.add_column(column, overflow="fold", no_wrap=text is not None and column != text)
    return grid


def local(moment: datetime | None, *, seconds: bool = False) -> str:
    """Write a time as a person here reads it, to the minute or the second."""
    form = "%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M"
    return moment.astimezone().strftime(form) if moment else "–"


def plain(text: str) -> str:
    """Take what could steer a terminal out of a text that came from a page."""
    return visible(text).replace("\n", " ")


def place(path: Iterable[str]) -> str:
    """Name a section by its headings, each cut where a page makes one that no line has room for."""
    named = (one_line(part, 200) for part in path)
    return " › ".join(part for part in named if part) or "(before the first heading)"


def tell_meaning(out: Console, change: Change, *, indent: str = "      ") -> None:
    """Print what a change means: its summary, then the findings that this does not tell."""
    from rich.text import Text

    from monitor.render.terminal import hang

    if change.summary:
        hang(out, Text(f"{indent}{plain(change.summary)}"))
    for finding in change.findings:
        if finding.summary not in change.summary:
            hang(out, Text(f"{indent}! {plain(finding.summary)}", "yellow"), deeper=2)


def date_story(change: Change) -> str:
    """Say in a few words what happened to the policy's own date."""
    old, new = (answers.date_value(d.last_updated) for d in (change.old_dates, change.new_dates))
    if old == new:
        return f"date unchanged ({new})" if new else "states no date"
    return f"date {old or 'none'} → {new or 'none'}"


def count(number: int, noun: str) -> str:
    """Count things in English: ``1 section``, ``2 sections``, ``2 policies``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun[-2:] in {"cy", "ry"} else f"{number} {noun}s"


def joined(words: Iterable[str]) -> str:
    """Join the words that are not empty by a middle dot."""
    return " · ".join(word for word in words if word)
