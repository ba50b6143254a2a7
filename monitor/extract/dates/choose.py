"""Which of the dates seen are the policy's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.extract.dates import bare, changelog
from monitor.extract.dates.decoys import objection
from monitor.extract.dates.folding import fold
from monitor.extract.dates.labels import SHORT_LINE, Label, Reading, read_apart, read_beside
from monitor.extract.dates.place import Place, find_place
from monitor.extract.dates.sighting import Sighting
from monitor.model import Dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.extract.dates.line import Line
    from monitor.extract.dates.span import Span
    from monitor.model import DateLabel, PolicyDate

_CLUSTER = 6
_HEAD = 800
"""Characters at the start of a line beyond which it is a page of its own."""
_CELL = " | "
_DECLARED = 9.0
"""Score of a date whose label the user gave: above any other."""
_PARTICLE = 3
"""Letters that may stand beside a date that is alone in its line: am, le, on."""
_FIELDS: tuple[DateLabel, ...] = ("updated", "effective", "published")


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page and what is known of it."""

    lines: Sequence[Line]
    nearby: Sequence[Line]
    title: str
    language: str | None
    """Without region."""
    labels: Sequence[str]
    """Labels the user declared, folded."""
    of_cookies: bool
    """Whether cookies are what the page is about."""

    @property
    def dated(self) -> list[Line]:
        """Every line with a date, the page's own first."""
        return [line for line in (*self.lines, *self.nearby) if line.spans]


def choose(page: Page) -> Dates:
    """Choose the dates of a page, and say of every other one why not."""
    place = find_place(page.lines, page.title)
    runs = changelog.find_changelogs(page.lines, page.dated, page.language)
    rows = {line.number for run in runs for line in run}
    seen: list[Sighting] = []
    for line in page.dated:
        if line.number in rows:
            seen += [
                Sighting(line, span, 0, "is a row of a list of changes", logged=True)
                for span in line.spans
            ]
        else:
            seen += _sightings(page, place, line)
    if (declared := _declared(page)) is not None:
        seen = [declared, *(s for s in seen if s.place != declared.place)]
    return _dates(seen, _labelled(seen, place) or _unlabelled(page, place, runs))


def _declared(page: Page) -> Sighting | None:
    """Find the date behind the first of the user's labels that has one."""
    for words in page.labels:
        for line in page.lines:
            text = line.text or fold(line.shown)
            end = text.find(words) + len(words)
            if end < len(words):
                continue
            if (found := _first_date(page, line, end)) is not None:
                target, span = found
                own = read_apart(words, page.language) or Label("change", 0, 0)
                start = end - len(words) if target is line else span.start
                label = replace(own, start=start, end=end)
                above = "" if target is line else line.shown
                return Sighting(target, span, _DECLARED, "labelled as the rules say", label, above)
    return None


def _first_date(page: Page, line: Line, end: int) -> tuple[Line, Span] | None:
    """Find the date behind a place in a line, else one that opens the next line."""
    for span in line.spans:
        if span.start >= end:
            return line, span
    following = page.lines[line.number + 1 : line.number + 2]
    return next(((other, span) for other in following for span in other.spans), None)


def _sightings(page: Page, place: Place, line: Line) -> Iterator[Sighting]:
    document = False
    for span in line.spans:
        reading, above = _reading(page, line, span)
        if document and reading.label:
            reading = replace(reading, label=replace(reading.label, document=True))
        against = objection(line, span, reading, of_cookies=page.of_cookies)
        if against or reading.label is None:
            yield Sighting(line, span, 0, against, reading.label, above)
        else:
            document = reading.label.document
            score = _score(line, span, reading.label, place)
            where = reading.label.where
            why = f"labelled {where} the date" if where != "column" else "labelled by its column"
            yield Sighting(line, span, score, why, reading.label, above)


def _reading(page: Page, line: Line, span: Span) -> tuple[Reading, str]:
    """Read the words beside a date, else those of the line before it or after it."""
    reading = read_beside(line, span, page.language)
    if reading.label or reading.against or line.nearby or line.linked:
        return reading, ""
    if line.kind == "row" and (label := _column(page, line, span)):
        return Reading(label), page.lines[line.number - 1].shown
    if not _stands_alone(line, span):
        return reading, ""
    for offset, where in ((-1, "above"), (1, "below")):
        other = _undated(page, line.number + offset)
        if other is None or (where == "below" and _undated(page, line.number + 2) is None):
            continue
        if label := read_apart(other.shown, page.language):
            placed = replace(label, where=where, start=span.start, end=span.end)
            return Reading(placed), other.shown
    return reading, ""


