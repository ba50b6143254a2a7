"""Versions as mementos (RFC 7089): prior states of an address, to be found by time."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from monitor.web.answering import answer, http_date

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import Source, Version, VersionSummary
    from monitor.web.desk import Desk

MOST = 5_000
"""Mementos of one map; the newest."""


def routes(desk: Desk) -> APIRouter:
    """Return the time map and the time gate of every source."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sources/{ident}/timemap")
    def timemap(request: Request, ident: str) -> Response:
        source = desk.source(ident)
        versions = desk.archive.versions(source.id)[-MOST:]
        text = _map(source, versions, root(desk, request))
        return answer(request, text, "application/link-format")

    @router.get("/sources/{ident}/timegate")
    def timegate(request: Request, ident: str) -> Response:
        source = desk.source(ident)
        wanted = _wanted(request.headers.get("accept-datetime", ""), desk.clock())
        found = desk.archive.version_at(source.id, wanted) or desk.archive.version(source.id, 1)
        if found is None:
            raise HTTPException(404, f"{source.id} has no version yet.")
        here = f"{root(desk, request)}/sources/{source.id}"
        links = (
            _link(source.url, "original"),
            _link(f"{here}/timemap", "timemap", type="application/link-format"),
        )
        headers = {"vary": "accept-datetime", "link": ", ".join(links)}
        return RedirectResponse(f"{here}/versions/{found.number}", 302, headers)

    return router


def root(desk: Desk, request: Request) -> str:
    """Return the address of this view as people reach it, without a slash at the end."""
    return desk.address or f"{request.url.scheme}://{request.url.netloc}"


def about_version(desk: Desk, request: Request, source: Source, version: Version) -> dict[str, str]:
    """Return the headers that make a version a memento."""
    here = f"{root(desk, request)}/sources/{source.id}"
    links = (
        _link(source.url, "original"),
        _link(f"{here}/timegate", "timegate"),
        _link(f"{here}/timemap", "timemap", type="application/link-format"),
    )
    return {"memento-datetime": http_date(version.fetched_at), "link": ", ".join(links)}


def _map(source: Source, versions: tuple[VersionSummary, ...], root: str) -> str:
    here = f"{root}/sources/{source.id}"
    lines = [
        _link(source.url, "original"),
        _link(f"{here}/timemap", "self", type="application/link-format"),
        _link(f"{here}/timegate", "timegate"),
    ]
    last = len(versions) - 1
    for at, version in enumerate(versions):
        first = "first " if at == 0 else ""
        kind = f"{first}{'last ' if at == last else ''}memento"
        when = http_date(version.fetched_at)
        lines.append(_link(f"{here}/versions/{version.number}", kind, datetime=when))
    return ",\n".join(lines) + "\n"


def _link(url: str, rel: str, **more: str) -> str:
    # What could end the address early, or a header, has no place in one.
    safe = "".join(c for c in url if "!" <= c <= "~" and c not in '<>"')
    rest = "".join(f'; {name}="{value}"' for name, value in more.items())
    return f'<{safe}>; rel="{rel}"{rest}'


def _wanted(header: str, now: datetime) -> datetime:
    if not header:
        return now
    try:
        found = parsedate_to_datetime(header)
    except ValueError:
        raise HTTPException(400, "Accept-Datetime is no date of RFC 1123.") from None
    return found if found.tzinfo else now
