"""How a page is read, for a terminal and for programs: the answers of ``preview``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.render import answers

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from monitor.model import Document

LINES_SHOWN = 2


def as_json(document: Document, *, url: str, final_url: str) -> dict[str, object]:
    """Give everything that was read, for programs."""
    return {
        "url": url,
        "final_url": final_url,
        "title": document.title,
        "language": document.language,
        "dates": answers.dates(document.dates),
        "candidates": [
            {
                "value": candidate.date.value,
                "label": candidate.date.label,
                "evidence": candidate.date.evidence,
                "chosen": candidate.chosen,
                "why": candidate.why,
            }
            for candidate in document.dates.candidates
        ],
        "sections": [
            {"path": list(section.path), "heading": section.heading, "text": section.text}
            for section in document.sections
        ],
        "parts": list(document.parts),
        "part": document.part,
        "dropped": [{"text": part.text, "why": part.why} for part in document.dropped],
        "notes": list(document.notes),
        "text": document.text,
    }


def show(document: Document, *, address: str, full: bool) -> None:
    """Print title, notes, dates, sections, parts and what was left out."""
    from rich.text import Text

    out = output.console()
    out.print(Text(output.plain(document.title) or "(no title)", "bold"))
    words = output.count(len(document.text.split()), "word")
    out.print(Text(output.joined((address, document.language or "language unknown", words)), "dim"))
    for note in document.notes:
        out.print(Text(f"! {output.plain(note)}", "yellow"))
    _dates(out, document)
    _sections(out, document, full=full)
    if document.parts:
        out.print(Text("\nSeveral documents on this page; name one with `part`", "bold"))
        for part in document.parts:
            mark = "✓" if part == document.part else " "
            out.print(Text(f"  {mark} {output.plain(part)}"))
    out.print(Text("\nLeft out", "bold"))
    for left in document.dropped:
        _tell(out, Text(f"  {left.why}: {output.plain(left.text)}", "dim"), full=full)
    if not document.dropped:
        out.print("  nothing", style="dim")


def _dates(out: Console, document: Document) -> None:
    from rich.text import Text

    out.print(Text("\nDates", "bold"))
    for candidate in document.dates.candidates:
        mark = "✓" if candidate.chosen else " "
        date = candidate.date
        words = output.plain(f"{date.label}: {date.evidence!r} – {candidate.why}")
        out.print(Text(f"  {mark} {date.value}  {words}", "" if candidate.chosen else "dim"))
    if not document.dates.candidates:
        out.print("  none stated", style="dim")


def _sections(out: Console, document: Document, *, full: bool) -> None:
    from rich.text import Text

    out.print(Text("\nSections", "bold"))
    for section in document.sections:
        heading = output.place([section.heading])
        out.print(
            Text("  " * max(section.level, 1) + heading, "bold" if section.heading else "dim")
        )
        lines = section.text.split("\n") if section.text else []
        for line in lines if full else lines[:LINES_SHOWN]:
            words = Text("  " * (section.level + 1) + output.plain(line), "dim")
            _tell(out, words, full=full)


def _tell(out: Console, words: Text, *, full: bool) -> None:
    from monitor.render.terminal import hang

    if full:
        hang(out, words)
    else:
        out.print(words, no_wrap=True, overflow="ellipsis")
