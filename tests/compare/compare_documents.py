"""Documents built from lines as extraction would build them."""

from __future__ import annotations

from monitor.model import Document, Section


def document(*lines: str, title: str = "", language: str | None = None) -> Document:
    """Build a document; lines that open with ``#`` are headings."""
    found: list[tuple[tuple[str, ...], str, int, int, list[str]]] = []
    path: list[tuple[int, str]] = []
    for at, line in enumerate(lines):
        mark, _, heading = line.partition(" ")
        if mark and not mark.strip("#"):
            path = [(level, name) for level, name in path if level < len(mark)]
            path.append((len(mark), heading))
            found.append((tuple(name for _, name in path), heading, at, len(mark), []))
            continue
        if not found:
            found.append(((), "", at, 0, []))
        found[-1][4].append(line)
    sections = [
        Section(names, heading, "\n".join(body), at, level)
        for names, heading, at, level, body in found
    ]
    return Document(title, language, tuple(sections), "\n".join(lines))
