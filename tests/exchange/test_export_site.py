"""Pages that open from disk: every link leads somewhere, and nothing of a stranger's page runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from import_desk import SOURCE
from warc_files import URL, WarcFile, day, story

from monitor.errors import UsageError
from monitor.exchange.site import write_site

if TYPE_CHECKING:
    from pathlib import Path

    from import_desk import Desk
    from surroundings import Program


class _Page(HTMLParser):
    """Collects what a page refers to and what stands in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its attributes."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action"}]


def _write(desk: Desk, folder: Path) -> int:
    return write_site(desk.archive, [SOURCE], folder, at=day(400))


def test_every_page_is_reached_by_relative_links(desk: Desk, tmp_path: Path) -> None:
    """From the front page on, without a script, and with nothing loaded from anywhere."""
    file = WarcFile(tmp_path / "in.warc.gz")
    story(file, "aabbccx")
    desk.feed(file.path)
    folder = tmp_path / "site"
    pages = _write(desk, folder)
    seen: set[Path] = set()
    waiting = [folder / "index.html"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        page = _Page(path.read_text("utf-8"))
        assert not page.tags & {"script", "img", "iframe", "link", "form", "object", "base"}
        assert not any(name.startswith("on") for name in page.attributes)
        assert all(re.fullmatch(r"(\.\./)?([\w.-]+/)?[\w.-]+\.html", link) for link in page.links)
        waiting += [(path.parent / link).resolve() for link in page.links]
    assert seen == set(folder.rglob("*.html"))
    assert len(seen) == pages == 2 + 3 + 2
    change = (folder / "acme/change-1-2.html").read_text("utf-8")
    assert "We also collect your precise location." in change
    assert "2025-01-02 12:00 UTC (last seen unchanged)" in change
    assert "prefers-color-scheme: dark" in change


def test_hostile_words_are_shown_and_never_run(desk: Desk, tmp_path: Path) -> None:
    """Titles, headings and texts of strangers' pages, also where they run from right to left."""
    file = WarcFile(tmp_path / "in.warc.gz")
    evil = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
    words = "".join(
        f"<p>سياسة الخصوصية فقرة {number} عن البيانات التي نجمعها.</p>" for number in range(40)
    )
    for number, more in enumerate(("", f"<h2>{evil}</h2><p>{evil} new words of it.</p>")):
        body = f"<title>{evil}</title><main><h1>{evil}</h1>{words}{more}</main>"
        file.add(f"<!doctype html>{body}".encode(), day(number))
    desk.feed(file.path)
    folder = tmp_path / "site"
    _write(desk, folder)
    assert len(desk.archive.history(["acme"])) == 1
    for path in folder.rglob("*.html"):
        page = _Page(path.read_text("utf-8"))
        assert not page.tags & {"script", "img"}
    assert "&lt;script&gt;alert(1)" in (folder / "acme/change-1-2.html").read_text("utf-8")
    assert 'dir="auto"' in (folder / "acme/version-1.html").read_text("utf-8")


def test_a_folder_of_somebody_else_is_left_alone(desk: Desk, tmp_path: Path) -> None:
    """One written before is written anew."""
    file = WarcFile(tmp_path / "in.warc.gz")
    story(file, "aab")
    desk.feed(file.path)
    with pytest.raises(UsageError, match="holds something else"):
        _write(desk, tmp_path)
    folder = tmp_path / "site"
    assert _write(desk, folder) == _write(desk, folder)


def test_the_command_names_the_page_to_open(program: Program) -> None:
    """Sources without a version have a page too."""
    other = '[[source]]\nid = "other"\nurl = "https://other.example/terms"\n'
    program.write(f'[[source]]\nid = "acme"\nname = "Privacy policy"\nurl = "{URL}"\n{other}')
    story(WarcFile(program.folder / "in.warc.gz"), "aab")
    program("import", "warc", "in.warc.gz", "--source", "acme")
    assert program("export", "site", "out") == "out/index.html: 6 pages of 2 sources\n"
    assert "Nothing has changed" in (program.folder / "out/other/index.html").read_text("utf-8")
