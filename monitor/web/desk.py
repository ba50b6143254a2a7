"""What every page is made from: the archive, the clock, and what it is called from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.model import Choices, Source, Version
    from monitor.record import Archive
    from monitor.web.pulse import Pulse

NOTED_FOR = timedelta(minutes=1)
LARGEST = 2**31 - 1
"""The largest number that a database takes."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where pages find what they show."""

    archive: Archive
    clock: Callable[[], datetime]
    pulse: Pulse
    """Of the daemon in this program, if there is one."""
    address: str = ""
    """Where people reach this view, without a slash at the end; empty to use the request's own."""
    closed: bool = False
    """Whether whoever asks needs a token."""
    _noted: dict[str, tuple[datetime, Choices]] = field(default_factory=dict, repr=False)

    def version(self, source: Source, number: int) -> Version:
        """Return a version of a source; raises 404 where there is none."""
        found = self.archive.version(source.id, number) if 0 < number <= LARGEST else None
        if found is None:
            raise HTTPException(404, f"{source.id} has no version {number}.")
        return found

    def choices(self) -> Choices:
        """Return the values to filter by, a minute old at most: they change with the configuration.

        To count them costs more than the rest of a page.
        """
        now = self.clock()
        noted = self._noted.get("choices")
        if noted is None or not timedelta(0) <= now - noted[0] < NOTED_FOR:
            noted = self._noted["choices"] = (now, self.archive.lists.choices())
        return noted[1]

    def source(self, ident: str) -> Source:
        """Return a source; raises 404 where there is none."""
        found = self.archive.lists.source(ident)
        if found is None:
            raise HTTPException(404, f"There is no source “{ident[:100]}”.")
        return found
