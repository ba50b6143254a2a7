"""Shows diffs on a terminal, as `rich` text: styled, never parsed as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from monitor.render.excerpt import WHOLE, excerpt
from monitor.render.facts import count, heading
from monitor.render.text import moved_phrase, operation_phrase
from monitor.render.visible import visible
from monitor.render.words import lines_of, marked, runs_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from monitor.model import Comparison, Run
    from monitor.model.comparison import RunKind
    from monitor.render.excerpt import Limits, Line, Passage, SectionExcerpt

# Underlined and struck through as well: colour alone says nothing to many readers.
_STYLES = {"added": "bold green underline", "removed": "red strike", "same": ""}
# A whole line is long to read struck through: its sign says it.
_WHOLE: dict[RunKind | None, tuple[str, str]] = {"added": ("+", "green"), "removed": ("−", "red")}
_LEAST = 20
"""Columns below which what wraps is not indented."""
_DIFF_STYLES = (("+++", "bold"), ("---", "bold"), ("@@", "cyan"), ("+", "green"), ("-", "red"))


def diff_sections(
    comparison: Comparison, *, limits: Limits = WHOLE, color: bool = True
) -> list[Text]:
    """Show each edited section: its heading path, what happened, its passages.

    Without `color`, words are marked ``[-removed-]`` and ``{+added+}`` instead.
    """
    shown = excerpt(comparison, limits)
    texts = [_section(section, color=color) for section in shown.sections]
    if shown.more:
        texts.append(Text(f"… {count(shown.more, 'more section')}", style="dim"))
    return texts


def diff_words(comparison: Comparison, *, color: bool = True) -> Text:
    """Show every changed line with its words marked, without sections or context."""
    lines = [
        _runs(line, color=color) for hunk in comparison.hunks for line in lines_of(runs_of(hunk))
    ]
    return Text("\n").join(lines)


def diff_unified(diff: str, *, color: bool = True) -> Text:
    """Show a unified diff; control characters of the page are made visible."""
    lines = []
    for line in diff.rstrip("\n").split("\n"):
        style = next((style for mark, style in _DIFF_STYLES if line.startswith(mark)), "")
        lines.append(Text(visible(line), style=style if color else ""))
    return Text("\n").join(lines)


def hang(out: Console, text: Text, *, deeper: int = 0) -> None:
    """Print lines that begin with their indent; what of one wraps stands under it, or `deeper`."""
    for line in text.split("\n", allow_blank=True):
        depth = len(line.plain) - len(line.plain.lstrip(" "))
        room = out.width - depth - deeper
        if line.cell_len <= out.width or room < _LEAST:
            out.print(line)
            continue
        body = line[depth:]
        first = body.wrap(out, room + deeper)[0]
        out.print(Text(" " * depth).append_text(first))
        left = body[len(first) :]
        left = left[len(left.plain) - len(left.plain.lstrip(" ")) :]
        for more in left.wrap(out, room):
            out.print(Text(" " * (depth + deeper)).append_text(more))


def _section(section: SectionExcerpt, *, color: bool) -> Text:
    lines = [
        Text(heading(section.path), style="bold"),
        Text(f"  {operation_phrase(section)}", style="dim"),
    ]
    for passage in section.passages:
        lines += _passage(passage, section, color=color)
    if section.more:
        lines.append(Text(f"  … {count(section.more, 'more passage')}", style="dim"))
    return Text("\n").join(lines)


def _passage(passage: Passage, section: SectionExcerpt, *, color: bool) -> Iterable[Text]:
    yield Text("")
    if phrase := moved_phrase(passage, section):
        yield Text(f"  {phrase}", style="dim")
    for line in passage.lines:
        yield Text("  ").append_text(_line(line, color=color))
    if passage.words_left_out:
        yield Text(f"  … {count(passage.words_left_out, 'more word')} here", style="dim")


def _line(line: Line, *, color: bool) -> Text:
    mark = {"heading": "## ", "item": "• ", "text": ""}[line.form]
    if color and line.kind in _WHOLE:
        sign, style = _WHOLE[line.kind]
        words = "".join(visible(run.text) for run in line.runs)
        return Text(f"{sign} {mark}{words}", style=style)
    text = Text(mark).append_text(_runs(line.runs, color=color))
    if line.context:
        text.stylize("dim")
    return text


def _runs(runs: Iterable[Run], *, color: bool) -> Text:
    if not color:
        return Text(marked(runs))
    text = Text()
    for run in runs:
        text.append(visible(run.text), style=_STYLES[run.kind])
    return text
