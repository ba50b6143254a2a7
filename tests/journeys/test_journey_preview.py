"""Seeing how a page is read, from a server or from a file, as text, JSON and a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from surroundings import Answer, Program, Site

if TYPE_CHECKING:
    from pathlib import Path

SENTENCE = "We may collect personal data about you and will keep it for as long as it is needed."
PAGE = f"""<!doctype html><html><body><nav><a href=/>Home</a><a href=/a>About us</a></nav>
<main><h1>Privacy Policy</h1><p>Last updated: 3 May 2024</p><p>{SENTENCE}</p><p>{SENTENCE}</p>
</main><aside><h3>Related</h3>An article</aside></body></html>"""


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Save the page as a file."""
    file = tmp_path / "page.html"
    file.write_text(PAGE, "utf-8")
    return file


def test_a_file_is_read_like_a_page(program: Program, saved: Path, site: Site) -> None:
    """The same bytes give the same answer from a file as from their address."""
    site.answers["/privacy"] = Answer(PAGE.encode())
    fetched = program.json("preview", site.url("/privacy"), "--allow-private")
    local = program.json("preview", str(saved), "--url", site.url("/privacy"))
    assert local == fetched
    assert local["dropped"] == [
        {"text": "Home About us", "why": "navigation"},
        {"text": "Related An article", "why": "aside"},
    ]


def test_a_page_can_be_opened_in_a_browser(program: Program, saved: Path) -> None:
    """The page holds the text, the evidence of the date, and what was left out."""
    shown = program("preview", "page.html", "--html")
    assert saved.exists()
    assert shown.startswith("<!DOCTYPE html>")
    for words in (SENTENCE, "Last updated: 3 May 2024</mark>", "<b>aside</b> Related An article"):
        assert words in shown


def test_plain_text_is_read_too(program: Program, tmp_path: Path) -> None:
    """A file of plain text gives sections as a page does."""
    (tmp_path / "policy.txt").write_text(f"PRIVACY POLICY\n\n{SENTENCE} {SENTENCE}\n", "utf-8")
    answer = json.loads(program("preview", "policy.txt", "--json"))
    assert answer["sections"][0]["heading"] == "PRIVACY POLICY"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing/page.html"], "missing/page.html: No such file"),
        (["page.html", "--json", "--html"], "exclude one another"),
    ],
)
def test_what_cannot_be_shown_is_said(
    program: Program, saved: Path, arguments: list[str], said: str
) -> None:
    """A missing file and two formats at once are mistakes of usage."""
    assert saved.exists()
    answer = program.run("preview", *arguments)
    assert answer.returncode == 2
    assert said in answer.stderr
