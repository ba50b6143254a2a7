"""Writes a notice as plain text: readable in any mail reader, a terminal or a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.render.facts import count, heading
from monitor.render.words import marked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.render.excerpt import Excerpt, Line, Passage, SectionExcerpt
    from monitor.render.notice import Fact, Notice, Step

LEGEND = "Removed words stand in [-…-], added words in {+…+}."
_RULE = "─" * 30


def text(notice: Notice) -> str:
    """Write the whole notice."""
    blocks = [
        f"{notice.title}\n{notice.summary}",
        "\n".join(f"! {remark}" for remark in notice.remarks),
        _columns(notice.facts),
        "\n".join(f"- {name or 'Start of the document'}" for name in notice.names),
        *_excerpt(notice.excerpt),
        notice.rest,
        _RULE,
        _steps(notice.steps),
        notice.reason,
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _columns(facts: tuple[Fact, ...]) -> str:
    width = max((len(fact.label) for fact in facts), default=0)
    return "\n".join(f"{fact.label:<{width}}  {fact.text}" for fact in facts)


def _steps(steps: tuple[Step, ...]) -> str:
    return "\n".join(f"{step.what}: {step.command}" for step in steps)


def _excerpt(shown: Excerpt) -> Iterator[str]:
    if not shown.sections:
        return
    if any(section.passages for section in shown.sections):
        yield LEGEND
    for section in shown.sections:
        yield f"== {heading(section.path)}\n   {operation_phrase(section)}"
        yield from (_passage(passage, section) for passage in section.passages)
        if section.more:
            yield f"   … {count(section.more, 'more passage')} in this section"


def operation_phrase(section: SectionExcerpt) -> str:
    """Say what happened to a section, from where, and how many words it took."""
    parts: list[str] = [section.operation]
    if section.operation in {"moved", "renamed"} and section.old_path is not None:
        if section.old_path != section.path:
            word = "from" if section.operation == "moved" else "was"
            parts = [f"{section.operation}, {word} “{heading(section.old_path)}”"]
        elif section.operation == "moved":
            parts = ["moved to another place"]
    counts = [
        f"{sign}{number:,}"
        for sign, number in (("+", section.words_added), ("−", section.words_removed))
        if number
    ]
    if counts:
        most = max(section.words_added, section.words_removed)
        parts.append(f"{' '.join(counts)} {'word' if most == 1 else 'words'}")
    elif section.operation == "moved" or any(
        passage.moved_from is not None for passage in section.passages
    ):
        parts.append("same words")
    return ", ".join(parts)


def moved_phrase(passage: Passage, section: SectionExcerpt) -> str:
    """Say where a passage stood before; empty for one that did not only move."""
    if passage.moved_from is None:
        return ""
    if passage.moved_from == section.path:
        return "moved within this section, in the same words:"
    return f"moved here, in the same words, from “{heading(passage.moved_from)}”:"


def _passage(passage: Passage, section: SectionExcerpt) -> str:
    lines = [f"   {_line(line)}" for line in passage.lines]
    if phrase := moved_phrase(passage, section):
        lines.insert(0, f"   {phrase}")
    if passage.words_left_out:
        lines.append(f"   … {count(passage.words_left_out, 'more word')} here")
    return "\n".join(lines)


def _line(line: Line) -> str:
    prefix = {"heading": "## ", "item": "- ", "text": ""}[line.form]
    return (prefix + marked(line.runs)).rstrip()
