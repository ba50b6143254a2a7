"""From markup to a light tree, in one walk over an HTML5 parse."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.extract.shape import tame
from monitor.extract.text import normalise
from monitor.extract.tree import NO_ATTRIBUTES, Node

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_SHADOW = re.compile(r"<template\b([^>]{0,300})>|</template\s*>", re.IGNORECASE)
_SILENT = frozenset(
    [
        "script",
        "style",
        "svg",
        "template",
        "object",
        "embed",
        "video",
        "audio",
        "canvas",
        "map",
        "picture",
        "img",
        "source",
        "track",
        "param",
        "link",
        "meta",
        "base",
        "datalist",
        "head",
        "title",
        "colgroup",
        "col",
        "area",
    ]
)
_CONTROLS = frozenset(["input", "select", "textarea", "button", "form"])
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
    """Parse markup of any quality; never fails, and never takes more than linear time."""
    from selectolax.lexbor import LexborHTMLParser

    html, flattened = tame(html)
    if "shadowroot" in html:
        html = _open_shadows(html)
    page = Page(Node("body", NO_ATTRIBUTES, None, 0), flattened=flattened)
    root = LexborHTMLParser(html).root
    if root is not None:
        _grow(page, root)
    return page


def shown_text(html: str) -> str:
    """Return the words of a page as one string, scripts and styles left out."""
    from selectolax.lexbor import LexborHTMLParser

    html, _ = tame(html)
    if "shadowroot" in html:
        html = _open_shadows(html)
    parser = LexborHTMLParser(html)
    parser.strip_tags(["script", "style", "template", "svg", "head"])
    return parser.body.text(separator=" ") if parser.body is not None else ""


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
            if below is not None or tag in {"br", "hr", "input", "iframe", "frame"}:
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
            current = current.parent
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
    into.children.append(node)
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
