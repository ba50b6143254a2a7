"""What pages show, in words; how they look is the browser tests' concern."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from monitor.record.tokens import terms
from monitor.web.search import excerpt
from monitor.web.wording import first_sentence

if TYPE_CHECKING:
    import httpx

    from monitor.record import Archive

LARGEST_PAGE = 100_000


def _changes(archive: Archive, source: str) -> list[int]:
    return [change.id for change in reversed(archive.history([source]))]


def test_overview_begins_with_what_needs_a_person(client: httpx.Client) -> None:
    """Failing and blocked sources stand above those that changed, and say why."""
    page = client.get("/").text
    order = [page.index(f'href="/sources/{ident}"') for ident in ("failing", "blocked")]
    assert order == sorted(order)
    assert order[-1] < page.index('href="/sources/lantern-privacy"')
    assert "status: the server answered 404" in page or "404" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("site=Lanternfish", {"lantern-privacy"}),
        ("kind=terms-of-service", {"hostile-terms", "long-terms"}),
        ("tag=eu", {"lantern-privacy", "sahara-privacy"}),
        ("tag=e", set()),
        ("language=ar", {"sahara-privacy"}),
        ("finding=period.longer", {"lantern-privacy"}),
        ("finding=period", set()),
        ("text=LANTERN+privacy", {"lantern-privacy"}),
        ("text=100%25", set()),
        ("state=failing", {"failing"}),
        ("state=not+watched", {"long-terms"}),
    ],
)
def test_overview_filters(client: httpx.Client, query: str, found: set[str]) -> None:
    """Each filter keeps the sources it means, and no others."""
    page = client.get(f"/?{query}").text
    shown = set(re.findall(r'class="head" href="/sources/([^"]+)"', page))
    assert shown == found


def test_change_page_tells_all_there_is(client: httpx.Client, filled: Archive) -> None:
    """Words, sections, dates, interval, captures and neighbours of a change are on its page."""
    first, second, _ = _changes(filled, "lantern-privacy")
    page = client.get(f"/changes/{second}").text
    assert "<ins>" in page
    assert "Training of models" in page
    assert "2025-03-03" in page
    assert "2026-04-01" in page
    assert "last seen unchanged" in page
    assert "first seen changed" in page
    assert f'<link rel="prev" href="/changes/{first}' in page
    assert '<details class="fold">' in page
    assert "/sources/lantern-privacy/versions/3/raw" in page


def test_silent_change_says_so(client: httpx.Client, filled: Archive) -> None:
    """A change of words under an old date is remarked on, and its finding leads to the words."""
    first = _changes(filled, "lantern-privacy")[0]
    page = client.get(f"/changes/{first}").text
    assert "Usage records are kept for 24 months instead of 30 days." in page
    assert re.search(r'<del><mark id="f2">30 days<a class="ref" href="#finding-2"', page)
    assert re.search(r"<ins><mark>24 months", page)
    assert 'href="#f2"' in page


def test_moved_text_is_linked_both_ways(client: httpx.Client, filled: Archive) -> None:
    """What left one place and came to another leads there and back."""
    page = client.get(f"/changes/{_changes(filled, 'lantern-privacy')[2]}").text
    leads = dict(re.findall(r'id="((?:from|to)-\d+)"><a class="follow" href="#([^"]+)"', page))
    assert leads
    assert all(leads[there] == here for here, there in leads.items())


@pytest.mark.parametrize("form", ["inline", "side", "unified"])
def test_any_two_versions_compare(client: httpx.Client, form: str) -> None:
    """Versions that are no neighbours are compared in every view, backwards too."""
    for ends in ("from=1&to=4", "from=4&to=1", "from=2&to=2"):
        answer = client.get(f"/sources/lantern-privacy/compare?{ends}&view={form}")
        assert answer.status_code == 200
    assert "Nothing differs" in answer.text


def test_pages_stay_small(client: httpx.Client, filled: Archive) -> None:
    """A policy of a hundred thousand characters is shown in parts, none of them too large."""
    paths = ["/sources/long-terms", "/sources/long-terms/versions/1?line=400"]
    for change in _changes(filled, "long-terms"):
        paths += [f"/changes/{change}?view={view}" for view in ("inline", "side", "unified")]
        paths += [f"/changes/{change}?page=3"]
    sizes = {path: len(client.get(path).content) for path in paths}
    assert {path: size for path, size in sizes.items() if size > LARGEST_PAGE} == {}


def test_every_section_of_a_long_change_is_reached(client: httpx.Client, filled: Archive) -> None:
    """The list of sections leads to the part that shows each, and each part to the next."""
    change = _changes(filled, "long-terms")[-1]
    page = client.get(f"/changes/{change}").text
    lists = re.findall(r'<li class="op-\w+"><a href="([^"]*)#(s\d+)"', page)
    assert len(lists) > 60
    for link, anchor in lists[:: len(lists) // 5]:
        there = client.get(link.replace("&amp;", "&") or f"/changes/{change}").text
        assert f'id="{anchor}"' in there


def test_version_in_force_on_a_day(client: httpx.Client) -> None:
    """A date leads to the version that was seen last by its end; before the first, nowhere."""
    found = client.get("/sources/lantern-privacy/at?date=2025-11-20")
    assert found.headers["location"] == "/sources/lantern-privacy/versions/2?on=2025-11-20"
    shown = client.get(found.headers["location"]).text
    assert "In force on 2025-11-20: uncertain: seen 2025-11-04 09:30 UTC, and version 3" in shown
    other = client.get("/sources/lantern-privacy/versions/1?on=2025-11-20").text
    assert "In force on 2025" not in other
    assert client.get("/sources/lantern-privacy/at?date=2020-01-01").status_code == 404
    assert client.get("/sources/lantern-privacy/at?date=31.12.2025").status_code == 422


def test_blame_says_when_each_passage_came(client: httpx.Client, filled: Archive) -> None:
    """Every passage leads to the change that brought it; what was always there to version 1."""
    page = client.get("/sources/lantern-privacy/versions/4?blame=1").text
    came: dict[str, str] = {}
    link = ""
    mark = r'class="origin"><a href="([^"]+)"|<(?:p|li|h[2-6])[^>]* dir="auto"[^>]*>([^<]+)<'
    for address, text in re.findall(mark, page):
        link = address or link
        came[text] = link
    first, second, third = _changes(filled, "lantern-privacy")
    assert next(link for text, link in came.items() if "24 months" in text) == f"/changes/{first}"
    assert next(link for text, link in came.items() if "train the" in text) == f"/changes/{second}"
    one = "/sources/lantern-privacy/versions/1"
    assert next(link for text, link in came.items() if "Write to privacy@" in text) == one
    assert f"/changes/{third}" not in came.values(), "what moved, renumbered, is as old as it was"
    assert '<del dir="auto">We delete usage records after 30 days.' in page
    assert "there since v1 in other words" in page
    plain = client.get("/sources/lantern-privacy/versions/4").text
    assert "origin" not in plain


def test_search_marks_what_it_finds(client: httpx.Client) -> None:
    """Passages of all versions are found by their words, marked, with the time they stood."""
    page = client.get("/search", params={"q": 'months "usage records"'}).text
    assert page.count("<mark>months</mark>") == 1
    assert "<mark>usage</mark> <mark>records</mark>" in page
    assert "versions 2 to" in page
    assert "<b>still there</b>" in page
    gone = client.get("/search", params={"q": "SELL or rent"}).text
    assert "last seen 2025-11-04" in re.sub(r"<time[^>]*>|</time>", "", gone)
    assert "<mark>sell</mark>" in gone
    found = client.get("/search", params={"q": "البريد", "site": "واحة"}).text
    assert "<mark>البريد</mark>" in found
    for query in ({"q": "البريد", "site": "Lanternfish"}, {"q": "البريد", "site": "Nobody"}):
        assert "No version of any policy" in client.get("/search", params=query).text
    assert "no word to search for" in client.get("/search?q=%22%22").text


def test_sentences_end_outside_of_quotes() -> None:
    """A numbered heading in quotes does not end the sentence it is named in."""
    text = "2 sections added: “7. Training. Now”. The date did not change."
    assert first_sentence(text) == (
        "2 sections added: “7. Training. Now”.",
        "The date did not change.",
    )
    assert first_sentence("no end") == ("no end", "")
    assert first_sentence("") == ("", "")


def test_search_cuts_long_passages() -> None:
    """What is shown begins before the first word found, and ends in bounds."""
    text = "far " * 200 + "the Word, here " + "on " * 400
    pieces = excerpt(text, terms("wor* here"))
    assert [piece for piece, found in pieces if found] == ["Word", "here"]
    assert pieces[0][0] == "… "
    assert sum(len(piece) for piece, _ in pieces) < 450


def test_hostile_text_stays_text(client: httpx.Client, filled: Archive) -> None:
    """Whatever a page says about itself, it is shown as characters."""
    change = _changes(filled, "hostile-terms")[-1]
    for path in ("/", "/changes", "/sources/hostile-terms", "/sources/hostile-terms/versions/2", f"/changes/{change}", f"/changes/{change}?view=side", f"/changes/{change}?view=unified", "/feeds"):  # fmt: skip # noqa: E501
        page = client.get(path).text
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", page), path
        found = _Elements(page)
        assert found.names.isdisjoint({"img", "iframe", "object", "embed", "style"}), path
        assert found.names >= {"script", "main"}
        assert not [name for name in found.attributes if name.startswith("on") or name == "style"]
        assert not [value for value in found.links if ":" in value and value[:4] != "http"], path
        assert found.scripts == 1


class _Elements(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.scripts = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.scripts += tag == "script"
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action"}]


def test_unknown_addresses_are_explained(client: httpx.Client) -> None:
    """What is not there is said on a page, or as JSON to programs."""
    for path in ("/nothing", "/sources/none", "/changes/99999", "/changes/99999999999999999999", "/sources/lantern-privacy/versions/9"):  # fmt: skip # noqa: E501
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Not here" in answer.text
    assert client.get("/api/sources/none").json() == {"detail": "There is no source “none”."}
