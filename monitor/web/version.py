"""One version: the policy as it stood, and the bytes it was read from."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from monitor.render.certainty import certainty
from monitor.render.facts import instant
from monitor.render.prose import blocks
from monitor.web.answering import answer
from monitor.web.blame import Origins, origins
from monitor.web.desk import LARGEST
from monitor.web.memento import about_version
from monitor.web.templates import page

if TYPE_CHECKING:
    from monitor.model import Capture, InForce, Source, Version
    from monitor.render.prose import Block
    from monitor.web.desk import Desk

ROOM = 60_000
"""Characters of a version on one page."""
CAPTURE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
"""A capture is hostile: wherever it is opened, nothing in it runs or loads."""


def routes(desk: Desk) -> APIRouter:
    """Return the routes of versions and captures."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sources/{ident}/versions/{number:int}")
    def version(
        request: Request,
        ident: str,
        number: int,
        on: date | None = None,
        line: Annotated[int, Query(ge=1, le=LARGEST)] = 1,
        blame: Annotated[int, Query(ge=0, le=1)] = 0,
    ) -> Response:
        source = desk.source(ident)
        found = desk.version(source, number)
        came = origins(desk, source, found) if blame else None
        return _show(desk, request, source, found, on, line, came)

    @router.get("/sources/{ident}/versions/{number:int}.txt")
    def text(request: Request, ident: str, number: int) -> Response:
        source = desk.source(ident)
        found = desk.version(source, number)
        headers = about_version(desk, request, source, found)
        return answer(request, found.document.text + "\n", "text/plain; charset=utf-8", headers)

    @router.get("/sources/{ident}/versions/{number:int}/raw")
    def raw(ident: str, number: int) -> Response:
        source = desk.source(ident)
        found = desk.version(source, number)
        name = f"{source.id}-{number}"
        return _capture(desk.archive.capture(source.id, found.snapshot), name)

    @router.get("/sources/{ident}/captures/{number:int}/raw")
    def kept(ident: str, number: int) -> Response:
        source = desk.source(ident)
        found = None
        if 0 < number <= LARGEST:
            found = desk.archive.kept_capture(source.id, number)
        if found is None:
            raise HTTPException(404, f"{source.id} has no capture {number}.")
        return _capture(found, f"{source.id}-capture-{number}")

    @router.get("/sources/{ident}/at")
    def at(ident: str, date: date) -> Response:
        source = desk.source(ident)
        found = _in_force(desk, source, date)
        if found is None:
            raise HTTPException(404, f"{source.id} was not captured yet on {date}.")
        address = f"/sources/{source.id}/versions/{found.version.number}?on={date}"
        return RedirectResponse(address, 302)

    return router


def _in_force(desk: Desk, source: Source, day: date) -> InForce | None:
    """Return what was shown at the end of a day."""
    end = datetime.combine(day, time.max, UTC)
    return desk.archive.past.in_force(source.id, end, desk.clock())


def _show(
    desk: Desk,
    request: Request,
    source: Source,
    version: Version,
    on: date | None,
    line: int,
    came: Origins | None,
) -> Response:
    document = version.document
    parts = _parts(blocks(document.lines, came.of_lines if came else ()), came)
    here = max((at for at, part in enumerate(parts) if part[0].line < line), default=0)
    versions = desk.archive.versions(source.id)
    places = [summary.number for summary in versions]
    at = places.index(version.number)
    return page(
        request,
        "version.html",
        headers=about_version(desk, request, source, version),
        source=source,
        version=version,
        document=document,
        parts=parts,
        part=here,
        outline=[section for section in document.sections if section.heading],
        versions=versions,
        older=places[at - 1] if at else None,
        newer=places[at + 1] if at + 1 < len(places) else None,
        until=versions[at + 1].fetched_at if at + 1 < len(versions) else None,
        on=on,
        came=came,
        in_force=_certain(desk, source, version, on) if on else "",
        words=versions[at].words,
        now=desk.clock(),
    )


def _certain(desk: Desk, source: Source, version: Version, day: date) -> str:
    """Say how sure it is that a version was in force on a day; empty where another one was."""
    found = _in_force(desk, source, day)
    if found is None or found.version.number != version.number:
        return ""
    return certainty(found, instant)


def _parts(found: tuple[Block, ...], came: Origins | None) -> list[list[Block]]:
    """Divide what is too long for one page, where a section begins if that is near."""
    parts: list[list[Block]] = [[]]
    left = ROOM
    for block in found:
        size = sum(map(len, block.lines)) + 40 + (came.size(block.line) if came else 0)
        full = left < size or (left < ROOM // 8 and block.kind == "heading")
        if full and parts[-1]:
            parts.append([])
            left = ROOM
        parts[-1].append(block)
        left -= size
    return parts if parts[0] else []


def _capture(capture: Capture, name: str) -> Response:
    charset = capture.charset if capture.charset and capture.charset.isascii() else "utf-8"
    safe = "".join(char for char in charset if char.isalnum() or char in "-_")
    return Response(
        capture.body,
        media_type=f"text/plain; charset={safe or 'utf-8'}",
        headers={
            "content-disposition": f'attachment; filename="{name}.txt"',
            "content-security-policy": CAPTURE_POLICY,
            "x-captured-from": "".join(c for c in capture.final_url if " " < c < "\x7f")[:2000],
            "x-captured-type": "".join(c for c in capture.media_type if " " < c < "\x7f")[:200],
        },
    )
