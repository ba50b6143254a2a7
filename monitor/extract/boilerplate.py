"""Cut what says of itself that it is not the policy: by element, role, state or name."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

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
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_FIXED = re.compile(r"position\s*:\s*fixed", re.IGNORECASE)
_COOKIES = re.compile(r"cookie|traceur|кук|クッキー|쿠키", re.IGNORECASE)
_SAMPLE = 2_000
_FEW_CONTROLS = 2
_UTILITY = re.compile(r"[:\[/]|^(?:text|language|lang|bg|has|is|no|with|without|not)-")
_LONGEST_NAME = 60
_MOST_WORDS = 6

_DIALOG = frozenset((
    "modal", "modals", "dialog", "popup", "popups", "popin", "lightbox", "interstitial",
))  # fmt: skip
_LAYER = frozenset(("overlay", "offcanvas", "flyout", "drawer", "toast", "snackbar"))
_COOKIE = frozenset(("cookie", "cookies"))
_NOTICE = frozenset((
    "banner", "notice", "bar", "consent", "popup", "dialog", "modal", "message", "alert", "law",
    "prompt", "wall", "overlay", "settings", "preferences", "info", "disclaimer", "container",
    "root",
))  # fmt: skip
_CONSENT = frozenset((
    "consent", "gdpr", "rgpd", "onetrust", "cookiebot", "usercentrics", "didomi",
    "cookieconsent", "tarteaucitron", "axeptio", "cookiebanner", "cookienotice",
))  # fmt: skip
_MENU = frozenset((
    "footer", "navbar", "nav", "navigation", "breadcrumb", "breadcrumbs", "sidebar", "sidenav",
    "menu", "megamenu", "topbar", "related", "newsletter", "comments", "recommended",
    "recommendations", "advert", "advertisement", "ads", "pagination", "pager",
))  # fmt: skip
_WIDGET = frozenset((
    "share", "sharing", "social", "subscribe", "signup", "promo", "promotion", "feedback",
    "search", "skip", "skiplink", "languages", "locale", "announcement", "cta", "rating",
    "ratings", "vote", "helpful", "teaser",
))  # fmt: skip
_SHOWN_LAYER = frozenset(("banner", "bar", "modal", "popup", "dialog", "overlay", "alert"))
_UNSEEN = (
    frozenset(("sr", "only")), frozenset(("visually", "hidden")), frozenset(("screen", "reader")),
    frozenset(("assistive",)), frozenset(("visuallyhidden",)), frozenset(("offscreen",)),
)  # fmt: skip

_TAG_SHARE = 0.3
_CONSENT_SHARE = 0.4
_DIALOG_SHARE = 0.5
_WEAK_SHARE = 0.25
_LAYOUT = 4
"""A name carried by this many parts with prose is layout, not boilerplate."""
_UNSEEN_WORDS = 80
_REST = 150
"""Least weight of words outside a consent dialog for the page to be about something else."""


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
        elif (node.get("class") or node.get("id")) and (why := _by_name(node, root, titles)):
            named.append((node, why))
    prosy = Counter(node.get("class") for node, _ in named if node.prose)
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
        _holds_title(node) or (node.prose and _in_main(node))
    ):
        return ""
    return why


def _by_state(node: Node) -> str:
    """Cut what is not shown, and buttons; closed accordions and tabs stay."""
    if node.tag == "button" and not _labels_section(node):
        return "button"
    if is_hidden(node) and not node.prose and not _is_disclosed(node):
        return "hidden"
    if _FIXED.search(node.get("style")) and node.controls and not _holds_title(node):
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
    )


def _labels_section(node: Node) -> bool:
    """Tell a button that is the title of what it opens from one that does something."""
    if any(above.level or above.tag in {"summary", "dt"} for above in node.ancestors()):
        return True
    if node.prose or node.headings:
        return True
    return "aria-expanded" in node.attributes and _in_main(node)


def _by_name(node: Node, root: Node, titles: int) -> str:
    """Cut by the words in class and id, each with its own bound on what it may cut."""
    if node.level:
        return ""
    words = _names(node.get("class"))
    if node.headings != 1 or node.prose:
        # An id is often made from the heading it stands on, and says what the policy does.
        words |= _names(node.get("id"))
    if any(pair <= words for pair in _UNSEEN):
        return "unseen" if node.chars < _UNSEEN_WORDS and not node.headings else ""
    if _CONSENT & words or (_COOKIE & words and _NOTICE & words):
        return "consent" if _is_consent(node, root, titles, words) else ""
    if _DIALOG & words and node.controls > _FEW_CONTROLS and _COOKIES.search(node.words(_SAMPLE)):
        return "consent" if _is_consent(node, root, titles, words) else ""
    if node.prose > _DIALOG_SHARE * root.prose > 0:
        return ""
    quiet = node.prose and not node.controls
    if (_DIALOG & words and not (quiet and _in_main(node))) or (_LAYER & words and not quiet):
        return "dialog"
    bound = node.prose <= _WEAK_SHARE * root.prose and node.chars <= _WEAK_SHARE * root.chars
    if not bound or _holds_title(node):
        return ""
    if _MENU & words:
        return min(_MENU & words)
    idle = node.prose or (node.headings and not node.links and not node.controls)
    return "" if idle else min(_WIDGET & words, default="")


def _is_consent(node: Node, root: Node, titles: int, words: set[str]) -> bool:
    """Tell a consent dialog, which may outweigh a short page, from a policy on cookies."""
    if _holds_title(node, least=titles):
        return False
    rest = root.chars - root.links - node.chars + node.links
    free = node.controls > 0 or bool(_SHOWN_LAYER & words)
    return node.prose <= _CONSENT_SHARE * root.prose or (free and rest > _REST)


def _names(names: str) -> set[str]:
    found: set[str] = set()
    for token in names.split():
        if len(token) < _LONGEST_NAME and not _UTILITY.search(token):
            words = [word.lower() for word in _WORD.findall(token)]
            found.update(words if len(words) <= _MOST_WORDS else ())
    return found


def _holds_title(node: Node, *, least: int = 1) -> bool:
    return sum(below.tag == "h1" for below in node.walk()) >= max(1, least)


def _in_main(node: Node) -> bool:
    return any(
        above.tag in {"main", "article"} or above.get("role") == "main"
        for above in node.ancestors()
    )
