"""What extraction returns: a title, ordered sections and the policy's own dates."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

MATCHES_NOTHING = " matches nothing: "
"""Stands in every note on a rule that has lost its place on the page."""

Precision = Literal["day", "month", "year"]
DateLabel = Literal["updated", "effective", "published", "bare"]


@dataclass(frozen=True, slots=True)
class PolicyDate:
    """One date the policy states about itself."""

    value: str
    """ISO 8601; stops at the month or the year where the page does."""
    precision: Precision
    label: DateLabel
    evidence: str
    """The exact words of the page the date was read from."""
    confidence: float
    """Between 0 and 1; comparable within one document only."""
    line: int | None = None
    """Index into `Document.lines`; `None` where the evidence is not in the text."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A date seen on the page, chosen or not."""

    date: PolicyDate
    chosen: bool
    why: str
    """Why it was chosen or passed over, for a person."""
    own: bool = False
    """Whether it is one of the policy's own, if not the one to show: of a part, of a change log."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The policy's own dates; having none is a normal state."""

    updated: PolicyDate | None = None
    effective: PolicyDate | None = None
    published: PolicyDate | None = None
    bare: PolicyDate | None = None
    """A date that stands alone, without words saying what it is."""
    candidates: tuple[Candidate, ...] = ()

    @property
    def last_updated(self) -> PolicyDate | None:
        """The date to show as "last updated": updated, else bare or published, else effective."""
        return self.updated or self.bare or self.published or self.effective


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text under it, up to the next heading; the unit of comparison."""

    path: tuple[str, ...]
    """Headings from the outermost down to this one; empty for text before any heading."""
    heading: str
    """Text of the heading as shown, with its number; empty for text before any heading."""
    text: str
    """The body, one block a line, without the heading."""
    line: int
    """Index into `Document.lines` of the heading, or of the first line where there is none."""
    level: int = 0
    """Depth: 0 before any heading, 1 the outermost."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A part of the page that extraction left out, and why; for `preview`."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Document:
    """The policy as text: same bytes and rules, same document, always."""

    title: str
    language: str | None
    """BCP 47 tag of the text; `None` where it cannot be told."""
    sections: tuple[Section, ...]
    text: str
    """All lines, headings as ``## Heading``, items as ``- item``, rows as ``| a | b |``; NFC."""
    dates: Dates = field(default_factory=Dates)
    parts: tuple[str, ...] = ()
    """Headings of the documents found on a page that holds several."""
    part: str | None = None
    """The part chosen by URL or rule, where one was."""
    dropped: tuple[Dropped, ...] = field(default=(), compare=False, repr=False)
    instead: str = field(default="", compare=False, repr=False)
    """What the page is if it has nothing in common with the policy known: `login`, `not_found` …;
    empty where nothing about it says so."""
    notes: tuple[str, ...] = ()
    """Named states worth telling: a selector that matches nothing, a frame, a guessed charset."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The text, one block a line."""
        return tuple(self.text.split("\n")) if self.text else ()

    @property
    def drift(self) -> tuple[str, ...]:
        """Rules of the source that no longer fit its page, as notes say."""
        return tuple(note for note in self.notes if MATCHES_NOTHING in note)

    @property
    def digest(self) -> str:
        """SHA-256 of the text in UTF-8, hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()