def _column(page: Page, line: Line, span: Span) -> Label | None:
    """Read the label at the head of the date's column, where the row above is a head."""
    head = _undated(page, line.number - 1)
    if head is None or head.kind != "row":
        return None
    cells = head.shown.split(_CELL)
    column = line.text.count(_CELL, 0, span.start)
    label = read_apart(cells[column], page.language) if column < len(cells) else None
    return label and replace(label, where="column", start=span.start, end=span.end)


def _stands_alone(line: Line, span: Span) -> bool:
    if len(line.text) > SHORT_LINE:
        return False
    outside = line.text[: span.start] + line.text[span.end :]
    return sum(character.isalpha() for character in outside) <= _PARTICLE


def _undated(page: Page, number: int) -> Line | None:
    """Return the line of that number, if it is there and has no date of its own."""
    if not 0 <= number < len(page.lines) or page.lines[number].spans:
        return None
    return page.lines[number]


def _score(line: Line, span: Span, label: Label, place: Place) -> float:
    score = 3.0 if len(line.text) <= SHORT_LINE and not label.gap else 2.3
    score += 0.3 * label.certain + 0.2 * label.document
    score -= 0.3 * (label.kind == "version") + 0.2 * (label.kind == "publish")
    score -= 1.0 * (label.kind == "first") + 0.4 * span.weak + 0.3 * (label.where != "before")
    if line.nearby:
        return score - 1
    score -= 1.0 * line.linked
    opens = place.opens(line.number) and span.start < _HEAD
    return score + 1.2 * opens + 0.5 * place.closes(line.number)


def _labelled(seen: Sequence[Sighting], place: Place) -> dict[DateLabel, Sighting]:
    """Choose among labelled dates: the best one, and with it what its neighbours add."""
    believed = [sighting for sighting in seen if sighting.score > 0]
    if not believed:
        return {}
    best = max(believed, key=lambda sighting: (sighting.score, -sighting.line.number))
    chosen: dict[DateLabel, Sighting] = {}
    for sighting in sorted(believed, key=lambda s: (-s.score, s.line.number)):
        if _belongs(sighting, best, place):
            for field in sighting.fields:
                chosen.setdefault(field, sighting)
    return chosen


def _belongs(sighting: Sighting, best: Sighting, place: Place) -> bool:
    """Whether a date speaks of the same document as the best one: near it, or by its words."""
    if sighting.line is best.line and abs(sighting.span.start - best.span.start) > _HEAD:
        return False
    if abs(sighting.line.number - best.line.number) <= _CLUSTER:
        return True
    label = sighting.label
    edge = place.opens(sighting.line.number) or place.closes(sighting.line.number)
    return label is not None and label.document and edge and not sighting.line.nearby


def _unlabelled(
    page: Page, place: Place, runs: Sequence[Sequence[Line]]
) -> dict[DateLabel, Sighting]:
    """Fall back to a date that stands alone, then to the newest row of a list of changes."""
    rows = {line.number for run in runs for line in run}
    lines = [line for line in page.lines if line.spans and line.number not in rows]
    if (sighting := bare.find_bare(lines, place, page.language, page.title)) is not None:
        return {"bare": sighting}
    if not runs:
        return {}
    line, span = changelog.newest(runs[0])
    label = read_beside(line, span, page.language).label
    field: DateLabel = "effective" if label and label.kind == "effective" else "updated"
    return {field: Sighting(line, span, 1.5, "newest row of the list of changes")}


def _dates(seen: Sequence[Sighting], chosen: dict[DateLabel, Sighting]) -> Dates:
    places = {sighting.place for sighting in chosen.values()}
    candidates = [s.candidate(chosen=True) for s in _distinct(chosen)]
    candidates += [_passed_over(s).candidate(chosen=False) for s in seen if s.place not in places]
    fields: dict[str, PolicyDate] = {
        field: sighting.policy_date(field) for field, sighting in chosen.items()
    }
    published = chosen.get("published")
    if (
        published
        and "updated" not in fields
        and published.label
        and published.label.kind == "publish"
    ):
        fields["updated"] = published.policy_date("published")
    return Dates(**fields, candidates=tuple(candidates))


def _distinct(chosen: dict[DateLabel, Sighting]) -> list[Sighting]:
    unique = {sighting.place: sighting for sighting in chosen.values()}
    return [unique[key] for key in sorted(unique)]


def _passed_over(sighting: Sighting) -> Sighting:
    if sighting.score <= 0:
        return sighting
    return replace(sighting, why="another date is labelled better or stands nearer the title")
