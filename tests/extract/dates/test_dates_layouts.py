"""Where policies put their dates, and the dates of others that stand beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitor.extract.block import Block
from monitor.extract.dates import find_dates

if TYPE_CHECKING:
    from monitor.extract.block import BlockKind
    from monitor.model import Dates

_FILLER = Block("text", "Lorem ipsum dolor sit amet, we process your personal data.")
_MARKS: tuple[tuple[str, BlockKind, int], ...] = (
    ("##", "heading", 2),
    ("#", "heading", 1),
    ("|", "row", 0),
    ("-@", "item", 0),
    ("-", "item", 0),
    ("~", "term", 0),
)


@dataclass(frozen=True)
class Page:
    """One case of `layouts.txt`."""

    name: str
    lines: tuple[str, ...]
    expected: dict[str, str]
    language: str = "en"
    url: str = "https://example.com/privacy"


def _pages() -> list[Page]:
    text = Path(__file__).with_name("layouts.txt").read_text("utf-8")
    pages = []
    for case in text.split("\n== ")[1:]:
        head, *lines = case.rstrip("\n").split("\n")
        name, _, states = head.partition(":")
        stated, _, known = states.partition("[")
        pairs = [dict(re.findall(r"(\w+)=([^\s\]]+)", part)) for part in (stated, known)]
        pages.append(Page(name, tuple(lines), pairs[0], **pairs[1]))
    return pages


def _blocks(line: str) -> list[Block]:
    if line == "...":
        return [_FILLER] * 30
    for mark, kind, level in _MARKS:
        if line.startswith(mark):
            return [Block(kind, line.removeprefix(mark), level, linked=float(mark == "-@"))]
    return [Block("text", line)]


def _find(*lines: str, language: str = "en", url: str = "https://example.com/p") -> Dates:
    inside = [block for line in lines if line[0] != ">" for block in _blocks(line)]
    beside = [block for line in lines if line[0] == ">" for block in _blocks(line[1:])]
    title = lines[0].strip("#")
    return find_dates(inside, title=title, language=language, url=url, nearby=beside)


def _values(dates: Dates) -> dict[str, str]:
    found = {field: getattr(dates, field) for field in ("updated", "effective", "bare")}
    return {field: date.value for field, date in found.items() if date}


@pytest.mark.parametrize("page", _pages(), ids=lambda page: page.name)
def test_layout(page: Page) -> None:
    """The page's own dates are found, each under its label; no other is, and it says why."""
    dates = _find(*page.lines, language=page.language, url=page.url)
    assert _values(dates) == page.expected
    assert all(candidate.why for candidate in dates.candidates)
    if not page.expected:
        assert dates.last_updated is None
        assert not any(candidate.chosen for candidate in dates.candidates)


def test_published_counts_as_updated_where_nothing_else_does() -> None:
    """A page that gives only its day of publication was last updated then."""
    dates = _find("#Terms", "Published: 1 May 2018", "...")
    assert dates.updated == dates.published
    assert dates.updated is not None
    assert dates.updated.label == "published"


def test_published_beside_updated_stays_apart() -> None:
    """Both dates are kept where the page gives both."""
    dates = _find("#Terms", "Published: 1 May 2018", "Updated: 3 May 2024", "...")
    assert dates.published is not None
    assert (dates.published.value, _values(dates)) == ("2018-05-01", {"updated": "2024-05-03"})


def test_first_version_is_no_update() -> None:
    """A day of creation is published only, and shown where nothing else is known."""
    dates = _find("#Terms", "Created on 1 May 2018", "...")
    assert dates.updated is None
    assert dates.last_updated is not None
    assert dates.last_updated.value == "2018-05-01"


def test_guessed_order_is_less_sure_than_a_settled_one() -> None:
    """A date that can be read both ways shows it by its confidence."""
    guessed = _find("#Terms", "Last updated: 03/04/2024", "...").updated
    settled = _find("#Terms", "Last updated: 03/04/2024", "...", language="en-GB").updated
    assert guessed is not None
    assert settled is not None
    assert guessed.confidence < settled.confidence
    assert (guessed.value, settled.value) == ("2024-03-04", "2024-04-03")


def test_same_page_same_dates() -> None:
    """Reading twice gives equal results, candidates included."""
    lines = ("#Terms", "Effective: June 3, 2024 • Last updated: May 3, 2024", "...")
    assert _find(*lines) == _find(*lines)
