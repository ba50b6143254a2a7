from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_render_golden import NEW, OLD, SILENT
from test_render_hostile import ANY, HOSTILE, harmless

from monitor.model import Finding
from monitor.render.feed import Entry, entry, entry_id, feed

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Bench

ATOM = "{http://www.w3.org/2005/Atom}"
WEB = "https://policies.example.org"


def _parsed(written: str) -> Element:
    return fromstring(written.encode())  # noqa: S314 - we wrote it, and it must be plain


def _told(bench: Bench, old: str = OLD, new: str = NEW, **facts: object) -> Entry:
    comparison = bench.difference(old, new)
    change = bench.changed(comparison, **facts)  # type: ignore[arg-type]  # by name
    return Entry(change, comparison, ("vendors",))


def _feed(*entries: Entry, web: str = WEB) -> Element:
    written = feed(
        entries,
        name="tag/vendors & more",
        title="Policies",
        self_url=f"{WEB}/feeds/vendors.atom",
        page_url=f"{WEB}/",
        web=web,
    )
    return _parsed(written)


def _links(element: Element) -> dict[str, str]:
    return {link.get("rel", ""): link.get("href", "") for link in element.findall(f"{ATOM}link")}


def _content(element: Element) -> str:
    return element.findtext(f"{ATOM}content", "")


def test_feed_golden_entry(bench: Bench, golden: Callable[[str, str], None]) -> None:
    """An entry that stands alone is what was read and found good."""
    dates = bench.dated("2025-03-01"), bench.dated("2025-03-01")
    told = _told(bench, dates=dates, findings=(SILENT,))
    golden("edited.atom", entry(told, web=WEB))


def test_feed_has_what_atom_asks_for(bench: Bench) -> None:
    """Feed and entries have id, title and time in UTC, an author, and links to themselves."""
    older = _told(bench)
    later = replace(older.change, id=8, to_version=5, confirmed_at=older.change.confirmed_at)
    later = replace(later, confirmed_at=later.confirmed_at + timedelta(days=1))
    found = _feed(Entry(later, older.comparison), older)
    assert found.findtext(f"{ATOM}updated") == "2026-01-04T10:05:00Z"
    assert _links(found) == {"self": f"{WEB}/feeds/vendors.atom", "alternate": f"{WEB}/"}
    entries = found.findall(f"{ATOM}entry")
    ids = [one.findtext(f"{ATOM}id", "") for one in (found, *entries)]
    assert ids == [
        "tag:policy-monitor,2025:feed/tag/vendors%20%26%20more",
        "tag:policy-monitor,2025:change/acme-privacy/5/20260103T100000Z",
        "tag:policy-monitor,2025:change/acme-privacy/4/20260103T100000Z",
    ]
    for one in entries:
        assert one.findtext(f"{ATOM}author/{ATOM}name")
        assert one.findtext(f"{ATOM}title", "").startswith("Acme – Privacy policy: ")
        assert len(one.findall(f"{ATOM}updated")) == 1
    assert _links(entries[0]) == {
        "alternate": f"{WEB}/changes/8",
        "related": "https://acme.example/privacy",
    }


def test_feed_without_entries_has_a_time_that_stays() -> None:
    """A feed that is empty does not look new at every request."""
    assert _feed().findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"


def test_feed_ids_hang_on_nothing_that_moves(bench: Bench) -> None:
    """Id and times stay when the page, the site's name, the findings or the web view move."""
    told = _told(bench)
    moved = replace(
        told.change,
        url="https://other.example/",
        site="Acme Ltd",
        findings=(SILENT,),
        first_seen_at=told.change.first_seen_at.astimezone(),
    )
    assert entry_id(moved) == entry_id(told.change)
    one, two = _parsed(entry(told, web=WEB)), _parsed(entry(Entry(moved)))
    for name in ("id", "published", "updated"):
        assert one.findtext(ATOM + name) == two.findtext(ATOM + name)
    later = replace(told.change, first_seen_at=datetime(2026, 1, 4, tzinfo=UTC))
    assert entry_id(later) != entry_id(told.change)


def test_feed_entry_shows_the_words_that_differ(bench: Bench) -> None:
    """The diff stands inside the entry, its categories say whose policy and what kind."""
    found = _parsed(entry(_told(bench, findings=(SILENT,))))
    content = found.find(f"{ATOM}content")
    assert content is not None
    assert content.get("type") == "html"
    seen = harmless(_content(found))
    assert {"ins", "del"} <= seen.tags
    terms = {
        (one.get("scheme", "").rpartition(":")[2], one.get("term"))
        for one in found.findall(f"{ATOM}category")
    }
    assert terms == {
        ("source", "acme-privacy"),
        ("site", "Acme"),
        ("kind", "privacy-policy"),
        ("tag", "vendors"),
        ("dates", "none"),
        ("finding", "announcement.silent"),
    }
    assert _links(found) == {"alternate": "https://acme.example/privacy"}


@pytest.mark.parametrize(("web", "place"), [(WEB, "in the web view"), ("", "by “monitor diff ")])
def test_feed_says_where_the_rest_is(web: str, place: str, bench: Bench) -> None:
    """What is too long for an entry is named, with the place where it stands whole."""
    old = "\n".join(f"## Part {n}\nWe keep it for {n} days." for n in range(16))
    told = _told(bench, old, old.replace("days", "weeks"))
    rest = _content(_parsed(entry(told, web=web)))
    assert f"Not shown here, but {place}" in rest
    assert "4 more sections" in rest


@pytest.mark.parametrize("name", HOSTILE)
def test_feed_hostile_text_stays_text(name: str, bench: Bench) -> None:
    """No text of a page, a publisher or a finding leaves its place in the feed."""
    _sound(HOSTILE[name], bench)


@given(text=ANY)
def test_feed_is_xml_whatever_the_words(text: str, bench: Bench) -> None:
    """Every feed parses, with exactly the elements that are ours."""
    _sound(text, bench)


@given(url=st.text(max_size=40))
def test_feed_is_xml_whatever_its_address(url: str) -> None:
    """An address as a client sent it breaks nothing."""
    _parsed(feed((), name=url, title=url, self_url=url, page_url=url))


def _sound(text: str, bench: Bench) -> None:
    one = text.replace("\n", " ")
    told = _told(
        bench,
        f"# {one}\nold {one}\n- {one}\n## {one} 2\ngone",
        f"# {one}\nnew {one}\n- {one} 2\n### {one} 3\n{one}",
        findings=(Finding(text, text, (text,)),),
        dates=(bench.dated(text), bench.dated(text, text)),
        source=replace(bench.source, id=text, site=text, name=text, kind=text, url=text),
    )
    found = _feed(Entry(told.change, told.comparison, (text,)))
    (only,) = found.findall(f"{ATOM}entry")
    harmless(_content(only))
    assert {element.tag.removeprefix(ATOM) for element in found.iter()} == {
        *("feed", "id", "title", "updated", "link", "generator", "entry", "published"),
        *("author", "name", "category", "summary", "content"),
    }
    assert all((element.get("href") or "x").isprintable() for element in found.iter())
