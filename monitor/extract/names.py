"""Judge a part by the words in its class, id and tag, each with a bound on what it may cut."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from monitor.extract.vocabulary import COOKIES, reads_as_policy, reads_otherwise

if TYPE_CHECKING:
    from monitor.extract.tree import Node

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_UTILITY = re.compile(r"[:\[/]|^(?:text|language|lang|bg|has|is|no|with|without|not)-")
_HANDLES = frozenset((
    "data-testid", "data-test", "data-qa", "data-component", "data-framer-name", "data-name",
    "data-section-type", "data-hook", "data-block-name",
))  # fmt: skip
"""Attributes beside class and id that say what a part is."""
_LONGEST_NAME = 60
_MOST_WORDS = 6
_SAMPLE = 2_000
_ENDS = tuple(".;:。؛")
_PARAGRAPHS = frozenset(("p", "ul", "ol"))
_FEW_CONTROLS = 2
_FEW_LINKS = 0.3
_NEAR = 4
"""Elements outwards that may be the component a part is a piece of."""
_SENTENCE = 30
"""Characters from which words that end like a sentence are one."""

_DIALOG = frozenset((
    "modal", "modals", "dialog", "popup", "popups", "popin", "lightbox", "interstitial",
))  # fmt: skip
_LAYER = frozenset(("overlay", "offcanvas", "flyout", "drawer", "toast", "snackbar"))
_COOKIE = frozenset(("cookie", "cookies"))
_NOTICE = frozenset((
    "banner", "notice", "bar", "consent", "popup", "dialog", "modal", "message", "alert", "law",
    "prompt", "wall", "overlay", "settings", "preferences", "info", "disclaimer", "container",
    "root", "bandeau", "hinweis", "aviso", "melding", "note",
))  # fmt: skip
_CONSENT = frozenset((
    "consent", "gdpr", "rgpd", "onetrust", "cookiebot", "usercentrics", "didomi",
    "cookieconsent", "tarteaucitron", "axeptio", "cookiebanner", "cookienotice",
))  # fmt: skip
_MENU = frozenset((
    "footer", "navbar", "nav", "navigation", "breadcrumb", "breadcrumbs", "sidebar", "sidenav",
    "menu", "megamenu", "topbar", "related", "newsletter", "comments", "recommended",
    "recommendations", "advert", "advertisement", "ads", "pagination", "pager", "relatedposts",
    "crumb", "crumbs", "ariane", "arbo", "navi", "hauptnavigation", "fusszeile", "seitenleiste",
    "brotkrumen", "kruimelpad", "migas", "briciole", "rubriques", "experiencefragment",
    "testimonial", "testimonials", "reassurance", "commentlist", "disqus", "respond", "editsection",
))  # fmt: skip
_WIDGET = frozenset((
    "share", "sharing", "social", "subscribe", "signup", "promo", "promotion", "feedback",
    "search", "skip", "skiplink", "languages", "locale", "announcement", "cta", "rating",
    "ratings", "vote", "helpful", "teaser", "cart", "basket", "minicart", "partage", "partager",
    "teilen", "compartir", "condividi", "delen", "bandeau",
))  # fmt: skip
_STRIP = frozenset(("announcement", "promo", "promotion"))
_BANNER = frozenset(("bar", "banner", "strip", "ticker"))
_SHOWN_LAYER = frozenset(("banner", "bar", "modal", "popup", "dialog", "overlay", "alert"))
_UNSEEN = (
    frozenset(("sr", "only")), frozenset(("visually", "hidden")), frozenset(("screen", "reader")),
    frozenset(("assistive",)), frozenset(("visuallyhidden",)), frozenset(("offscreen",)),
)  # fmt: skip

_ALL = _DIALOG | _LAYER | _MENU | _WIDGET | _STRIP | _BANNER
_CONSENT_SHARE = 0.4
_DIALOG_SHARE = 0.5
_WEAK_SHARE = 0.25
_UNSEEN_WORDS = 80
_LONGEST_ANNOUNCEMENT = 300
_REST = 150
"""Least weight of words outside a consent dialog for the page to be about something else."""


def is_named(node: Node) -> bool:
    """Tell whether an element has any names to judge it by."""
    known = node.attributes
    return "-" in node.tag or "class" in known or "id" in known or bool(_HANDLES & known.keys())


def by_name(node: Node, root: Node, titles: int) -> str:
    """Say why a part is no policy text by its names; empty to keep it.

    `titles` counts the first-rank headings of the page.
    """
    if node.level:
        return ""
    words = _words(node)
    if not words:
        return ""
    if any(pair <= words for pair in _UNSEEN):
        return "unseen" if node.chars < _UNSEEN_WORDS and not node.headings else ""
    if _is_named_consent(node, words):
        return "consent" if _is_consent(node, root, titles, words) else ""
    if node.prose > _DIALOG_SHARE * root.prose > 0 or not words & _ALL or is_policy_text(node):
        return ""
    quiet = node.prose and not node.controls
    if (_DIALOG & words and not (quiet and in_main(node))) or (_LAYER & words and not quiet):
        return "dialog"
    bound = node.prose <= _WEAK_SHARE * root.prose and node.chars <= _WEAK_SHARE * root.chars
    return _weakly(node, words) if bound and not holds_title(node) else ""


def _words(node: Node) -> frozenset[str]:
    words = _names(node.get("class"))
    if words & _ALL:
        words = _names(" ".join(_own_tokens(node)))
    if "-" in node.tag:
        words = words | _names(node.tag)
    for handle in _HANDLES & node.attributes.keys():
        words |= _names(node.get(handle))
    if node.headings != 1 or node.prose:
        # An id is often made from the heading it stands on, and says what the policy does.
        words = words | _names(node.get("id"))
    return words


def _own_tokens(node: Node) -> list[str]:
    """List the classes that are not a piece of a component around: ``cta__title`` in ``cta``."""
    around = [
        token
        for above in islice(node.ancestors(), _NEAR)
        if above.prose
        for token in above.get("class").split()
        if _names(token) & _ALL
    ]
    return [
        token
        for token in node.get("class").split()
        if not any(token != whole and token.startswith(whole) for whole in around)
    ]


def _weakly(node: Node, words: frozenset[str]) -> str:
    if _MENU & words:
        return min(_MENU & words)
    if _BANNER & words and (_STRIP & words or _is_announcement(node)):
        return "announcement"
    quiet = not node.links and not node.controls
    idle = (quiet and _is_said(node)) or (
        node.prose and (quiet or not reads_otherwise(node.words(_SAMPLE)))
    )
    return "" if idle else min(_WIDGET & words, default="")


def _is_announcement(node: Node) -> bool:
    """Tell a line above the page from its title and its date."""
    if node.headings or node.chars > _LONGEST_ANNOUNCEMENT or in_main(node):
        return False
    return not any(map(str.isdigit, node.words(_SAMPLE)))


def _is_named_consent(node: Node, words: frozenset[str]) -> bool:
    if _CONSENT & words or (_COOKIE & words and _NOTICE & words):
        return True
    asks = _DIALOG & words and node.controls > _FEW_CONTROLS
    return bool(asks and COOKIES.search(node.words(_SAMPLE)))


def is_policy_text(node: Node) -> bool:
    """Tell sentences of a policy, whatever the part is named, from what its name promises."""
    if node.controls or not node.chars or node.links > _FEW_LINKS * node.chars:
        return False
    words = node.words(_SAMPLE).strip()
    if not node.prose and (len(words) < _SENTENCE or not words.endswith(_ENDS)):
        return False
    return reads_as_policy(words) or (_stands_in_prose(node) and words.endswith(_ENDS))


def _is_consent(node: Node, root: Node, titles: int, words: frozenset[str]) -> bool:
    """Tell a consent dialog, which may outweigh a short page, from a policy on cookies."""
    if holds_title(node, least=titles) or not _asks(node, words) or _stands_in_prose(node):
        return False
    rest = root.chars - root.links - node.chars + node.links
    free = node.controls > 0 or bool(_SHOWN_LAYER & words)
    return node.prose <= _CONSENT_SHARE * root.prose or (free and rest > _REST)


def _is_said(node: Node) -> bool:
    """Tell a heading or a sentence from the label of a widget."""
    return node.headings > 0 or node.words(_SAMPLE).rstrip().endswith(_ENDS)


def _asks(node: Node, words: frozenset[str]) -> bool:
    """Tell whether a part can be answered: it has buttons, or links that lead nowhere."""
    if node.controls or _SHOWN_LAYER & words:
        return True
    return any(
        (below.tag == "a" and below.get("href")[:1] in {"", "#"}) or below.get("role") == "button"
        for below in node.walk(cut=True)
    )


def _stands_in_prose(node: Node) -> bool:
    """Tell whether the title and paragraphs of the policy stand right beside a part."""
    around = node.parent
    if around is None or around.tag in {"html", "body"} or node.controls > 1:
        return False
    beside = {child.tag for child in around.elements if child is not node and child.chars}
    return "h1" in beside and not beside.isdisjoint(_PARAGRAPHS)


@lru_cache(1_024)
def _names(names: str) -> frozenset[str]:
    # A page carries the same classes over and over.
    found: set[str] = set()
    for token in names.split():
        if len(token) < _LONGEST_NAME and not _UTILITY.search(token):
            words = [word.lower() for word in _WORD.findall(token)]
            found.update(words if len(words) <= _MOST_WORDS else ())
    return frozenset(found)


def holds_title(node: Node, *, least: int = 1) -> bool:
    """Tell whether `least` first-rank headings stand in a part."""
    return sum(below.tag == "h1" for below in node.walk()) >= max(1, least)


def in_main(node: Node) -> bool:
    """Tell whether a part stands in what the page marks up as its main text."""
    return any(
        above.tag in {"main", "article"} or above.get("role") == "main"
        for above in node.ancestors()
    )
