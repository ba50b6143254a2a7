"""Cut lists of links that lead a reader about: tables of contents, menus, related pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.extract.tree import Node

_DENSE = 0.7
_FEWEST = 3
_WITHIN = 0.7
"""Share of links to places on the page itself that makes a table of contents."""
_ENTRY = 0.9
_MOSTLY = 0.5
_SHORT = 200
_BOXES = frozenset(("div", "section", "aside", "figure"))
_READ_ON = re.compile(
    r"(?:read (?:also|next|more)|see also|related|more on this|you may also|voir aussi"
    r"|(?:à )?lire (?:aussi|également)|sur le même sujet|lesen sie auch|mehr zum thema"
    r"|auch interessant|lea (?:también|además)|te puede interesar|leia (?:também|mais)"
    r"|leggi anche|lees ook|läs också|læs også|les også|czytaj (?:też|także)|zobacz też"
    r"|читайте также|ayrıca oku|関連記事|相关阅读)\b",
    re.IGNORECASE,
)
_CONTAINERS = frozenset((
    "ul", "ol", "div", "section", "nav", "table", "dl", "article", "aside", "header",
))  # fmt: skip


def cut_link_lists(root: Node, lead: Node) -> None:
    """Cut the lists of links in a measured tree, save those amid the prose of its `lead`."""
    nodes = list(root.walk())
    amid = {id(node): node for node in lead.walk()}
    prose = [node.order for node in amid.values() if node.prose]
    if not prose:
        return
    ids = {node.get("id") or node.get("name") for node in nodes} - {""}
    last = max(prose)
    for node in nodes:
        if not _is_link_list(node) or any(above.cut for above in node.ancestors()):
            continue
        links = [below for below in node.walk() if below.tag == "a" and below.chars]
        within = sum(_is_within(link, ids) for link in links)
        if len(links) >= _FEWEST and within >= _WITHIN * len(links):
            node.cut = "contents"
        elif len(links) < _FEWEST or _is_announced(node):
            continue
        elif node.order > last or (id(node) not in amid and node.order < lead.order):
            node.cut = "links"
    for node in nodes:
        if node.links and len(node.nodes) >= _FEWEST:
            _cut_run(node, ids)


def cut_teasers(lead: Node) -> None:
    """Cut the boxes amid a policy that send a reader on to an article."""
    for node in lead.walk():
        if node.tag not in _BOXES or node.prose or node.links < _MOSTLY * node.chars:
            continue
        if node.chars and _READ_ON.match(node.words(_SHORT).strip()):
            node.cut = "related"


def _cut_run(node: Node, ids: set[str]) -> None:
    """Cut a table of contents whose entries stand side by side without a list around them."""
    run: list[Node] = []
    for child in [*node.elements, None]:
        if child is not None and child.chars == 0:
            continue
        if child is not None and _is_entry(child, ids):
            run.append(child)
            continue
        if len(run) >= _FEWEST:
            for entry in run:
                entry.cut = "contents"
        run = []


def _is_entry(node: Node, ids: set[str]) -> bool:
    if not node.block or node.prose or node.level or node.links < _ENTRY * node.chars:
        return False
    links = [below for below in node.walk() if below.tag == "a" and below.chars]
    return bool(links) and all(_is_within(link, ids) for link in links)


def _is_link_list(node: Node) -> bool:
    return node.tag in _CONTAINERS and not node.prose and node.links >= _DENSE * node.chars > 0


def _is_within(link: Node, ids: set[str]) -> bool:
    path, mark, fragment = link.get("href").partition("#")
    return bool(mark) and (not path or fragment in ids)


def _is_announced(node: Node) -> bool:
    """Tell whether a sentence that ends in a colon introduces the list."""
    while node.parent is not None:
        before: Node | str | None = None
        for child in node.parent.children:
            if child is node:
                break
            if not isinstance(child, str) or child.strip():
                before = child
        if before is not None:
            words = before if isinstance(before, str) else before.words()
            return words.rstrip().endswith((":", "："))
        node = node.parent
    return False
