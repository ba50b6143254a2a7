"""Judge a part that stands beside the policy: the end of a page, its edges, its invitations.

Each reason to cut a part is one small test; a part that gives none is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.extract.forms import is_form
from monitor.extract.names import holds_title
from monitor.extract.vocabulary import COOKIES, expected, reads_as_policy, reads_otherwise

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.extract.tree import Node

CONTENT = frozenset((
    "p", "ul", "ol", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dd", "dt", "blockquote",
    "pre", "figure", "details", "hr", "address", "b", "strong", "em", "i", "span", "a", "br",
    "font", "u", "center",
))  # fmt: skip
"""Elements that hold sentences rather than lay parts of a page out."""
_LINKED = 0.5
_LABEL = 300
"""Weight up to which words before the policy, such as a date, are kept without a sentence."""
_AFTERTHOUGHT = 150
_AMONG = 60
"""The same among the paragraphs of a policy, where hardly anything else stands."""
_FILLER = 200
_WORD = re.compile(r"\w+")
_PRICE = re.compile(r"[€$£¥]\s?\d|\d\s?(?:[€$£¥]|EUR\b|USD\b|CHF\b|zł|kr\b|руб)")
_TELLING = re.compile(r"[\d@]")
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)\D{0,40}(?:19|20)\d\d(?:\s?[-–]\s?(?:(?:19|20)?\d\d)?)?"
    r"|all rights reserved|tous droits réservés|alle rechte vorbehalten|todos los derechos"
    r" reservados|todos os direitos reservados|tutti i diritti riservati|alle rechten voorbehouden"
    r"|все права защищены|wszelkie prawa zastrzeżone|版权所有|保留所有权利|無断転載",
    re.IGNORECASE,
)
_FEWEST_TEASERS = 2
_TITLE_LINK = 0.9
_BUTTON = re.compile(r"\b(?:btn|button|cta)\b|button__link")
_CALL_WORDS = 5
_SMALL = 0.6
_FEWEST_ROWS = 3
_SOME_LINKS = 0.2
_ENDS = tuple(".。!?؟")
_STEM = 10
"""Letters of a class name that neighbours of one kind share."""
_CONSENT = 1500
_UNLIKE = 4.0
"""Words of a policy that a part would hold if it were like the rest, from which it is not."""


@dataclass(frozen=True)
class _Beside:
    """A part and the part of the policy nearest to it."""

    part: Node
    lead: Node

    @property
    def follows(self) -> bool:
        return self.part.order > self.lead.order

    @cached_property
    def words(self) -> str:
        return " ".join(self.part.words(2 * _CONSENT).split())


def foreign(child: Node, lead: Node) -> str:
    """Say why a part beside the main text is no part of the policy; empty to keep it."""
    density = child.links / child.chars
    among = child.tag == "table" and lead.tag in CONTENT and not child.controls
    if among or child.tag in CONTENT or _are_kin(child, lead):
        return "links" if density > _LINKED and child.tag in {"ul", "ol", "div", "a"} else ""
    if density > _LINKED:
        return "" if _is_listing(child) else "links"
    beside = _Beside(child, lead)
    return next((why for why, judges in _REASONS if judges(beside)), "")


def _fills_in(beside: _Beside) -> bool:
    return is_form(beside.part, before=not beside.follows)


def _asks(beside: _Beside) -> bool:
    part = beside.part
    asks = part.controls > 1 and part.prose and part.chars < _CONSENT
    return bool(asks) and COOKIES.search(beside.words) is not None and not holds_title(part)


def _repeats(beside: _Beside) -> bool:
    words = beside.words
    return beside.part.chars > _FILLER and len(set(_WORD.findall(words))) < len(words) / 100


def _is_long_label(beside: _Beside) -> bool:
    part = beside.part
    return not (beside.follows or part.prose or part.headings or part.chars < _LABEL)


def _announces(beside: _Beside) -> bool:
    """Tell a list of articles: several headings that lead elsewhere, or links around headings."""
    titles = [
        node
        for node in beside.part.walk()
        if node.level and node.chars and (node.links >= _TITLE_LINK * node.chars)
    ]
    if not beside.follows or len(titles) < _FEWEST_TEASERS:
        return False
    links = [below for title in titles for below in _links_of(title)]
    return all("#" not in link.get("href") for link in links) and not reads_as_policy(beside.words)


def _links_of(title: Node) -> list[Node]:
    above = [node for node in title.ancestors() if node.tag == "a"][:1]
    return above + [below for below in title.walk() if below.tag == "a"]


def _signs(beside: _Beside) -> bool:
    """Tell the foot of a page, which says whose it is."""
    part = beside.part
    if not beside.follows or part.chars > _CONSENT or holds_title(part):
        return False
    words = beside.words
    return _COPYRIGHT.search(words) is not None and not (part.prose and reads_as_policy(words))


def _is_unlike(beside: _Beside) -> bool:
    """Tell sentences without a single word that the policy is full of."""
    part = beside.part
    if not beside.follows or not part.prose or part.chars > _SMALL * beside.lead.chars:
        return False
    words = beside.words
    telling = _TELLING.search(words)
    return not telling and expected(words, beside.lead.words(_CONSENT)) >= _UNLIKE


def _trails(beside: _Beside) -> bool:
    """Tell a label behind the policy from a last word of it."""
    part, words = beside.part, beside.words
    said = words.endswith(_ENDS) and (part.prose or not reads_otherwise(words))
    telling = _TELLING.search(_COPYRIGHT.sub("", words))
    least = _AMONG if beside.lead.tag in CONTENT else _AFTERTHOUGHT
    return beside.follows and not (part.chars >= least or part.headings or said or telling)


def is_apart(child: Node, lead: Node) -> bool:
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


def _calls(child: Node) -> bool:
    """Tell a part that ends in a link drawn as a button, or alone in a line of its own."""
    links = [below for below in child.walk() if below.tag == "a" and below.chars]
    if not links:
        return False
    link = links[-1]
    if _BUTTON.search(link.get("class").lower()):
        return True
    line = next((node for node in (link, *link.ancestors()) if node.block), link)
    last = link.order + len(link.nodes) >= max(below.order for below in child.walk() if below.chars)
    alone = any(below.block for below in link.nodes) or line.run_links >= line.run
    return last and alone and len(link.words(_LABEL).split()) <= _CALL_WORDS


def _is_listing(child: Node) -> bool:
    """Tell a table of several rows, as of cookies or partners, from a bar of links."""
    rows = sum(below.tag == "tr" for below in child.walk())
    return child.tag == "table" and rows >= _FEWEST_ROWS


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


_REASONS: tuple[tuple[str, Callable[[_Beside], bool]], ...] = (
    ("form", _fills_in),
    ("unrelated", lambda beside: is_apart(beside.part, beside.lead)),
    ("consent", _asks),
    ("filler", _repeats),
    ("before the text", _is_long_label),
    ("teasers", _announces),
    ("footer", _signs),
    ("unrelated", _is_unlike),
    ("after the text", _trails),
)
