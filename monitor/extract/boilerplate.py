"""Cut what says of itself that it is not the policy: by element, role, class or hidden state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.extract.tree import Node

_TAGS = {
    "nav": "navigation", "footer": "footer", "aside": "aside", "dialog": "dialog",
    "menu": "menu", "select": "choice", "option": "choice",
}  # fmt: skip
_ROLES = {
    "navigation": "navigation", "contentinfo": "footer", "complementary": "aside",
    "search": "search", "dialog": "dialog", "alertdialog": "dialog", "menu": "menu",
    "menubar": "menu", "menuitem": "menu", "toolbar": "toolbar", "listbox": "choice",
    "tooltip": "tooltip", "alert": "notice", "status": "notice", "progressbar": "notice",
    "banner": "header",
}  # fmt: skip
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_DIALOG = frozenset(
    [
        "modal",
        "modals",
        "dialog",
        "popup",
        "popups",
        "overlay",
        "lightbox",
        "offcanvas",
        "flyout",
        "drawer",
        "toast",
        "snackbar",
    ]
)
_NOTICE = frozenset(
    [
        "banner",
        "notice",
        "bar",
        "consent",
        "popup",
        "dialog",
        "modal",
        "message",
        "alert",
        "law",
        "policy",
        "prompt",
        "wall",
        "overlay",
        "settings",
        "preferences",
    ]
)
_WEAK = frozenset(
    [
        "footer",
        "navbar",
        "nav",
        "navigation",
        "breadcrumb",
        "breadcrumbs",
        "sidebar",
        "menu",
        "topbar",
        "related",
        "share",
        "sharing",
        "social",
        "newsletter",
        "subscribe",
        "signup",
        "promo",
        "advert",
        "advertisement",
        "ads",
        "comments",
        "feedback",
        "pagination",
        "pager",
        "search",
        "skip",
        "skiplink",
        "megamenu",
        "language",
        "languages",
        "locale",
        "announcement",
        "cta",
        "rating",
        "vote",
    ]
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_UTILITY = re.compile(r"[:\[/]|^(?:text|language|lang|bg|has|is|no|with|wp)-")
_LONGEST_NAME = 60
_MOST_WORDS = 6
_CONSENT = frozenset(
    ["consent", "gdpr", "ccpa", "cmp", "onetrust", "cookiebot", "usercentrics", "didomi"]
)
_STRONG_SHARE = 0.5
_WEAK_SHARE = 0.25
_TAG_SHARE = 0.3
_LAYOUT = 4
"""A class carried by this many paragraphs is layout."""
_MOST_CONSENT_CONTROLS = 2


def cut_boilerplate(root: Node) -> None:
    """Mark the elements whose own tag, role, class or state says that they are no policy text.

    `root` is measured. A part that holds much of the page's prose is never cut for its name.
    """
    total = max(1, root.prose)
    whole = max(1, root.chars)
    for node in root.walk():
        if node is root or node.tag in {"html", "body", "main"}:
            continue
        if (why := _why(node, total, whole)) is not None:
            node.cut = why


def _why(node: Node, total: int, whole: int) -> str | None:
    if node.tag == "noscript":
        return None if node.prose > total / 2 else "shown without scripts only"
    return (
        _by_kind(node, total)
        or _by_state(node, whole)
        or (_by_name(node, total, whole) if node.get("class") or node.get("id") else None)
    )


def _by_kind(node: Node, total: int) -> str | None:
    why = _TAGS.get(node.tag) or _ROLES.get(node.get("role").lower())
    if node.tag == "header" and not why:
        why = "header"
    if why is None or node.prose > _TAG_SHARE * total:
        return None
    if why in {"aside", "header", "notice"} and (
        _holds_title(node) or (node.prose and _in_main(node))
    ):
        return None
    return why


def _by_state(node: Node, whole: int) -> str | None:
    if node.tag == "button" and not _labels_section(node):
        return "button"
    if not is_hidden(node) or _disclosed(node):
        return None
    return "hidden" if not node.prose else None


def is_hidden(node: Node) -> bool:
    """Tell whether an element is not shown when the page opens."""
    return (
        "hidden" in node.attributes
        or node.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(node.get("style")))
    )


def _disclosed(node: Node) -> bool:
    """Tell whether something on the page opens the element: an accordion or a tab."""
    return node.get("role") in {"tabpanel", "region"} or node.tag in {"details", "dd"}


def _labels_section(node: Node) -> bool:
    """Tell a button that is the title of what it opens from one that does something."""
    if any(above.level or above.tag in {"summary", "dt"} for above in node.ancestors()):
        return True
    return (
        node.prose > 0
        or bool(node.headings)
        or ("aria-expanded" in node.attributes and _in_main(node))
    )


def _by_name(node: Node, total: int, whole: int) -> str | None:
    if node.level or (node.headings == 1 and not node.prose and node.links < node.chars / 2):
        return None
    words = _names(node)
    if _CONSENT & words or (("cookie" in words or "cookies" in words) and _NOTICE & words):
        return None if _is_policy(node, total) else "consent"
    if _DIALOG & words and node.prose <= _STRONG_SHARE * total:
        return "dialog"
    if _WEAK & words and node.prose <= _WEAK_SHARE * total and node.chars <= _WEAK_SHARE * whole:
        return None if _holds_title(node) else min(_WEAK & words)
    return None


def _is_policy(node: Node, total: int) -> bool:
    return node.prose > _STRONG_SHARE * total and (_holds_title(node) or not node.controls)


def _names(node: Node) -> set[str]:
    found: set[str] = set()
    for token in f"{node.get('class')} {node.get('id')}".split():
        if len(token) < _LONGEST_NAME and not _UTILITY.search(token):
            words = [word.lower() for word in _WORD.findall(token)]
            found.update(words if len(words) <= _MOST_WORDS else ())
    return found


def _holds_title(node: Node) -> bool:
    return any(below.tag == "h1" for below in node.walk())


def _in_main(node: Node) -> bool:
    return any(
        above.tag in {"main", "article"} or above.get("role") == "main"
        for above in node.ancestors()
    )
