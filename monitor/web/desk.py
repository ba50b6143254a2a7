"""What every page is made from: the archive, the clock, and what it is called from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from monitor.blame import blame

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.blame import Blame
    from monitor.model import Choices, Source, Version
    from monitor.record import Archive
    from monitor.web.pulse import Pulse

FOLLOWED = 200
"""Versions through which passages are followed back; a page is waited for."""
REMEMBERED = 8
"""Versions whose origins are kept in memory, as they are looked at part by part."""
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
    _blamed: dict[tuple[object, ...], Blame] = field(default_factory=dict, repr=False)
    _noted: dict[str, tuple[datetime, Choices]] = field(default_factory=dict, repr=False)

    def version(self, source: Source, number: int) -> Version:
        """Return a version of a source; raises 404 where there is none."""
        found = self.archive.version(source.id, number) if 0 < number <= LARGEST else None
        if found is None:
            raise HTTPException(404, f"{source.id} has no version {number}.")
        return found

    def blame(self, source: Source, version: Version) -> Blame:
        """Return where all that a version says comes from."""
        oldest = self.archive.versions(source.id)[0].number
        key = (source.id, version.number, oldest, source.rules.ignored)
        found = self._blamed.get(key)
        if found is None:
            found = blame(self.archive, source, version, most=FOLLOWED)
            for old in tuple(self._blamed)[: 1 - REMEMBERED or None]:
                self._blamed.pop(old, None)
            self._blamed[key] = found
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
