"""Writes changes as Atom 1.0 (RFC 4287), the words that differ inside each entry.

The same changes give the same feed, byte for byte. An entry keeps its id and its times for ever:
neither hangs on where the feed is served, nor on what a later release makes of the change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from monitor.render import html
from monitor.render.facts import dates_state, iso
from monitor.render.links import change_page
from monitor.render.notice import about, diff_command, web_address
from monitor.render.visible import encodable, one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.model import Change, Comparison
    from monitor.render.notice import Notice

ATOM = "http://www.w3.org/2005/Atom"
TAG = "tag:policy-monitor,2025:"
"""What every id starts with (RFC 4151)."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was last updated."""
_GENERATOR = "policy-monitor"


@dataclass(frozen=True, slots=True)
class Entry:
    """One change as a feed tells it."""

    change: Change
    comparison: Comparison | None = None
    tags: tuple[str, ...] = ()
    """Of its source."""


def feed(
    entries: Iterable[Entry],
    *,
    name: str,
    title: str,
    self_url: str,
    page_url: str,
    web: str = "",
) -> str:
    """Write a feed; entries come in the order given, newest first by custom.

    Args:
        entries: What it tells.
        name: What it covers, never to change: ``all``, ``source/acme-privacy``.
        title: What people know it by.
        self_url: Where it is served.
        page_url: The page that shows the same to a person.
        web: Where the web view stands; entries lead there, or to the policies where it is empty.

    """
    told = tuple(entries)
    updated = max((one.change.confirmed_at for one in told), default=NEVER)
    # One namespace, declared by hand: registering a prefix would hold for the whole program.
    root = Element("feed", {"xmlns": ATOM})
    _text(root, "id", f"{TAG}feed/{quote(encodable(name))}")
    _text(root, "title", one_line(title))
    _text(root, "updated", iso(updated))
    _link(root, "self", self_url, "application/atom+xml")
    _link(root, "alternate", page_url, "text/html")
    _text(root, "generator", _GENERATOR)
    for one in told:
        root.append(_entry(one, web))
    return _document(root)


def entry(told: Entry, *, web: str = "") -> str:
    """Write one change as an entry that stands alone."""
    root = _entry(told, web)
    root.set("xmlns", ATOM)
    return _document(root)


def entry_id(change: Change) -> str:
    """Return the id of a change, the same wherever and whenever it is asked for."""
    source = quote(encodable(change.source), safe="")
    seen = change.first_seen_at.astimezone(UTC)
    return f"{TAG}change/{source}/{change.to_version}/{seen:%Y%m%dT%H%M%SZ}"


def _entry(told: Entry, web: str) -> Element:
    change = told.change
    whole = "in the web view" if web else f"by “{diff_command(change)}”"
    name = one_line(f"{change.site} – {change.name}", 90)
    notice = about(change, told.comparison, name, whole, web)
    root = Element("entry")
    _text(root, "id", entry_id(change))
    _text(root, "title", notice.subject)
    _text(root, "published", iso(change.first_seen_at))
    _text(root, "updated", iso(change.confirmed_at))
    author = SubElement(root, "author")
    _text(author, "name", _GENERATOR)
    _links(root, change, web)
    for scheme, term in _categories(told):
        SubElement(root, "category", {"term": term, "scheme": f"{TAG}{scheme}"})
    _text(root, "summary", notice.summary)
    _text(root, "content", _content(notice), {"type": "html"})
    return root


def _links(root: Element, change: Change, web: str) -> None:
    policy = web_address(change.url)
    if web:
        _link(root, "alternate", change_page(web, change), "text/html")
    if policy:
        _link(root, "related" if web else "alternate", policy)


def _categories(told: Entry) -> Iterator[tuple[str, str]]:
    change = told.change
    dates = dates_state(change.old_dates, change.new_dates)
    found = [
        *(("source", change.source), ("site", change.site), ("kind", change.kind)),
        *(("tag", tag) for tag in told.tags),
        ("dates", dates),
        *(("finding", rule) for rule in dict.fromkeys(one.rule for one in change.findings)),
    ]
    yield from ((scheme, one_line(term)) for scheme, term in found if term.strip())


def _content(notice: Notice) -> str:
    return html.environment().get_template("told.html").render(notice=notice)


def _text(parent: Element, name: str, text: str, kind: dict[str, str] | None = None) -> None:
    SubElement(parent, name, kind or {}).text = text


def _link(parent: Element, rel: str, href: str, kind: str | None = None) -> None:
    SubElement(
        parent, "link", {"rel": rel, "href": visible(href)} | ({"type": kind} if kind else {})
    )


def _document(root: Element) -> str:
    indent(root, space=" ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'
