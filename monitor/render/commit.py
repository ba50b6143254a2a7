"""What a version is told as in the history of a git repository."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.render.facts import (
    count,
    date_rows,
    date_text,
    dates_phrase,
    heading,
    instant,
    sections_phrase,
    stats,
    title,
    words_phrase,
)
from monitor.render.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model import Change, Source, Version

MARK = "Policy-Version"
"""The trailer by which a version is known to be there."""
_SIGNS = {"added": "+", "removed": "-", "edited": "~", "moved": ">", "renamed": "="}
_SECTIONS = 100
_OURS = {
    "extractor": "read anew by a newer extractor",
    "rules": "read anew under edited rules",
}


def commit_message(source: Source, version: Version, change: Change | None) -> str:
    """Say what a version brought, in which sections, and what its time is worth.

    Everything that came from the page stands on a line of its own, indented: none of it can pass
    for a trailer.
    """
    paragraphs = [f"{title(source)}: {_news(version, change)}"]
    if change is not None:
        paragraphs += [_when(change), "\n".join(_sections(change)), "\n".join(_remarks(change))]
    elif version.cause in _OURS:
        paragraphs.append("The publisher changed nothing: the same capture was read again.")
    paragraphs.append("\n".join(_trailers(source, version, change)))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def _news(version: Version, change: Change | None) -> str:
    if change is not None:
        dates = dates_phrase(change.old_dates, change.new_dates)
        return f"{sections_phrase(change, None)}, {dates}"
    if version.cause in _OURS:
        return _OURS[version.cause]
    words = count(len(version.document.text.split()), "word")
    return f"first seen, {words}"


def _when(change: Change) -> str:
    words = words_phrase(*stats(change, None))
    between = (
        f"Changed after {instant(change.last_seen_unchanged_at)} (last seen unchanged)\n"
        f"and by {instant(change.first_seen_at)} (first seen changed)."
    )
    rows = date_rows(change.old_dates, change.new_dates)
    dates = [f"{label}: {date_text(was, now)}" for label, was, now in rows]
    return "\n".join((*([f"{words[0].upper()}{words[1:]}."] if words else []), between, *dates))


def _sections(change: Change) -> Iterator[str]:
    for part in change.sections[:_SECTIONS]:
        counts = words_phrase(part.words_added, part.words_removed)
        told = f" ({counts})" if counts else ""
        yield f"  {_SIGNS[part.operation]} {heading(part.path)}{told}"
    if (more := len(change.sections) - _SECTIONS) > 0:
        yield f"  and {more} more"


def _remarks(change: Change) -> Iterator[str]:
    for finding in change.findings:
        yield f"  ! {one_line(finding.summary, 300)}"


def _trailers(source: Source, version: Version, change: Change | None) -> Iterator[str]:
    yield f"{MARK}: {source.id} {version.number}"
    yield f"Cause: {version.cause}"
    if change is not None:
        yield f"Confirmed: {instant(change.confirmed_at)}"
    yield f"Captured: {instant(version.fetched_at)}"
    yield f"Capture-SHA-256: {version.snapshot}"
    yield f"Page: {one_line(source.url, 2000)}"


def marked(trailer: str) -> tuple[str, int] | None:
    """Read back the source and the number out of the trailer; `None` where it is not ours."""
    found = re.fullmatch(r"([a-z0-9._-]{1,200}) (\d{1,9})", trailer.strip())
    return (found[1], int(found[2])) if found else None
