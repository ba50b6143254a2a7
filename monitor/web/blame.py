"""When each passage of a version came: what stands beside its lines in the blame view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import Version
    from monitor.web.desk import Desk

AGES = 5
"""Shades from old to new."""
MOST_CHANGES = 2_000


@dataclass(frozen=True, slots=True)
class Origin:
    """A version that brought passages which still stand."""

    number: int
    seen_at: datetime
    """UTC; the capture it was read from."""
    change: int | None
    """The change that led to it; `None` for the first version, and for our own doing."""
    age: int
    """0 for the oldest of them, up to `AGES` - 1."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the lines of a version come from."""

    of_lines: tuple[int | None, ...]
    """Number of the version, by line."""
    versions: dict[int, Origin]

    def of(self, line: int) -> Origin | None:
        """Return where a line comes from; `None` where that is not known yet."""
        number = self.of_lines[line]
        return None if number is None else self.versions.get(number)


def origins(desk: Desk, version: Version) -> Origins:
    """Find out which version each line of one first stood in, without a break since."""
    archive, source = desk.archive, version.source
    lines = archive.past.origins(source, version.number, version.document.lines)
    wanted = sorted({number for number in lines if number is not None})
    seen = {one.number: one.fetched_at for one in archive.versions(source)}
    changes = {
        change.to_version: change.id for change in archive.history([source], limit=MOST_CHANGES)
    }
    steps = max(len(wanted) - 1, 1)
    found = {
        number: Origin(number, seen[number], changes.get(number), place * (AGES - 1) // steps)
        for place, number in enumerate(wanted)
        if number in seen
    }
    return Origins(lines, found)
