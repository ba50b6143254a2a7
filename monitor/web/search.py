"""Search over all versions: passages, with the words somebody looks for marked in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from monitor.model import Filters
from monitor.record.tokens import folded, terms
from monitor.web.templates import page

if TYPE_CHECKING:
    from monitor.model import Hit
    from monitor.record.tokens import Term
    from monitor.web.desk import Desk

HITS = 40
MOST_SOURCES = 500
"""Sources that a search can be narrowed to by a site; a site has fewer."""
BEFORE, SHOWN = 120, 420
"""Characters of a passage that are shown before its first word that was found, and in all."""
_WORD = re.compile(r"[^\W_]+")
Words = Annotated[str, Query(max_length=200)]


def routes(desk: Desk) -> APIRouter:
    """Return the route of the search page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/search")
    def search(request: Request, q: Words = "", site: Words = "") -> Response:
        wanted = terms(q)
        inside = within(desk, site)
        found: tuple[Hit, ...] = ()
        if wanted and inside is not None:
            found = desk.archive.past.search(q, inside, HITS + 1)
        sources = desk.archive.lists.named([hit.source for hit in found])
        return page(
            request,
            "search.html",
            q=q,
            site=site,
            asked=bool(wanted),
            hits=[(hit, sources[hit.source], excerpt(hit.text, wanted)) for hit in found[:HITS]],
            more=len(found) > HITS,
            waiting=desk.archive.past.unsearched(),
            now=desk.clock(),
        )

    return router


def within(desk: Desk, site: str) -> list[str] | None:
    """Return the ids of a site's sources; none for all of them, `None` where it has none."""
    if not site:
        return []
    found = desk.archive.lists.sources(Filters(site=site), desk.clock(), limit=MOST_SOURCES)
    return [row.source.id for row in found.rows] or None


def excerpt(text: str, wanted: tuple[Term, ...]) -> list[tuple[str, bool]]:
    """Cut a passage around the words that were found, and tell which pieces these are."""
    tokens = [(token, term.prefix) for term in wanted for token in term.tokens]
    places = [found.span() for found in _WORD.finditer(text) if _is_one(found[0], tokens)]
    start = max(0, places[0][0] - BEFORE) if places else 0
    end = min(len(text), start + SHOWN)
    pieces, at = [("… ", False)] if start else [], start
    for first, last in places:
        if last > end:
            break
        pieces += [(text[at:first], False), (text[first:last], True)]
        at = last
    pieces.append((text[at:end] + (" …" if end < len(text) else ""), False))
    return pieces


def _is_one(word: str, tokens: list[tuple[str, bool]]) -> bool:
    plain = folded(word)
    return any(
        plain == token or (prefix and plain.startswith(token)) or _inside(token, plain)
        for token, prefix in tokens
    )


def _inside(token: str, word: str) -> bool:
    """Tell whether letters of a script without spaces stand in a run of such letters."""
    return not token.isascii() and len(token) <= 2 and token in word  # noqa: PLR2004 - pairs
