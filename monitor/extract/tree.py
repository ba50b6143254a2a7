"""A light tree of a page: elements, their words and what extraction finds out about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_ATTRIBUTES: dict[str, str | None] = {}
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend",
    "li", "main", "menu", "nav", "noscript", "ol", "option", "p", "pre", "section", "select",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))  # fmt: skip
_PARTED = frozenset(("br", "button", "input", "label"))
"""Inline elements that part the words before them from those after."""


class Node:
    """One element; `children` holds nodes and strings in document order."""

    __slots__ = (
        "attributes", "block", "chars", "children", "controls", "cut", "headings", "level", "links",
        "nodes", "order", "own", "parent", "prose", "run", "run_links", "tag",
    )  # fmt: skip

    def __init__(
        self, tag: str, attributes: dict[str, str | None], parent: Node | None, order: int
    ) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.order = order
        """Position in document order."""
        self.children: list[Node | str] = []
        self.nodes: list[Node] = []
        """The elements among `children`."""
        self.block = tag in BLOCKS or "-" in tag
        self.level = _level(tag, attributes)
        """Heading level, 0 for what is no heading; ARIA counts."""
        self.cut = ""
        """Why the element is left out; empty where it is kept."""
        self.own = -1
        """Weight of the strings among `children`; -1 before it is measured."""
        self.chars = 0
        """Weight of the words below that are not cut."""
        self.links = 0
        """Weight of those that stand inside links."""
        self.prose = 0
        """Weight of those that stand in paragraphs."""
        self.headings = 0
        self.controls = 0
        self.run = 0
        """Weight of the words that stand in this element but in no block below it."""
        self.run_links = 0

    def add(self, child: Node | str) -> None:
        """Append an element or a string."""
        self.children.append(child)
        if not isinstance(child, str):
            self.nodes.append(child)

    def get(self, name: str) -> str:
        """Return an attribute; empty where it is missing or has no value."""
        return self.attributes.get(name) or ""

    @property
    def elements(self) -> list[Node]:
        """Child elements that are not cut."""
        return [child for child in self.nodes if not child.cut]

    def walk(self, *, cut: bool = False) -> Iterator[Node]:
        """Yield this element and those below in document order; below cut ones only on demand."""
        stack = [self]
        while stack:
            node = stack.pop()
            if node.cut and not cut:
                continue
            yield node
            stack += node.nodes[::-1]

    def _innermost(self) -> Node:
        """Step through wrappers around one element, of which hostile pages nest hundreds."""
        node = self
        while len(node.children) == 1 and len(node.nodes) == 1:
            node = node.nodes[0]
        return node

    def words(self, limit: int = 1_000_000) -> str:
        """Join the raw words below, cut or not, up to about `limit` characters."""
        found: list[str] = []
        size = 0
        stack: list[Node | str] = [self._innermost()]
        while stack and size < limit:
            part = stack.pop()
            if isinstance(part, str):
                found.append(part)
                size += len(part)
            else:
                if part.block or part.tag in _PARTED:
                    found.append(" ")
                    stack.append(" ")
                stack += part.children[::-1]
        return "".join(found)

    def ancestors(self) -> Iterator[Node]:
        """Yield the elements around this one, innermost first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


def _level(tag: str, attributes: dict[str, str | None]) -> int:
    level = HEADINGS.get(tag, 0)
    if attributes and attributes.get("role") == "heading":
        stated = attributes.get("aria-level") or ""
        return int(stated) if stated in {"1", "2", "3", "4", "5", "6"} else level or 2
    return level
