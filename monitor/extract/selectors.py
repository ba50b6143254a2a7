"""The CSS selectors of a source: elements of its page, and stretches between two, kept or removed.

They are matched by soupsieve over the page's own tree, so that they see what the inspector of a
browser shows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.extract.stretches import parts_of
from monitor.model.rule_text import is_range, is_stretch, selector_flaw, stretch, stretch_flaw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bs4 import BeautifulSoup, Tag

    from monitor.extract.tree import Node

NOT_SELECTED = "not selected"


def apply_selectors(body: Node, select: Sequence[str], remove: Sequence[str]) -> list[str]:
    """Mark what selectors leave out as cut; return notes on those that match nothing.

    Where no selector of `select` matches, nothing is cut for it: the page is read automatically.
    """
    css = [text for text in remove if not is_range(text)]
    if not (select or css):
        return []
    tree = _Soup(body)
    notes: list[str] = []
    for text in css:
        found = tree.matches(text, notes, "remove")
        for node in found:
            node.cut = f"removed by {text}"
    kept = [node for text in select for node in tree.matches(text, notes, "select")]
    if kept:
        _keep_only(body, kept)
    return notes


def selected(body: Node) -> bool:
    """Tell whether selectors have chosen the main text."""
    return any(node.cut == NOT_SELECTED for node in body.walk(cut=True))


def _keep_only(body: Node, kept: list[Node]) -> None:
    wanted = {id(node) for node in kept}
    around = {id(above) for node in kept for above in node.ancestors()}
    stack = [body]
    while stack:
        node = stack.pop()
        if id(node) in wanted:
            continue
        node.children = [child for child in node.children if not isinstance(child, str)]
        for child in node.nodes:
            if id(child) in around or id(child) in wanted:
                stack.append(child)
            elif not child.cut:
                child.cut = NOT_SELECTED


class _Soup:
    """A Beautiful Soup tree over the light tree, for selectors only."""

    def __init__(self, body: Node) -> None:
        from bs4 import BeautifulSoup

        self._body = body
        self._soup: BeautifulSoup = BeautifulSoup("", "html.parser")
        root, outer = self._soup.new_tag("body"), self._soup.new_tag("html")
        self._soup.append(outer)
        outer.append(root)
        self._nodes: dict[int, Node] = {id(root): body}
        stack: list[tuple[Node, Tag]] = [(node, root) for node in reversed(body.nodes)]
        while stack:
            node, into = stack.pop()
            tag = self._soup.new_tag(node.tag, attrs=_attributes(node))
            into.append(tag)
            self._nodes[id(tag)] = node
            # Strings come before elements here, which only text order could tell.
            for child in node.children:
                if isinstance(child, str):
                    tag.append(child)
            stack.extend((child, tag) for child in reversed(node.nodes))

    def matches(self, text: str, notes: list[str], key: str) -> list[Node]:
        """Return what a selector or a stretch names; note it where there is nothing."""
        flaw = stretch_flaw(text) if is_stretch(text) else selector_flaw(text)
        if flaw is not None:
            notes.append(f"{key} cannot be read: {text}: {flaw.hint or flaw.problem}")
            return []
        between = stretch(text)
        found = parts_of(self._body, between, self._select) if between else self._select(text)
        if not found:
            notes.append(f"{key} matches nothing: {text}")
        return found

    def _select(self, text: str) -> list[Node]:
        return [self._nodes[id(tag)] for tag in self._soup.select(text) if id(tag) in self._nodes]


def _attributes(node: Node) -> dict[str, str]:
    return {name: value or "" for name, value in node.attributes.items()}


def propose_selector(body: Node) -> str | None:
    """Propose a selector for the smallest element that holds all that is kept, if it has a name."""
    node = body
    best: str | None = None
    while True:
        if node.tag not in {"body", "html"} and (name := _name(node)):
            best = name
        inner = [child for child in node.nodes if not child.cut and child.chars]
        if len(inner) != 1 or node.own > 0:
            return best
        node = inner[0]


def _name(node: Node) -> str | None:
    if node.tag in {"main", "article"}:
        return node.tag
    name = node.get("id") or (node.get("class").split() or [""])[0]
    if not re.fullmatch(r"[A-Za-z][\w-]{2,40}", name) or re.search(r"\d{3}", name):
        return None
    return f"#{name}" if node.get("id") else f"{node.tag}.{name}"
