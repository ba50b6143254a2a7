"""The first page, and the list of changes: what there is, and what needs a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from monitor.model import STANDINGS
from monitor.render.timeline import sparkline
from monitor.web.asking import ChosenPage, SoughtPage
from monitor.web.templates import page

if TYPE_CHECKING:
    from monitor.web.desk import Desk

ROWS = 50
BARS = 24


def routes(desk: Desk) -> APIRouter:
    """Return the routes of the lists."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def overview(request: Request, asked: Annotated[SoughtPage, Query()]) -> Response:
        now, lists, filters = desk.clock(), desk.archive.lists, asked.filters()
        found = lists.sources(filters, now, limit=ROWS, offset=(asked.page - 1) * ROWS)
        total = sum(
            sources for standing, sources in found.tally.items() if asked.state in {"", standing}
        )
        return page(
            request,
            "overview.html",
            rows=found.rows,
            tally={name: found.tally[name] for name in STANDINGS if found.tally.get(name)},
            total=found.total,
            pages=max(1, -(-total // ROWS)),
            lines={row.source.id: sparkline(row.changed_at, now, bars=BARS) for row in found.rows},
            choices=desk.choices(),
            asked=asked,
            now=now,
        )

    @router.get("/changes")
    def changes(request: Request, asked: Annotated[ChosenPage, Query()]) -> Response:
        lists = desk.archive.lists
        offset = (asked.page - 1) * ROWS
        found = lists.changes(asked.filters(), limit=ROWS + 1, offset=offset)
        return page(
            request,
            "changes.html",
            changes=found[:ROWS],
            more=len(found) > ROWS,
            choices=desk.choices(),
            asked=asked,
            now=desk.clock(),
        )

    return router
