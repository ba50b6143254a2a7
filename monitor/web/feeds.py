"""Feeds: changes with their words as Atom, the days that policies announce as a calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from monitor.model import Filters
from monitor.render.calendar import MEDIA_TYPE, calendar
from monitor.render.feed import Entry, feed
from monitor.web.answering import answer
from monitor.web.asking import Chosen
from monitor.web.memento import root
from monitor.web.templates import page

if TYPE_CHECKING:
    from monitor.model import Change
    from monitor.web.desk import Desk

ENTRIES = 30
ATOM = "application/atom+xml"
ALL = "all"
PAST = timedelta(days=90)
"""Deadlines stay in the calendar for so long after their day."""
MOST_DEADLINES = 5_000


def routes(desk: Desk) -> APIRouter:
    """Return the routes of feeds, and of the page that lists them."""
    router = APIRouter(include_in_schema=False)

    @router.get("/feeds")
    def feeds(request: Request) -> Response:
        choices = desk.choices()
        return page(request, "feeds.html", choices=choices, token=desk.closed)

    @router.get("/feeds/all.atom")
    def everything(request: Request) -> Response:
        return _feed(desk, request, ALL, "All changes", Filters(), "/changes")

    @router.get("/feeds/source/{ident}.atom")
    def of_source(request: Request, ident: str) -> Response:
        source = desk.source(ident)
        changes = desk.archive.history([ident], limit=ENTRIES)
        return _answer(desk, request, f"source/{ident}", source.title, changes, f"/sources/{ident}")

    @router.get("/feeds/site/{site:path}.atom")
    def of_site(request: Request, site: str) -> Response:
        place = f"/changes?site={quote(site)}"
        return _feed(desk, request, f"site/{site}", site, Filters(site=site), place)

    @router.get("/feeds/tag/{tag:path}.atom")
    def of_tag(request: Request, tag: str) -> Response:
        place = f"/changes?tag={quote(tag)}"
        return _feed(desk, request, f"tag/{tag}", f"Tag {tag}", Filters(tag=tag), place)

    @router.get("/feeds/kind/{kind}.atom")
    def of_kind(request: Request, kind: str) -> Response:
        place = f"/changes?kind={quote(kind)}"
        return _feed(desk, request, f"kind/{kind}", kind, Filters(kind=kind), place)

    @router.get("/calendar.ics")
    def deadlines(request: Request, asked: Annotated[Chosen, Query()]) -> Response:
        since = (desk.clock() - PAST).date()
        found = desk.archive.deadlines.upcoming(since=since)[:MOST_DEADLINES]
        sources = desk.archive.lists.named([one.source for one in found])
        meant = {key: source for key, source in sources.items() if asked.means(source)}
        return answer(request, calendar(found, meant), MEDIA_TYPE)

    return router


def _feed(
    desk: Desk, request: Request, name: str, title: str, filters: Filters, place: str
) -> Response:
    changes = desk.archive.lists.changes(filters, limit=ENTRIES)
    return _answer(desk, request, name, title, changes, place)


def _answer(
    desk: Desk,
    request: Request,
    name: str,
    title: str,
    changes: tuple[Change, ...],
    place: str,
) -> Response:
    here = root(desk, request)
    sources = desk.archive.lists.named([change.source for change in changes])
    entries = [
        Entry(change, desk.archive.comparison(change.id), sources[change.source].tags)
        for change in changes
    ]
    text = feed(
        entries,
        name=name,
        title=f"Policy changes: {title}",
        self_url=f"{here}{quote(request.url.path)}",
        page_url=f"{here}{place}",
        web=here,
    )
    return answer(request, text, ATOM)
