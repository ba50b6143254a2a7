"""Weigh a tree: how much of each element is words, links, paragraphs and controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.extract.text import weight

if TYPE_CHECKING:
    from monitor.extract.tree import Node

_CARD = 500
PARAGRAPH = 70
"""Least weight of a run of words that reads as a sentence rather than a label."""
_CONTROLS = frozenset(["input", "select", "textarea", "button", "form"])


def measure(root: Node) -> int:
    """Fill in the weights of `root` and all that is below it and not cut; return its own."""
    nodes = list(root.walk())
    for node in nodes:
        _reset(node)
    for node in reversed(nodes):
        _close(node)
        if node is not root and node.parent is not None:
            _add(node.parent, node)
    return root.chars


def _reset(node: Node) -> None:
    if node.own < 0:
        node.own = sum([weight(child.strip()) for child in node.children if isinstance(child, str)])
    node.run = node.own
    node.run_links = node.links = node.prose = node.headings = 0
    node.chars = node.run
    # Controls that are cut still tell what the part around them is for.
    node.controls = _is_control(node)
    for child in node.nodes:
        if child.cut:
            node.controls += sum(map(_is_control, child.walk(cut=True)))


def _is_control(node: Node) -> bool:
    if node.tag not in _CONTROLS or node.attributes.get("type") == "hidden":
        return False
    # A button that opens a part of the page asks nothing of the reader.
    return not (node.tag == "button" and "aria-expanded" in node.attributes)


def _close(node: Node) -> None:
    if node.tag == "a" and "href" in node.attributes and not _is_address(node):
        node.links, node.run_links = node.chars, node.run
        # Sentences inside a link announce another page, unless somebody forgot to end the link.
        node.prose = 0 if node.chars < _CARD else node.prose
    if node.level and node.chars:
        node.headings += 1
    if node.block and node.run >= PARAGRAPH and 2 * node.run_links < node.run:
        node.prose += node.run


def _add(parent: Node, node: Node) -> None:
    parent.chars += node.chars
    parent.links += node.links
    parent.prose += node.prose
    parent.headings += node.headings
    parent.controls += node.controls
    if not node.block:
        parent.run += node.run
        parent.run_links += node.run_links


def _is_address(link: Node) -> bool:
    """Tell a link that shows its own address: it is there to be read."""
    words = link.words(200).strip()
    return words.startswith(("http://", "https://", "www.")) or ("@" in words and " " not in words)
