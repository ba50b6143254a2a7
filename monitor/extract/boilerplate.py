"""Cut what says of itself that it is not the policy: by element, role, state or name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from monitor.extract.names import by_name, holds_title, in_main, is_named, is_policy_text

if TYPE_CHECKING:
    from monitor.extract.tree import Node

_TAGS = {
    "nav": "navigation", "footer": "footer", "aside": "aside", "dialog": "dialog",
    "menu": "menu", "select": "choice", "option": "choice", "header": "header",
    "datalist": "choice",
}  # fmt: skip
_ROLES = {
    "navigation": "navigation", "contentinfo": "footer", "complementary": "aside",
    "search": "search", "dialog": "dialog", "alertdialog": "dialog", "menu": "menu",
    "menubar": "menu", "menuitem": "menu", "toolbar": "toolbar", "listbox": "choice",
    "tooltip": "tooltip", "alert": "notice", "status": "notice", "progressbar": "notice",
    "banner": "header", "feed": "related",
}  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_FIXED = re.compile(r"position\s*:\s*fixed", re.IGNORECASE)
_TAG_SHARE = 0.3
_LAYOUT = 4
"""A name carried by this many parts with prose is layout, not boilerplate."""


def cut_boilerplate(root: Node) -> None:
    """Mark the elements whose own tag, role, state or name says that they are no policy text.

    `root` is measured. A part that holds much of the page's prose is never cut for its name.
    """
    named: list[tuple[Node, str]] = []
    titles = sum(node.tag == "h1" for node in root.walk())
    for node in root.walk():
        if node is root or node.tag in {"html", "body", "main"}:
            continue
        if why := _by_kind(node, root) or _by_state(node):
            node.cut = why
        elif is_named(node) and (why := by_name(node, root, titles)):
            named.append((node, why))
    prosy = Counter(node.get("class") for node in root.walk() if node.prose and node.get("class"))
    for node, why in named:
        if not node.prose or prosy[node.get("class")] < _LAYOUT:
            node.cut = why


def _by_kind(node: Node, root: Node) -> str:
    """Cut by tag and role, unless the part is where the policy stands."""
    if node.tag == "noscript":
        return "" if node.prose > root.prose / 2 else "shown without scripts only"
    why = _ROLES.get(node.get("role").lower()) or _TAGS.get(node.tag, "")
    if not why or node.prose > _TAG_SHARE * root.prose > 0:
        return ""
    if why in {"aside", "header", "notice", "related"} and (
        holds_title(node) or is_policy_text(node) or (node.prose and _is_written(node))
    ):
        return ""
    return why


def _is_written(node: Node) -> bool:
    """Tell an aside or a header of the main text from the frame of a page inside ``<main>``."""
    return in_main(node) and not any(below.tag == "nav" for below in node.walk(cut=True))


def _by_state(node: Node) -> str:
    """Cut what is not shown, and buttons; closed accordions and tabs stay."""
    if node.tag == "button" and not _labels_section(node):
        return "button"
    if is_hidden(node) and not node.prose and not _is_disclosed(node):
        return "hidden"
    if _FIXED.search(node.get("style")) and node.controls and not holds_title(node):
        return "dialog"
    return ""


def is_hidden(node: Node) -> bool:
    """Tell whether an element is not shown when the page opens."""
    return (
        "hidden" in node.attributes
        or node.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(node.get("style")))
    )


def _is_disclosed(node: Node) -> bool:
    """Tell whether something on the page opens the element: an accordion, a tab, a term."""
    return (
        node.get("role") in {"tabpanel", "region"}
        or node.tag in {"details", "dd"}
        or bool(node.get("aria-labelledby"))
        or (not node.links and _follows_switch(node))
    )


def _follows_switch(node: Node) -> bool:
    """Tell whether what stands right before an element opens it."""
    beside = node.parent.nodes if node.parent else []
    place = bisect_left(beside, node.order, key=lambda sibling: sibling.order)
    before = beside[place - 1] if place else None
    return before is not None and any(
        "aria-expanded" in below.attributes for below in before.walk(cut=True)
    )


def _labels_section(node: Node) -> bool:
    """Tell a button that is the title of what it opens from one that does something."""
    if any(above.level or above.tag in {"summary", "dt"} for above in node.ancestors()):
        return True
    if node.prose or node.headings:
        return True
    if "more" in node.get("class").lower():
        return False
    return "aria-expanded" in node.attributes and in_main(node)
