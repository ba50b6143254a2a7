"""Find the policy on a page: descend to where its prose is, and judge what stands beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.extract.boilerplate import cut_boilerplate
from monitor.extract.lists import cut_link_lists
from monitor.extract.measure import measure
from monitor.extract.names import holds_title
from monitor.extract.vocabulary import reads_otherwise

if TYPE_CHECKING:
    from monitor.extract.tree import Node

DOMINANT = 0.5
"""Share of the prose below an element that makes one child the place to descend to."""
_LITTLE_PROSE = 300
_CONTENT = frozenset((
    "p", "ul", "ol", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dd", "dt", "blockquote",
    "pre", "figure", "details", "hr", "address", "b", "strong", "em", "i", "span", "a", "br",
    "font", "u", "center",
))  # fmt: skip
_LINKED = 0.5
_LABEL = 300
"""Weight up to which words before the policy, such as a date, are kept without a sentence."""
_AFTERTHOUGHT = 150
_FILLER = 200
_WORD = re.compile(r"\w+")
_PRICE = re.compile(r"[€$£¥]\s?\d|\d\s?(?:[€$£¥]|EUR\b|USD\b|CHF\b|zł|kr\b|руб)")
_TELLING = re.compile(r"[\d@]")
_CONTROL_WORDS = 200
"""Weight of words for each control below which a part is a form."""
_FIELD_WORDS = 80
"""The same for a part with at least so many fields, whatever sentences stand beside them."""
_MANY_FIELDS = 4
_BUTTON = re.compile(r"\b(?:btn|button|cta)\b|button__link")
_SMALL = 0.6
_FEWEST_ROWS = 3
_SOME_LINKS = 0.2
_ENDS = tuple(".。!?؟")
_STEM = 10
"""Letters of a class name that neighbours of one kind share."""
_CONSENT = 1500
_COOKIE = re.compile(r"cookie|traceur|кук|クッキー|쿠키", re.IGNORECASE)


def choose(root: Node) -> int:
    """Mark every part of the page that is not its main text as cut; return the page's weight."""
    whole = measure(root)
    cut_boilerplate(root)
    measure(root)
    node = root
    while root.chars and (lead := _lead(node)) is not None:
        for child in node.elements:
            if child is not lead and child.chars and (why := foreign(child, lead)):
                child.cut = why
        node = lead
    _cut_ends(node)
    measure(root)
    cut_link_lists(root)
    measure(root)
    return whole


def _cut_ends(node: Node) -> None:
    """Cut what stands before the first and after the last of several parts with the policy."""
    parts = [child for child in node.elements if child.chars]
    core = [child for child in parts if child.prose and not _is_apart(child, node)]
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


def foreign(child: Node, lead: Node) -> str:
    """Say why a part beside the main text is no part of the policy; empty to keep it."""
    density = child.links / child.chars
    if child.tag in _CONTENT or _are_kin(child, lead):
        return "links" if density > _LINKED and child.tag in {"ul", "ol", "div", "a"} else ""
    if density > _LINKED:
        return "" if _is_listing(child) else "links"
    if _is_form(child, before=child.order < lead.order):
        return "form"
    if _is_apart(child, lead):
        return "unrelated"
    words = " ".join(child.words(2 * _CONSENT).split())
    if child.controls > 1 and child.prose and child.chars < _CONSENT and _COOKIE.search(words):
        return "" if holds_title(child) else "consent"
    if child.chars > _FILLER and len(set(_WORD.findall(words))) < len(words) / 100:
        return "filler"
    if child.order < lead.order:
        return "" if child.prose or child.headings or child.chars < _LABEL else "before the text"
    said = words.endswith(_ENDS) and (child.prose or not reads_otherwise(words))
    if not (child.chars >= _AFTERTHOUGHT or child.headings or said or _TELLING.search(words)):
        return "after the text"
    return ""


def _is_listing(child: Node) -> bool:
    """Tell a table of several rows, as of cookies or partners, from a bar of links."""
    rows = sum(below.tag == "tr" for below in child.walk())
    return child.tag == "table" and rows >= _FEWEST_ROWS


def _calls(child: Node) -> bool:
    """Tell a part that ends in a link drawn as a button."""
    links = [below for below in child.walk() if below.tag == "a" and below.chars]
    return bool(links) and _BUTTON.search(links[-1].get("class").lower()) is not None


def _is_apart(child: Node, lead: Node) -> bool:
    """Tell a part with links or fields, and none of the words of a policy, from one without."""
    if child.chars > _SMALL * lead.chars or holds_title(child):
        return False
    if not (child.controls or child.links >= _SOME_LINKS * child.chars or _calls(child)):
        return False
    if any(below.tag == "textarea" for below in child.walk(cut=True)):
        # The way to write to the publisher, which policies point to.
        return False
    words = child.words(_CONSENT)
    return (
        not _PRICE.search(words)
        and reads_otherwise(words)
        and not reads_otherwise(lead.words(_CONSENT))
    )


def _is_content(node: Node) -> bool:
    """Tell an element that holds sentences from one that lays parts of a page out."""
    inner = node.elements
    return node.tag in _CONTENT or (len(inner) == 1 and inner[0].tag in {"ul", "ol", "p", "dl"})


def _are_kin(child: Node, lead: Node) -> bool:
    """Tell whether two neighbours are of one kind, like the sections of one article."""
    if child.tag != lead.tag or child.controls:
        return False
    stems = {name[:_STEM] for name in lead.get("class").split() if len(name) >= _STEM}
    names = child.get("class").split()
    return (
        any(name[:_STEM] in stems for name in names)
        or child.get("class") == lead.get("class") != ""
    )


def _is_form(child: Node, *, before: bool) -> bool:
    if not child.controls or child.chars >= _CONTROL_WORDS * child.controls or holds_title(child):
        return False
    plain = not child.prose and not child.headings
    return plain or (
        before and child.chars < _FIELD_WORDS * child.controls >= _MANY_FIELDS * _FIELD_WORDS
    )
