"""A date seen on the page, with what speaks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.model import Candidate, PolicyDate

if TYPE_CHECKING:
    from monitor.extract.dates.labels import Label
    from monitor.extract.dates.line import Line
    from monitor.extract.dates.span import Span
    from monitor.model import DateLabel

_LONGEST_EVIDENCE = 200
_FIELDS: dict[str, DateLabel] = {
    "change": "updated",
    "version": "updated",
    "publish": "published",
    "first": "published",
    "effective": "effective",
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """One date, where it stands and how far it is believed."""

    line: Line
    span: Span
    score: float
    """Higher is better; zero and below is passed over."""
    why: str
    """What decided, for a person."""
    label: Label | None = None
    above: str = ""
    """The line that holds the label, where it is another one."""
    logged: bool = False
    """Whether it stands in a list of the policy's changes."""

    @property
    def place(self) -> tuple[int, int]:
        """Line and position: one date of the page."""
        return self.line.number, self.span.start

    @property
    def field(self) -> DateLabel:
        """The field of `Dates` this date would fill."""
        return _FIELDS[self.label.kind] if self.label else "bare"

    @property
    def fields(self) -> set[DateLabel]:
        """All fields, where the words name two."""
        second = _FIELDS[self.label.also] if self.label and self.label.also else self.field
        return {self.field, second}

    def policy_date(self, label: DateLabel | None = None) -> PolicyDate:
        """Say it in the model's terms."""
        return PolicyDate(
            value=self.span.value,
            precision=self.span.precision,
            label=label or self.field,
            evidence=self.evidence,
            confidence=self.confidence,
            line=None if self.line.nearby else self.line.number,
        )

    def candidate(self, *, chosen: bool) -> Candidate:
        """Say it as one of the dates seen."""
        own = chosen or self.score > 0 or self.logged
        return Candidate(self.policy_date(), chosen, self.why + self._doubt, own)

    @property
    def _doubt(self) -> str:
        """Name the other reading of a date whose order of day and month is a guess."""
        if self.span.swapped is None:
            return ""
        month, day = self.span.swapped
        return f"; could also be {self.span.year:04}-{month:02}-{day:02}"

    @property
    def evidence(self) -> str:
        """The exact words, label and date."""
        start, end = self.span.start, self.span.end
        if self.label and not self.above:
            start, end = min(start, self.label.start), max(end, self.label.end)
        words = self.line.shown[start:end][-_LONGEST_EVIDENCE:]
        return f"{self.above}\n{words}" if self.above else words

    @property
    def confidence(self) -> float:
        """Between 0 and 1; lower where day and month may be the other way round."""
        certain = min(0.98, max(0.05, 0.3 + 0.16 * self.score))
        return round(certain * (0.6 if self.span.swapped else 1), 2)
