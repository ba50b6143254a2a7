"""Several documents on one page: find them by heading, and choose the one that is meant."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.extract.block import Block

_WORD = re.compile(r"[^\W_]+")
_SMALLEST = 1_000
"""Characters below which a part of a page is a section rather than a document."""
_SMALL_WORDS = frozenset((
    "of", "the", "and", "for", "a", "our", "us", "de", "la", "le", "les", "des", "du", "et",
    "y", "und", "der", "die", "das",
))  # fmt: skip
_FILE = re.compile(r"\.(?:html?|php|aspx?|jsp|md|txt|pdf)$", re.IGNORECASE)
_KINDS = (
    r"polic(?:y|ies)|terms|agreement|notice|statement|addendum|guidelines|licen[cs]e|eula|imprint|"
    r"conditions|politique|charte|cgu|cgv|mentions légales|impressum|agb|política|condiciones|"
    r"aviso|informativa|condizioni|regolamento|termos|voorwaarden|beleid|verklaring|polityka|regulamin|"
    r"villkor|vilkår|ehdot|seloste|zásady|podmínky|podmienky|szabályzat|tájékoztató|feltételek|"
    r"termeni|politica|koşulları|politikası|bildirimi|политика|соглашение|условия|оферта|правила|"
    r"політика|угода|умови"
)
_TITLE = re.compile(
    rf"^(?:[\w’'.&,-]+\s+){{0,6}}(?:{_KINDS})(?:\W*$|\s*[(–—:|-]|\s+(?:of|for|de|d[eo]|du|des|der|für|"
    r"di|del|della|pour|за|с|о|об|на|обработки|конфиденциальности)\b)"
    r"|(?:policy|policies|terms|agreement|notice|statement|addendum|guidelines)\W*$"
    r"|datenschutz\w*$|datenschutzerklärung|\w+bedingungen\b|\w+richtlinie\b"
    r"|(?:政策|条款|協議|协议|声明|聲明|規約|ポリシー|약관|방침)\s*$",
    re.IGNORECASE,
)
_KIND = re.compile(
    rf"\b(?:{_KINDS}|use|cookies?|datenschutz\w*|confidentialité|privacidad|integritet\w*|gizlilik|dmca"
    r"|colofon|colophon|refunds?)\b|\w+(?:richtlinie|bedingungen|erklärung)\b"
    r"|政策|条款|條款|協議|协议|声明|聲明|規約|ポリシー|약관|방침"
    # By themselves alone: in a sentence they are what walls say they care for.
    r"|^\s*(?:privacy|privatsphäre|vie privée|riservatezza)\W*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\s*(?:\d|[(（]|第|article|section|§)", re.IGNORECASE)
_LONGEST_TITLE = 90
_LONGEST_NAMED = 8
"""Words of a title that an address stands for."""


class Part:
    """A stretch of blocks from one heading to the next of its rank."""

    __slots__ = ("end", "heading", "level", "size", "start")

    def __init__(self, blocks: Sequence[Block], start: int, end: int) -> None:
        self.start, self.end = start, end
        self.heading, self.level = blocks[start].text, blocks[start].level
        self.size = sum(len(block.text) for block in blocks[start:end])


def find_parts(blocks: Sequence[Block]) -> list[Part]:
    """List every heading's part: the heading and all that is below it."""
    found: list[Part] = []
    open_: list[int] = []
    ends = [len(blocks)] * len(blocks)
    for index, block in enumerate(blocks):
        if block.kind == "heading":
            while open_ and blocks[open_[-1]].level >= block.level:
                ends[open_.pop()] = index
            open_.append(index)
    for index, block in enumerate(blocks):
        if block.kind == "heading":
            found.append(Part(blocks, index, ends[index]))
    return found


def documents(parts: Sequence[Part]) -> list[Part]:
    """List the parts that look like documents of their own: of one rank, large, and several."""
    total = max((part.end for part in parts), default=0)
    levels = sorted({part.level for part in parts})
    for level in levels:
        rank = [part for part in parts if part.level == level and part.size >= _SMALLEST]
        named = [part for part in rank if is_title(part.heading)]
        if (
            len({part.heading for part in named}) > 1
            and sum(part.end - part.start for part in named) > total / 2
        ):
            return named
    return []


def is_title(heading: str) -> bool:
    """Tell whether a heading reads as the title of a policy."""
    return (
        len(heading) < _LONGEST_TITLE
        and _TITLE.search(heading) is not None
        and _CLAUSE.match(heading) is None
    )


def names_policy(heading: str) -> bool:
    """Tell whether a heading has a word for some kind of policy in it."""
    return len(heading) < _LONGEST_TITLE and _KIND.search(heading) is not None


def named_by(url: str, found: Sequence[Part]) -> Part | None:
    """Choose the document that an address names by its fragment or last path segment.

    A fragment is written to name a part of the page; one word of a path, such as ``/terms``, may
    name the page as well, and a part chosen wrongly hides every change of the others. So there it
    has to be the whole title.
    """
    try:
        address = urlsplit(url)
    except ValueError:
        return None
    last = _FILE.sub("", address.path.rstrip("/").rpartition("/")[2])
    for name, loose in ((unquote(address.fragment), True), (unquote(last), False)):
        fits = [part for part in found if _fits(name, part.heading, loose=loose)]
        exact = [part for part in fits if _words(name) == _words(part.heading)]
        if len(exact or fits) == 1 and len((exact or fits)[0].heading.split()) < _LONGEST_NAMED:
            return (exact or fits)[0]
    return None


def titled(title: str, found: Sequence[Part]) -> Part | None:
    """Choose the part whose heading is `title`, or the only one that begins with it."""
    wanted = _plain(title)
    exact = [part for part in found if _plain(part.heading) == wanted]
    begun = [part for part in found if _plain(part.heading).startswith(wanted)]
    if exact:
        return max(exact, key=lambda part: part.size)
    return begun[0] if len(begun) == 1 and wanted else None


def _fits(name: str, heading: str, *, loose: bool) -> bool:
    """Tell whether a name is the heading's words, some of them, or their initials."""
    words, wanted = _words(heading), _words(name)
    if not wanted or not words:
        return False
    initials = "".join(word[0] for word in _WORD.findall(_plain(heading)))
    some = set(wanted) <= set(words) and (loose or len(wanted) > 1 or len(words) == 1)
    return some or _plain(name) == initials


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(_plain(text)) if word not in _SMALL_WORDS]


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(_WORD.findall(kept))
