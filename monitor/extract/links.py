"""The links of a page, with the words they are shown by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from monitor.errors import ExtractError
from monitor.extract.decode import decode, is_pdf
from monitor.extract.shape import tame
from monitor.extract.text import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 2_000
_LONGEST_URL = 2_000
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Link:
    """Where a page leads."""

    url: str
    """Absolute, without a fragment."""
    text: str


def links(
    body: bytes, *, url: str, media_type: str = "text/html", charset: str | None = None
) -> tuple[Link, ...]:
    """Return the http and https links of a page, in its order; none of what is no page."""
    if is_pdf(body, media_type) or not ("html" in media_type or "xml" in media_type):
        return ()
    try:
        html = decode(body, charset).text
    except ExtractError:
        return ()
    return tuple(_links(html, url))


def _links(html: str, base: str) -> Iterator[Link]:
    from selectolax.lexbor import LexborHTMLParser

    parser = LexborHTMLParser(tame(html)[0])
    named = parser.css_first("base[href]")
    if named is not None:
        base = _joined(base, named.attributes.get("href") or "") or base
    for node in parser.css("a[href]")[:_MOST]:
        target = _joined(base, node.attributes.get("href") or "")
        if target:
            text = normalise(node.text(separator=" "))[:_LONGEST_TEXT]
            yield Link(target, text or normalise(node.attributes.get("aria-label") or ""))


def _joined(base: str, href: str) -> str:
    try:
        target = urljoin(base, href.strip()).partition("#")[0]
        parts = urlsplit(target)
    except ValueError:
        return ""
    wanted = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    return target if wanted and len(target) <= _LONGEST_URL else ""
