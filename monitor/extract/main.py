"""Find the policy on a page: descend to where its prose is, and judge what stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.extract.boilerplate import cut_boilerplate
from monitor.extract.measure import measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.extract.tree import Node

_DOMINANT = 0.5


def choose(root: Node) -> int:
    """Mark every part of the page that is not its main text as cut; return the page's weight."""
    measure(root)
    whole = root.chars
    cut_boilerplate(root)
    measure(root)
    if not root.chars:
        return whole
    node = _main_element(root)
    while True:
        children = [child for child in node.elements if child.chars]
        size = _size(node)
        lead = max(children, key=size, default=None)
        if lead is None or size(lead) < _DOMINANT * size(node) or (node.run > size(node) / 4):
            _prune(node, children)
            break
        for child in children:
            if child is not lead and (
                why := _foreign(child, lead, before=child.order < lead.order)
            ):
                child.cut = why
        node = lead
    measure(root)
    return whole


def _size(node: Node) -> Callable[[Node], int]:
    """Weigh by prose, or by all words where there is little prose."""
    if node.prose > 300:
        return lambda part: part.prose
    return lambda part: part.chars - part.links


def _main_element(root: Node) -> Node:
    mains = [node for node in root.walk() if node.tag == "main" or node.get("role") == "main"]
    size = _size(root)
    for main in mains:
        if size(main) >= _DOMINANT * size(root):
            for above in main.ancestors():
                inside = {id(main), *map(id, main.ancestors())}
                for child in above.elements:
                    if id(child) not in inside and (
                        why := _foreign(child, main, before=child.order < main.order)
                    ):
                        child.cut = why
            return main
    return root


def _foreign(child: Node, lead: Node, *, before: bool) -> str | None:
    """Say why a part beside the main text is left out; `None` to keep it."""
    density = child.links / max(1, child.chars)
    if (
        child.tag == lead.tag
        and child.get("class") == lead.get("class")
        and child.prose
        and child.get("class")
    ):
        return None
    if density > 0.5 and not (child.headings and before and density < 0.5):
        return "links"
    if child.controls > 2 and child.prose < lead.prose / 4:
        return "form"
    if before:
        if child.prose or child.headings:
            return None
        return None if child.chars < 300 and child.links == 0 else "before the text"
    if child.prose >= lead.prose / 20 or child.prose > 300:
        return None
    return None if child.prose and not child.links else "after the text"


def _prune(node: Node, children: list[Node]) -> None:
    for child in children:
        if (
            child.block
            and child.links > 0.6 * child.chars
            and child.links > 40
            and not child.prose
            and child.tag not in {"p", "table"}
        ):
            child.cut = "links"
