"""From markup to a light tree, in one walk over an HTML5 parse."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.errors import ExtractError
from monitor.extract.shape import flatten, tame
from monitor.extract.text import normalise
from monitor.extract.tree import NO_ATTRIBUTES, Node

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_TAGS = 150_000
_SHADOW = re.compile(r"<template\b([^>]{0,300})>|</template\s*>", re.IGNORECASE)
_PAYLOAD = re.compile(
    r"<script\b[^>]{0,300}application/json[^>]{0,300}>\s*([{\[][^<]*+(?:<(?!/script)[^<]*+)*+)"
)
_NOSCRIPT = re.compile(r"<noscript\b", re.IGNORECASE)
_NOSCRIPT_END = re.compile(r"</noscript", re.IGNORECASE)
_SWALLOWING = ("iframe", "style", "script", "title", "textarea", "noembed", "noframes", "xmp")
_SILENT = frozenset((
    "script", "style", "svg", "template", "object", "embed", "video", "audio", "canvas", "map",
    "picture", "img", "source", "track", "param", "link", "meta", "base", "datalist", "head",
    "title", "colgroup", "col", "area",
))  # fmt: skip
_CONTROLS = frozenset(["input", "select", "textarea", "button", "form"])
_KEPT_EMPTY = frozenset(("br", "hr", "input", "textarea", "iframe", "frame"))
_REFRESH = re.compile(
    r"^\s*\d*[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?[\"']?(.*?)[\"']?\s*$", re.IGNORECASE
)


@dataclass(slots=True)
class Page:
    """One parsed page."""

    body: Node
    title: str = ""
    language: str = ""
    script_chars: int = 0
    script_count: int = 0
    meta_refresh: str | None = None
    frames: list[str] = field(default_factory=list)
    flattened: bool = False


def parse(html: str) -> Page:
    """Parse markup of any quality, in linear time.

    Raises:
        ExtractError: ``too_large`` for a page of far more elements than people write.

    """
    from selectolax.lexbor import LexborHTMLParser

    html, flattened = _prepare(html)
    if html.count("<") > MAX_TAGS:
        raise ExtractError("too_large", f"the page has over {MAX_TAGS:,} tags")
    page = Page(Node("body", NO_ATTRIBUTES, None, 0), flattened=flattened)
    root = LexborHTMLParser(html).root
    if root is not None:
        _grow(page, root)
    return page


def _prepare(html: str) -> tuple[str, bool]:
    """Make markup safe to parse without scripts as a browser parses it with them."""
    html, flattened = tame(html)
    if html.count("<") > MAX_TAGS:
        html, flattened = flatten(html), True
    html = _mend(html)
    return (_open_shadows(html) if "shadowroot" in html else html), flattened


def _mend(html: str) -> str:
    """Close what swallows text inside ``<noscript>``, whose end a browser with scripts sees."""
    found: list[str] = []
    place = 0
    for opening in _NOSCRIPT.finditer(html):
        if opening.start() < place:
            continue
        closing = _NOSCRIPT_END.search(html, opening.end())
        if closing is None:
            break
        inner = html[opening.end() : closing.start()].lower()
        found.append(html[place : closing.start()])
        if inner.count("<!--") > inner.count("-->"):
            found.append("-->")
        found += [
            f"</{tag}>" for tag in _SWALLOWING if inner.count(f"<{tag}") > inner.count(f"</{tag}")
        ]
        place = closing.start()
    return "".join([*found, html[place:]])


def shown_text(html: str) -> str:
    """Return the words of a page as one string, scripts and styles left out."""
    from selectolax.lexbor import LexborHTMLParser

    parser = LexborHTMLParser(_prepare(html)[0])
    parser.strip_tags(["script", "style", "template", "svg", "head"])
    return parser.body.text(separator=" ") if parser.body is not None else ""


def payloads(html: str) -> list[str]:
    """Return the JSON that a page carries for its own application, in order."""
    return [match[1] for match in _PAYLOAD.finditer(html)] if "application/json" in html else []


def _open_shadows(html: str) -> str:
    """Turn declarative shadow roots into elements, for what is in them is shown."""
    shown: list[bool] = []

    def replace(match: re.Match[str]) -> str:
        if match[1] is None:
            return "</div>" if shown and shown.pop() else match[0]
        shown.append("shadowroot" in match[1].lower())
        return "<div data-shadow>" if shown[-1] else match[0]

    return _SHADOW.sub(replace, html)


def _grow(page: Page, root: LexborNode) -> None:
    """Copy the parse into `page`, remembering what lies outside the body."""
    around: list[Node] = []
    into = page.body
    order = 0
    current: LexborNode | None = root
    while current is not None:
        tag = current.tag
        below = None
        if tag == "-text":
            into.children.append(current.text_content or "")
        elif tag and tag[0] not in "-!_#":
            below = current.child
            if tag in _SILENT:
                _note(page, tag, current)
                below = below if tag in {"head", "object", "picture"} else None
            if below is not None or tag in _KEPT_EMPTY:
                order += 1
                node = _enter(page, into, current, tag, order)
                if below is not None:
                    around.append(into)
                    into = node
        if below is not None:
            current = below
            continue
        following = current.next
        while following is None and around:
            into = around.pop()
            current = current.parent if current is not None else None
            following = current.next if current is not None else None
        current = following


def _enter(page: Page, into: Node, found: LexborNode, tag: str, order: int) -> Node:
    attributes = found.attributes or NO_ATTRIBUTES
    if tag in {"html", "body"}:
        page.language = attributes.get("lang") or page.language
    elif tag in {"iframe", "frame"}:
        page.frames.append(attributes.get("src") or "")
    node = Node(tag, attributes, into, order)
    node.controls = tag in _CONTROLS and attributes.get("type") != "hidden"
    into.add(node)
    return node


def _note(page: Page, tag: str, found: LexborNode) -> None:
    if tag == "script":
        page.script_count += 1
        page.script_chars += len(_text(found))
    elif tag == "title" and not page.title:
        page.title = normalise(_text(found))
    elif tag == "meta":
        attributes = found.attributes
        if (attributes.get("http-equiv") or "").lower() == "refresh":
            match = _REFRESH.match((attributes.get("content") or "")[:2000])
            page.meta_refresh = match[1] if match else ""


def _text(found: LexborNode) -> str:
    child = found.child
    return (child.text_content or "") if child is not None else ""
