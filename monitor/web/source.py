"""One source: its life at a glance, its changes, its checks that told something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from monitor.model import condition
from monitor.render.reasons import why
from monitor.render.timeline import HEIGHT, LEFT, RIGHT, WIDTH, Life, draw
from monitor.web.desk import LARGEST
from monitor.web.templates import page

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import Change, Source
    from monitor.render.timeline import Timeline
    from monitor.web.desk import Desk

ROWS = 40
CHECKS = 12
MOST_DRAWN = 400
"""Versions, changes and variants of one picture; older ones are in the lists."""


def routes(desk: Desk) -> APIRouter:
    """Return the routes of sources."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sources/{ident}")
    def source(
        request: Request,
        ident: str,
        number: Annotated[int, Query(alias="page", ge=1, le=LARGEST // 1000)] = 1,
    ) -> Response:
        return _show(desk, request, desk.source(ident), number)

    return router


def _show(desk: Desk, request: Request, source: Source, number: int) -> Response:
    now, archive = desk.clock(), desk.archive
    state = archive.state(source.id)
    changes = archive.history([source.id], limit=max(MOST_DRAWN, number * ROWS + 1))
    shown = changes[(number - 1) * ROWS : number * ROWS + 1]
    return page(
        request,
        "source.html",
        source=source,
        state=state,
        standing=condition(state, now),
        timeline=_timeline(desk, source, changes, now),
        picture={"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": RIGHT},
        versions=archive.versions(source.id)[::-1],
        changes=shown[:ROWS],
        total=state.changes,
        number=number,
        more=len(shown) > ROWS,
        checks=[(row, why(row)) for row in archive.checks(source.id, CHECKS, telling=True)],
        quarantine=archive.kept(source.id, "quarantine", 8),
        now=now,
    )


def _timeline(
    desk: Desk, source: Source, changes: tuple[Change, ...], now: datetime
) -> Timeline | None:
    archive = desk.archive
    told = archive.checks(source.id, MOST_DRAWN, telling=True)
    variants = [(row.started_at, row.version) for row in told if row.outcome == "variant"]
    return draw(
        Life(
            versions=archive.versions(source.id)[-MOST_DRAWN:],
            changes=changes[:MOST_DRAWN],
            outages=archive.outages(source.id, limit=100),
            gaps=[(gap.since, gap.until or now) for gap in archive.past.gaps(source.id, now)],
            variants=variants,
        ),
        now,
    )
