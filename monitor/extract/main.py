"""Find the policy on a page: descend to where its prose is, and judge what stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.extract.beside import CONTENT, foreign, is_apart
from monitor.extract.boilerplate import cut_boilerplate
from monitor.extract.consent import cut_consent
from monitor.extract.forms import cut_forms
from monitor.extract.lists import cut_link_lists, cut_teasers
from monitor.extract.measure import measure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.extract.tree import Node

DOMINANT = 0.5
"""Share of the prose below an element that makes one child the place to descend to."""
_LITTLE_PROSE = 300


def choose(root: Node) -> int:
    """Mark every part of the page that is not its main text as cut; return the page's weight."""
    whole = measure(root)
    cut_consent(root)
    cut_boilerplate(root)
    measure(root)
    node = root
    beside: list[tuple[Node, Node]] = []
    while root.chars and (lead := _lead(node)) is not None:
        beside += [(child, lead) for child in node.elements if child is not lead and child.chars]
        node = lead
    _cut_foreign(beside)
    _cut_ends(node)
    cut_forms(node)
    cut_teasers(node)
    measure(root)
    cut_link_lists(root, node)
    measure(root)
    # Without its lists of links, the foot of a page is as short as it looks.
    if _cut_foreign(beside):
        measure(root)
    return whole


def _cut_foreign(beside: Iterable[tuple[Node, Node]]) -> int:
    """Cut what stands beside the policy and is none of it; each part comes with the policy's."""
    found = 0
    for child, lead in beside:
        if child.chars and not child.cut and (why := foreign(child, lead)):
            child.cut = why
            found += 1
    return found


def _cut_ends(node: Node) -> None:
    """Cut what stands before the first and after the last of several parts with the policy."""
    parts = [child for child in node.elements if child.chars]
    core = [child for child in parts if child.prose and not is_apart(child, node)]
    if not core or node.run > node.chars / 4:
        return
    for child in parts:
        nearest = core[0] if child.order < core[0].order else core[-1]
        outside = child.order < core[0].order or child.order > core[-1].order
        why = foreign(child, nearest) if outside else ""
        # One link alone is as likely a word of the policy as a way out of it.
        if why and (why != "links" or sum(below.tag == "a" for below in child.walk()) > 1):
            child.cut = why


def _lead(node: Node) -> Node | None:
    """Return the child that holds most of the policy; `None` where it is spread over several."""
    children = [child for child in node.elements if child.chars]
    if not children or node.run > node.chars / 4:
        return None
    by_prose = node.prose > _LITTLE_PROSE
    sizes = [child.prose if by_prose else child.chars - child.links for child in children]
    lead = children[sizes.index(max(sizes))]
    if _is_content(lead) or max(sizes) < DOMINANT * max(1, sum(sizes)):
        return None
    return lead


def _is_content(node: Node) -> bool:
    """Tell an element that holds sentences from one that lays parts of a page out."""
    inner = node.elements
    return node.tag in CONTENT or (len(inner) == 1 and inner[0].tag in {"ul", "ol", "p", "dl"})
