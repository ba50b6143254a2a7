"""When each passage of a version came: what stands beside its lines in the blame view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.render.origins import remarks
from monitor.render.visible import one_line

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import Origin, Source, Version
    from monitor.web.desk import Desk

AGES = 5
"""Shades from old to new."""
SHOWN = 400
"""Letters shown of what stood in a line's place before."""
MARKUP = 120


@dataclass(frozen=True, slots=True)
class Bringer:
    """A version that gave passages the words they have."""

    number: int
    seen_at: datetime
    """UTC; the first capture that shows it."""
    change: int | None
    """The change that led to it; `None` for the first version, and for our own doing."""
    age: int
    """0 for the oldest of them, up to `AGES` - 1."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the lines of a version come from."""

    of_lines: tuple[Origin, ...]
    """By line."""
    versions: dict[int, Bringer]

    def of(self, line: int) -> Bringer:
        """Return the version that gave a line its words."""
        return self.versions[self.of_lines[line].since]

    def replaced(self, line: int) -> str:
        """Return what stood in the place of a line before."""
        return one_line(self.of_lines[line].replaced, SHOWN)

    def remarks(self, line: int) -> tuple[str, ...]:
        """Say what else is known of a line."""
        return remarks(self.of_lines[line])

    def size(self, line: int) -> int:
        """Return how many characters are told beside a line."""
        return MARKUP + len(self.replaced(line)) + sum(map(len, self.remarks(line)))


def origins(desk: Desk, source: Source, version: Version) -> Origins:
    """Find out where each line of a version comes from."""
    found = desk.blame(source, version)
    lines = found.lineage.lines
    wanted = sorted({line.since for line in lines})
    steps = max(len(wanted) - 1, 1)
    versions = {
        number: Bringer(
            number, found.seen_at[number], found.changes.get(number), place * (AGES - 1) // steps
        )
        for place, number in enumerate(wanted)
    }
    return Origins(lines, versions)
