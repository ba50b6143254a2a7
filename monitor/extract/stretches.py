"""Stretches of a page from one element to another, across whatever they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.extract.tree import NO_ATTRIBUTES, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitor.model.rule_text import Edge, Stretch


def parts_of(body: Node, stretch: Stretch, matches: Callable[[str], Sequence[Node]]) -> list[Node]:
    """Return the outermost elements inside a stretch; empty where an end of it is missing.

    The end is the first element it names whose edge is behind the start. Strings that stand beside
    elements inside are given one of their own.
    """
    places = _Places(body)
    first = next(iter(matches(stretch.start)), None)
    if first is None:
        return []
    start = places.edge(first, stretch.starts)
    ends = (places.edge(node, stretch.ends) for node in matches(stretch.end))
    end = next((edge for edge in ends if edge > start), None)
    return [] if end is None else places.inside(start, end)


class _Places:
    """Where in a page every element begins and ends, and where its strings stand."""

    def __init__(self, body: Node) -> None:
        self._body = body
        self._begins: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._strings: dict[int, list[int]] = {}
        """Of the strings of each element, in their order."""
        place = 0
        stack: list[tuple[Node, Node | str | None]] = [(body, body)]
        while stack:
            node, part = stack.pop()
            place += 1
            if part is None:
                self._ends[id(node)] = place
            elif isinstance(part, str):
                self._strings[id(node)].append(place)
            else:
                self._begins[id(part)] = place
                self._strings[id(part)] = []
                stack.append((part, None))
                stack += [(part, child) for child in reversed(part.children)]

    def edge(self, node: Node, edge: Edge) -> int:
        return (self._begins if edge == "before" else self._ends)[id(node)]

    def inside(self, start: int, end: int) -> list[Node]:
        found: list[Node] = []
        stack = [self._body]
        while stack:
            node = stack.pop()
            begins, ends = self._begins[id(node)], self._ends[id(node)]
            if begins >= start and ends <= end:
                found.append(node)
            elif ends > start and begins < end:
                stack += reversed(node.nodes)
                found += self._wrapped(node, start, end)
        return found

    def _wrapped(self, node: Node, start: int, end: int) -> list[Node]:
        """Give the strings of an element that stand inside elements of their own."""
        places = iter(self._strings[id(node)])
        children: list[Node | str] = []
        wrapped: list[Node] = []
        for child in node.children:
            if isinstance(child, str) and start < next(places) < end and child.strip():
                around = Node("span", NO_ATTRIBUTES, node, node.order)
                around.add(child)
                wrapped.append(around)
                children.append(around)
            else:
                children.append(child)
        node.children = children
        node.nodes = [child for child in children if not isinstance(child, str)]
        return wrapped
