"""Documents built from lines as extraction would build them."""

from __future__ import annotations

from monitor.model import Document, Section


def document(*lines: str, title: str = "", language: str | None = None) -> Document:
    """Build a document; lines that open with ``#`` are headings."""
    sections: list[Section] = []
    path: list[tuple[int, str]] = []
    for at, line in enumerate(lines):
        mark, _, heading = line.partition(" ")
        if mark and not mark.strip("#"):
            path = [(level, name) for level, name in path if level < len(mark)]
            path.append((len(mark), heading))
            names = tuple(name for _, name in path)
            sections.append(Section(names, heading, "", at, len(mark)))
            continue
        if not sections:
            sections.append(Section((), "", "", at))
        last = sections[-1]
        text = f"{last.text}\n{line}" if last.text else line
        sections[-1] = Section(last.path, last.heading, text, last.line, last.level)
    return Document(title, language, tuple(sections), "\n".join(lines))
