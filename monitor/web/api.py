"""The JSON API: the same answers as `--json` on the command line, described as OpenAPI."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import AwareDatetime, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from typing_extensions import TypedDict

from monitor.render import answers, origins, shapes
from monitor.web.answering import answer
from monitor.web.asking import Chosen, Sought
from monitor.web.change import of_change, of_versions
from monitor.web.desk import LARGEST
from monitor.web.search import within

if TYPE_CHECKING:
    from monitor.web.desk import Desk

MOST = 200
Ident = Annotated[str, Path(description="Id of a source.", max_length=200)]
Number = Annotated[int, Path(ge=1, le=LARGEST)]
Limit = Annotated[int, Query(ge=1, le=MOST, description="At most this many.")]
Offset = Annotated[int, Query(ge=0, le=LARGEST, description="After leaving out so many.")]
Moment = Annotated[AwareDatetime | None, Query(description="ISO 8601 with a zone.")]


class Refusal(TypedDict):
    """Why a question has no answer."""

    detail: str


class SourceAnswer(shapes.StateAnswer):
    """A source, how it stands, and its last change."""

    tags: list[str]
    language: str | None
    last_change: shapes.ChangeAnswer | None


class Sources(TypedDict):
    """One page of sources; `total` counts all that match."""

    total: int
    sources: list[SourceAnswer]


class VersionLine(TypedDict):
    """One version in a list."""

    version: int
    recorded_at: str | None
    fetched_at: str | None
    cause: str
    title: str
    words: int
    dates: shapes.DatesAnswer


class VersionThen(shapes.VersionAnswer):
    """A version, and how sure it is that it was in force."""

    in_force: shapes.InForceAnswer


class SoughtMany(Sought):
    """Sources, some at a time."""

    limit: int = Field(50, ge=1, le=MOST, description="At most this many.")
    offset: int = Field(0, ge=0, le=LARGEST, description="After leaving out so many.")


class ChosenMany(Chosen):
    """Changes of some time, some at a time."""

    since: AwareDatetime | None = Field(None, description="First seen from then on.")
    until: AwareDatetime | None = Field(None, description="First seen before.")
    limit: int = Field(50, ge=1, le=MOST, description="At most this many.")
    offset: int = Field(0, ge=0, le=LARGEST, description="After leaving out so many.")


_MISSING: dict[int | str, dict[str, Any]] = {404: {"model": Refusal, "description": "Not there."}}
_FAULTY: dict[int | str, dict[str, Any]] = {
    503: {"model": Refusal, "description": "The archive cannot be read."}
}


def routes(desk: Desk) -> APIRouter:
    """Return the routes of the API."""
    router = APIRouter(prefix="/api", tags=["policies"], responses=_FAULTY)
    _of_lists(router, desk)
    _of_sources(router, desk)
    _of_versions(router, desk)
    _of_origins(router, desk)
    _of_changes(router, desk)
    return router


def _of_lists(router: APIRouter, desk: Desk) -> None:
    @router.get("/sources", response_model=Sources)
    def sources(request: Request, asked: Annotated[SoughtMany, Query()]) -> Response:
        """List sources, those that need a person first."""
        now = desk.clock()
        lists = desk.archive.lists
        found = lists.sources(asked.filters(), now, limit=asked.limit, offset=asked.offset)
        shown: list[SourceAnswer] = [
            {
                **answers.state(row.source, row.state, now),
                "tags": list(row.source.tags),
                "language": row.language,
                "last_change": answers.change(row.last_change) if row.last_change else None,
            }
            for row in found.rows
        ]
        counted = [n for name, n in found.tally.items() if asked.state in {"", name}]
        return _answer(request, {"total": sum(counted), "sources": shown})

    @router.get("/changes", response_model=list[shapes.ChangeAnswer])
    def changes(request: Request, asked: Annotated[ChosenMany, Query()]) -> Response:
        """List changes of all sources, newest first."""
        found = desk.archive.lists.changes(
            asked.filters(),
            since=asked.since,
            until=asked.until,
            limit=asked.limit,
            offset=asked.offset,
        )
        return _answer(request, [answers.change(change) for change in found])

    @router.get("/search", response_model=list[shapes.HitAnswer])
    def search(
        request: Request,
        q: Annotated[str, Query(min_length=1, max_length=200, description="All of these words.")],
        site: Annotated[str, Query(max_length=200, description="Only of this site.")] = "",
        limit: Limit = 50,
    ) -> Response:
        """Find passages in all versions, those recorded last first."""
        inside = within(desk, site)
        found = () if inside is None else desk.archive.past.search(q, inside, limit)
        return _answer(request, [answers.hit(hit) for hit in found])


def _of_sources(router: APIRouter, desk: Desk) -> None:
    @router.get("/sources/{ident}", response_model=shapes.StateAnswer, responses=_MISSING)
    def source(request: Request, ident: Ident) -> Response:
        """Tell how a source stands."""
        found = desk.source(ident)
        return _answer(request, answers.state(found, desk.archive.state(ident), desk.clock()))

    @router.get(
        "/sources/{ident}/changes", response_model=list[shapes.ChangeAnswer], responses=_MISSING
    )
    def history(
        request: Request,
        ident: Ident,
        since: Moment = None,
        until: Moment = None,
        limit: Limit = 50,
    ) -> Response:
        """List the changes of a source, newest first."""
        desk.source(ident)
        found = desk.archive.history([ident], since=since, until=until, limit=limit)
        return _answer(request, [answers.change(change) for change in found])

    @router.get(
        "/sources/{ident}/checks", response_model=list[shapes.CheckAnswer], responses=_MISSING
    )
    def checks(request: Request, ident: Ident, limit: Limit = 50) -> Response:
        """List checks, newest first, and why each was an alert or not."""
        desk.source(ident)
        return _answer(request, [answers.check(row) for row in desk.archive.checks(ident, limit)])


def _of_versions(router: APIRouter, desk: Desk) -> None:
    @router.get("/sources/{ident}/versions", response_model=list[VersionLine], responses=_MISSING)
    def versions(request: Request, ident: Ident) -> Response:
        """List all versions of a source, oldest first, without their words."""
        desk.source(ident)
        lines: list[VersionLine] = [
            {
                "version": one.number,
                "recorded_at": answers.utc(one.recorded_at),
                "fetched_at": answers.utc(one.fetched_at),
                "cause": one.cause,
                "title": one.title,
                "words": one.words,
                "dates": answers.dates(one.dates),
            }
            for one in desk.archive.versions(ident)
        ]
        return _answer(request, lines)

    @router.get(
        "/sources/{ident}/versions/{number}",
        response_model=shapes.VersionAnswer,
        responses=_MISSING,
    )
    def version(request: Request, ident: Ident, number: Number) -> Response:
        """Return one version with all its words."""
        source = desk.source(ident)
        return _answer(request, answers.version(source, desk.version(source, number)))

    @router.get("/sources/{ident}/at", response_model=VersionThen, responses=_MISSING)
    def at(
        request: Request,
        ident: Ident,
        moment: Annotated[AwareDatetime, Query(alias="time", description="ISO 8601, with zone.")],
    ) -> Response:
        """Return the version in force at a time, as far as captures tell."""
        source = desk.source(ident)
        found = desk.archive.past.in_force(ident, moment, desk.clock())
        if found is None:
            raise HTTPException(404, f"{source.id} was not captured yet at that time.")
        told = {**answers.version(source, found.version), "in_force": answers.in_force(found)}
        return _answer(request, told)

    @router.get("/sources/{ident}/diff", response_model=shapes.DiffAnswer, responses=_MISSING)
    def compare(
        request: Request,
        ident: Ident,
        old: Annotated[int, Query(alias="from", ge=1, le=LARGEST)],
        new: Annotated[int, Query(alias="to", ge=1, le=LARGEST)],
    ) -> Response:
        """Compare any two versions."""
        shown = of_versions(desk, ident, old, new)
        labels = (f"{shown.source.id}/{old}", f"{shown.source.id}/{new}")
        return _answer(request, answers.diff(shown.comparison, labels))


def _of_origins(router: APIRouter, desk: Desk) -> None:
    @router.get(
        "/sources/{ident}/versions/{number}/blame",
        response_model=shapes.BlameAnswer,
        responses=_MISSING,
    )
    def blame(request: Request, ident: Ident, number: Number) -> Response:
        """Return when each passage of a version came, last changed, and what it replaced."""
        source = desk.source(ident)
        found = desk.version(source, number)
        traced = desk.blame(source, found)
        return _answer(request, origins.answer(found, traced.lineage, traced.seen_at))


def _of_changes(router: APIRouter, desk: Desk) -> None:
    @router.get("/changes/{number}", response_model=shapes.ChangeAnswer, responses=_MISSING)
    def change(request: Request, number: Number) -> Response:
        """Return one change."""
        found = desk.archive.change(number)
        if found is None:
            raise HTTPException(404, f"There is no change {number}.")
        return _answer(request, answers.change(found))

    @router.get("/changes/{number}/diff", response_model=shapes.DiffAnswer, responses=_MISSING)
    def words(request: Request, number: Number) -> Response:
        """Return the words of a change, section by section."""
        shown = of_change(desk, number)
        ident = shown.source.id
        labels = (f"{ident}/{shown.old.number}", f"{ident}/{shown.new.number}")
        return _answer(request, answers.diff(shown.comparison, labels))


def _answer(request: Request, found: object) -> Response:
    return answer(request, json.dumps(found, ensure_ascii=False), "application/json")
