"""Lists of pages to watch: tables, plain lists, OPML, and what other monitors keep.

Only reads; nothing named in a list is opened, run or asked for.
"""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import TYPE_CHECKING
from xml.parsers import expat

from monitor.errors import UsageError
from monitor.exchange.drafts import Draft, read_file, text_of
from monitor.exchange.jobs import jobs
from monitor.exchange.watches import watches

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COLUMNS = {
    "id": ("id",),
    "url": ("url", "link", "address", "web address", "policy url"),
    "site": ("site", "company", "vendor", "organisation", "organization", "service", "publisher"),
    "kind": ("kind", "type", "document type"),
    "name": ("name", "title", "policy", "document"),
    "tags": ("tags", "tag", "labels", "groups"),
    "every": ("every", "interval"),
    "select": ("select", "selector"),
    "remove": ("remove",),
    "language": ("language", "lang"),
}
"""Columns that are understood, by what they are often called."""
_NAMES = {name: key for key, names in _COLUMNS.items() for name in names}
_WEB = re.compile(r"(?:https?://|www\.)\S+")
_PARTED = re.compile(r"[;,|]")
_DEEPEST = 100
_ZIP = b"PK\x03\x04"


def drafts(path: Path) -> Iterator[Draft]:
    """Yield the sources that a list names.

    What it is goes by its name, and where that says nothing by how it begins. Raises `UsageError`
    where it cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix == ".zip" or _is_zip(path):
        yield from watches(path)
        return
    content = read_file(path)
    if suffix in {".yaml", ".yml"}:
        yield from jobs(text_of(content), str(path))
    elif suffix == ".opml" or text_of(content[:1000]).lstrip().startswith("<"):
        yield from _outlines(text_of(content), str(path))
    else:
        yield from _rows(text_of(content), str(path))


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) == _ZIP
    except OSError:
        # Said by whoever reads it.
        return False


def _rows(text: str, name: str) -> Iterator[Draft]:
    try:
        rows = [row for row in csv.reader(StringIO(text), _dialect(text)) if any(row)]
    except csv.Error as error:
        raise UsageError(f"{name}: is no list that can be read: {error}") from None
    if not rows:
        return
    heading = [_NAMES.get(cell.strip().lower(), cell.strip()) for cell in rows[0]]
    if "url" not in heading:
        heading = _guessed(rows[0])
        if "url" not in heading:
            raise UsageError(f'{name}: has neither a column "url" nor addresses in its first line')
    else:
        rows = rows[1:]
    for row in rows:
        yield _row(dict(zip(heading, row, strict=False)))


def _dialect(text: str) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(text[:10_000], ",;\t|")
    except csv.Error:
        return csv.excel


def _guessed(row: list[str]) -> list[str]:
    """Name the columns of a table without headings: the address, and a name beside it."""
    url = next((place for place, cell in enumerate(row) if _WEB.fullmatch(cell.strip())), None)
    heading = [f"column {number}" for number in range(1, len(row) + 1)]
    if url is not None:
        heading[url] = "url"
        if len(row) > 1:
            heading[0 if url else 1] = "name"
    return heading


def _row(cells: dict[str, str]) -> Draft:
    draft = Draft(cells.get("name") or cells.get("url", "") or "a line without an address")
    for key, cell in cells.items():
        value = cell.strip()
        if not value:
            continue
        if key not in _COLUMNS:
            draft.lose(key, "no column of this name is known")
        elif key == "tags":
            draft.entry[key] = [part.strip() for part in _PARTED.split(value) if part.strip()]
        else:
            draft.entry[key] = [value] if key in {"select", "remove"} else value
    return draft


def _outlines(text: str, name: str) -> Iterator[Draft]:
    reading = _Outlines(name)
    parser = expat.ParserCreate()
    # A document type could define entities, which grow without end or read files.
    parser.StartDoctypeDeclHandler = reading.refuse
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)  # noqa: FBT003 - expat's own
    except expat.ExpatError as error:
        raise UsageError(f"{name}: is no OPML file: {error}") from None
    if not reading.any:
        raise UsageError(f"{name}: is no OPML file: it holds no outline")
    yield from reading.found


class _Outlines:
    """Collects the outlines of an OPML file, with the names of those around them as tags."""

    def __init__(self, name: str) -> None:
        self.found: list[Draft] = []
        self.any = False
        self._name = name
        self._around: list[str] = []

    def refuse(self, *_: object) -> None:
        raise UsageError(f"{self._name}: an OPML file has no document type; remove <!DOCTYPE …>")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        label = attributes.get("title") or attributes.get("text") or ""
        given = {key.lower(): value for key, value in attributes.items()}
        if tag == "outline":
            self.any = True
            page = given.get("url") or given.get("htmlurl")
            if page or given.get("xmlurl"):
                self._add(label, page, given.get("xmlurl"))
                label = ""
        if len(self._around) >= _DEEPEST:
            raise UsageError(f"{self._name}: is nested too deeply")
        self._around.append(label if tag == "outline" else "")

    def end(self, _tag: str) -> None:
        self._around.pop()

    def _add(self, label: str, page: str | None, feed: str | None) -> None:
        draft = Draft(label or page or feed or "")
        tags = [tag for tag in self._around if tag]
        draft.entry = {"name": label, "url": page or "", "tags": tags}
        if feed and not page:
            draft.lose("xmlUrl", "a feed is no page of a policy")
        self.found.append(draft)
