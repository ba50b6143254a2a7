"""Several documents to one: the pages a policy is spread over, in their order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.errors import ExtractError
from monitor.model import Candidate, Dates, Document, Dropped, Page
from monitor.model.pages import parted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.model import PolicyDate, Rules
    from monitor.model.pages import Part


def pages_of(body: bytes, rules: Rules) -> list[tuple[Part, Rules]]:
    """Return the pages that the rules name, or all there are, each with its own rules.

    Raises:
        ExtractError: ``damaged``, or ``incomplete`` where one is not there.

    """
    try:
        parts = {part.url: part for part in parted(body)}
    except (ValueError, KeyError):
        raise ExtractError("damaged", "the capture of several pages is cut short") from None
    wanted = rules.pages or tuple(Page(url, rules) for url in parts)
    for page in wanted:
        if page.url not in parts:
            raise ExtractError("incomplete", f"the capture does not hold {page.url}")
    return [(parts[page.url], page.rules) for page in wanted]


def merged(documents: Sequence[Document]) -> Document:
    """Make one document of several; what the first says of itself, the whole does."""
    first = documents[0]
    if len(documents) == 1:
        return first
    starts = [0]
    for document in documents[:-1]:
        starts.append(starts[-1] + len(document.lines))
    placed = list(zip(starts, documents, strict=True))
    return replace(
        first,
        language=next((one.language for one in documents if one.language), None),
        text="\n".join(document.text for document in documents),
        sections=tuple(
            replace(section, line=section.line + start)
            for start, document in placed
            for section in document.sections
        ),
        dates=_dates([_moved(document.dates, start) for start, document in placed]),
        parts=tuple(part for document in documents for part in document.parts),
        dropped=tuple(
            Dropped(part.text, f"page {number}: {part.why}")
            for number, document in enumerate(documents, 1)
            for part in document.dropped
        ),
        notes=tuple(
            f"page {number}: {note}"
            for number, document in enumerate(documents, 1)
            for note in document.notes
        ),
    )


def _moved(dates: Dates, lines: int) -> Dates:
    def moved(date: PolicyDate | None) -> PolicyDate | None:
        if date is None or date.line is None:
            return date
        return replace(date, line=date.line + lines)

    return Dates(
        updated=moved(dates.updated),
        effective=moved(dates.effective),
        published=moved(dates.published),
        bare=moved(dates.bare),
        candidates=tuple(
            Candidate(moved(one.date) or one.date, one.chosen, one.why) for one in dates.candidates
        ),
    )


def _dates(every: Sequence[Dates]) -> Dates:
    """Take each date from the first page that states it."""

    def first(label: str) -> PolicyDate | None:
        stated = (getattr(dates, label) for dates in every)
        found: PolicyDate | None = next(filter(None, stated), None)
        return found

    chosen = {label: first(label) for label in ("updated", "effective", "published", "bare")}
    return Dates(
        **chosen,
        candidates=tuple(
            one
            if not one.chosen or any(one.date == date for date in chosen.values())
            else replace(one, chosen=False, why="an earlier page states one")
            for dates in every
            for one in dates.candidates
        ),
    )
