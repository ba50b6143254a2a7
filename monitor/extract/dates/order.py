"""Whether 03/04/2026 is a day of April or of March: by the page's other dates, then by region."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.extract.dates.calendar_names import calendar_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.extract.dates.span import Span

_LOCALE = re.compile(r"(?:^|[/._-])(?:en|es)[-_]([a-z]{2})(?=$|[/._?-])", re.IGNORECASE)
_GENERIC = frozenset(
    [
        "ai",
        "app",
        "cc",
        "co",
        "dev",
        "eu",
        "fm",
        "gg",
        "im",
        "in",
        "io",
        "is",
        "la",
        "ly",
        "me",
        "my",
        "sh",
        "so",
        "st",
        "to",
        "tv",
        "ws",
    ]
)
"""Country codes that companies everywhere use, or whose country writes neither order alone."""

_COUNTRIES = frozenset({"us", "uk", "gb", "au", "nz", "ie", "za", "ph"})
"""Countries of English that name a site's edition: uk.example.com, example.com/us/."""


@dataclass(frozen=True, slots=True)
class Order:
    """The order of day and month in the figures of one page."""

    month_first: bool
    certain: bool
    """Whether the page or its region says so; otherwise it is a guess by language."""
    why: str

    def settle(self, span: Span) -> Span:
        """Give a date its reading, forgetting the other one where the order is certain."""
        if span.swapped is None:
            return span
        month, day = span.swapped
        other = None if self.certain else (span.month or month, span.day or day)
        if self.month_first:
            return replace(span, month=month, day=day, swapped=other)
        return replace(span, swapped=span.swapped if other else None)


def find_order(spans: Sequence[Span], language: str | None, url: str) -> Order:
    """Decide the order for a whole page.

    Args:
        spans: Every date of the page.
        language: BCP 47 tag of the page.
        url: Address of the page; its country counts where the page itself says nothing.

    """
    figures = [span for span in spans if not span.worded and span.day is not None]
    if not any(span.swapped for span in figures):
        return Order(month_first=False, certain=True, why="")
    if (order := _by_page(spans, figures)) is not None:
        return order
    if territory := _territory(language, url):
        month_first = territory in calendar_names().month_first
        return Order(month_first, certain=True, why=f"region {territory}")
    spoken = (language or "en").partition("-")[0].lower()
    return Order(spoken == "en", certain=spoken != "en", why=f"language {spoken}")


def _by_page(spans: Sequence[Span], figures: Sequence[Span]) -> Order | None:
    """Let the dates vote that can be read in one way only, then those also written out."""
    votes = [span.month_first for span in figures if span.month_first is not None]
    if votes:
        month_first = sum(votes) * 2 > len(votes)
        return Order(month_first, certain=True, why="another date of the page")
    days = {span.value for span in spans if span.day is not None and not span.swapped}
    for span in figures:
        if span.swapped and span.value in days:
            return Order(month_first=False, certain=True, why="the same date elsewhere")
        if span.swapped and replace(span, month=span.swapped[0], day=span.swapped[1]).value in days:
            return Order(month_first=True, certain=True, why="the same date elsewhere")
    return None


def _territory(language: str | None, url: str) -> str:
    """Read a country from the language tag, the path or the host, in that order."""
    path = urlsplit(url).path.lower() + "/"
    for text in (language or "", path):
        if match := _LOCALE.search(text):
            return match[1].upper()
    host = (urlsplit(url).hostname or "").split(".")
    if len(host[-1]) == len("uk") and host[-1] not in _GENERIC:
        return host[-1].upper()
    return next((part.upper() for part in (host[0], path.split("/")[1]) if part in _COUNTRIES), "")
