"""One change, or any two versions compared: the words, and everything known about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from monitor.model import Neighbours
from monitor.render.excerpt import words_changed
from monitor.render.facts import date_rows, dates_state, sections_phrase
from monitor.render.fold import Group, Passage, lay_out
from monitor.render.marking import Marker
from monitor.render.pairs import pairs
from monitor.web.answering import answer
from monitor.web.desk import LARGEST
from monitor.web.templates import page
from monitor.web.wording import first_sentence

if TYPE_CHECKING:
    from monitor.model import Change, Comparison, Source, Version
    from monitor.render.fold import Layout
    from monitor.web.desk import Desk

LONGEST_HEADLINE = 110
"""Characters; what is longer is said below it."""
UNIFIED_LINES = 900
"""Lines of a unified diff on a page; the whole is a download."""
UNIFIED_ROOM = 60_000
"""Characters of the same."""
Number = Annotated[int, Query(ge=1, le=LARGEST)]


class View(StrEnum):
    """How the words are set."""

    INLINE = "inline"
    SIDE = "side"
    UNIFIED = "unified"


@dataclass(frozen=True, slots=True)
class Shown:
    """Two versions and what lies between them."""

    source: Source
    old: Version
    new: Version
    comparison: Comparison
    change: Change | None = None


def routes(desk: Desk) -> APIRouter:
    """Return the routes of changes and comparisons."""
    router = APIRouter(include_in_schema=False)

    @router.get("/changes/{number:int}")
    def change(
        request: Request,
        number: int,
        view: View = View.INLINE,
        part: Annotated[Number, Query(alias="page")] = 1,
    ) -> Response:
        shown = of_change(desk, number)
        beside = desk.archive.lists.neighbours(number)
        return _show(desk, request, shown, view, part, beside)

    @router.get("/changes/{number:int}.diff")
    def download(request: Request, number: int) -> Response:
        return _diff(request, of_change(desk, number))

    @router.get("/sources/{ident}/compare")
    def compare(
        request: Request,
        ident: str,
        old: Annotated[int, Query(alias="from", ge=1, le=LARGEST)],
        new: Annotated[int, Query(alias="to", ge=1, le=LARGEST)],
        view: View = View.INLINE,
        part: Annotated[Number, Query(alias="page")] = 1,
    ) -> Response:
        shown = of_versions(desk, ident, old, new)
        return _show(desk, request, shown, view, part, Neighbours())

    @router.get("/sources/{ident}/compare.diff")
    def download_comparison(
        request: Request,
        ident: str,
        old: Annotated[int, Query(alias="from", ge=1, le=LARGEST)],
        new: Annotated[int, Query(alias="to", ge=1, le=LARGEST)],
    ) -> Response:
        return _diff(request, of_versions(desk, ident, old, new))

    return router


def of_change(desk: Desk, number: int) -> Shown:
    """Return a recorded change with its words; raises 404 where there is none."""
    found = desk.archive.change(number) if 0 < number <= LARGEST else None
    if found is None:
        raise HTTPException(404, f"There is no change {number}.")
    source = desk.source(found.source)
    old = desk.version(source, found.from_version)
    new = desk.version(source, found.to_version)
    return Shown(source, old, new, desk.archive.comparison(number), found)


def of_versions(desk: Desk, ident: str, old: int, new: int) -> Shown:
    """Compare any two versions; raises 404 where one is missing."""
    source = desk.source(ident)
    first, second = desk.version(source, old), desk.version(source, new)
    recorded = desk.archive.past.change_between(source.id, old, new)
    if recorded is not None:
        return Shown(source, first, second, desk.archive.comparison(recorded.id))
    from monitor.compare import compare

    found = compare(first.document, second.document, ignore=source.rules.ignored)
    return Shown(source, first, second, found)


def _show(
    desk: Desk,
    request: Request,
    shown: Shown,
    view: View,
    part: int,
    beside: Neighbours,
) -> Response:
    change, comparison = shown.change, shown.comparison
    findings = change.findings if change else ()
    layout = lay_out(comparison, part, sides=2 if view is View.SIDE else 1)
    words = [finding.words for finding in findings]
    phrase, lead = _headline(change, comparison) if change else ("", "")
    here = request.url.path
    given = "" if change else f"from={shown.old.number}&to={shown.new.number}&"
    old_dates = change.old_dates if change else shown.old.document.dates
    new_dates = change.new_dates if change else shown.new.document.dates
    return page(
        request,
        "change.html",
        shown=shown,
        source=shown.source,
        change=change,
        comparison=comparison,
        layout=layout,
        marker=Marker(words),
        marked=_marked(layout, Marker(words)) if view is not View.UNIFIED else (),
        findings=findings,
        words=_words(comparison),
        phrase=phrase,
        lead=lead,
        pairs=pairs,
        unified=_lines(comparison) if view is View.UNIFIED else ((), False),
        view=view.value,
        link=f"{here}?{given}view=",
        download=f"{here}.diff?{given}".rstrip("?&"),
        dates=date_rows(old_dates, new_dates),
        dates_state=dates_state(old_dates, new_dates),
        beside=beside,
        versions=desk.archive.versions(shown.source.id),
        languages=(shown.old.document.language, shown.new.document.language),
        now=desk.clock(),
    )


def _headline(change: Change, comparison: Comparison) -> tuple[str, str]:
    """Divide what is said of a change: what happened where, and the rest."""
    first, rest = first_sentence(change.summary)
    if first and len(first) <= LONGEST_HEADLINE:
        return first.rstrip("."), rest
    return sections_phrase(change, comparison), change.summary


def _marked(layout: Layout, marker: Marker) -> set[int]:
    """Return the places of the findings whose words a page shows."""
    groups = (group for group in layout.groups if isinstance(group, Group))
    passages = (part for group in groups for part in group.parts if isinstance(part, Passage))
    for passage in passages:
        for shown in passage.lines:
            marker.pieces(shown.line)
    return marker.met


def _words(comparison: Comparison) -> tuple[int, int]:
    """Count words added and removed; those that only moved are neither."""
    counts = [words_changed(edit) for edit in comparison.edits]
    return sum(added for added, _ in counts), sum(removed for _, removed in counts)


def _lines(comparison: Comparison) -> tuple[tuple[str, ...], bool]:
    """Return the first lines of the unified diff, and whether there are more."""
    lines = comparison.unified().splitlines()[2:]
    room, kept = UNIFIED_ROOM, []
    for line in lines[:UNIFIED_LINES]:
        room -= len(line) + len("<ins></ins>")
        if room < 0:
            break
        kept.append(line)
    return tuple(kept), len(kept) < len(lines)


def _diff(request: Request, shown: Shown) -> Response:
    ident, old, new = shown.source.id, shown.old.number, shown.new.number
    text = shown.comparison.unified(f"{ident}/{old}", f"{ident}/{new}")
    named = {"content-disposition": f'attachment; filename="{ident}-{old}-{new}.diff"'}
    return answer(request, text, "text/plain; charset=utf-8", named)
