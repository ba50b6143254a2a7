"""All histories and diffs as a folder of pages that opens from disk, or from any web server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.errors import UsageError
from monitor.render import site

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.model import Change, Source
    from monitor.record import Archive

_MARK = ".policy-monitor-site"
"""Tells a folder of ours, whose pages may be written anew, from one of somebody else."""


def write_site(
    archive: Archive,
    sources: Sequence[Source],
    folder: Path,
    *,
    at: datetime,
    passed: Callable[[], None] = lambda: None,
) -> int:
    """Write the pages of these sources, one in memory at a time; return how many there are.

    Pages that are there already are written anew. Raises `UsageError` where the folder holds
    something else, or cannot be written.
    """
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
            raise UsageError(f"{folder} holds something else; name an empty folder")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).write_text("")
        writing = _Writing(folder)
        entries = []
        for source in sources:
            newest = _write_source(archive, source, writing)
            versions = len(archive.versions(source.id))
            entries.append(site.source_entry(source, versions, newest))
            passed()
        writing.put("index.html", site.front(entries, at=at))
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}") from None
    return writing.pages


def _write_source(archive: Archive, source: Source, writing: _Writing) -> Change | None:
    changes = archive.history([source.id])
    versions = archive.versions(source.id)
    writing.put(f"{source.id}/index.html", site.history(source, changes, versions))
    for change in changes:
        told = site.change_page(source, change, archive.comparison(change.id))
        writing.put(f"{source.id}/{site.change_name(change)}", told)
    for summary in versions:
        version = archive.version(source.id, summary.number)
        assert version is not None
        name = f"{source.id}/{site.version_name(version.number)}"
        writing.put(name, site.version_page(source, version))
    return changes[0] if changes else None


class _Writing:
    """Writes pages, each whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.pages = 0

    def put(self, name: str, page: str) -> None:
        path = self._folder / name
        path.parent.mkdir(exist_ok=True)
        beside = path.with_name(f".{path.name}.part")
        beside.write_text(page, "utf-8", "replace")
        beside.replace(path)
        self.pages += 1
