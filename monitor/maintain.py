"""The chores of a daemon: packs and indexes what earlier schemas left, prunes, watches the quota.

A little at a time, so that checks and deliveries never wait for long.
"""

from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from monitor.render.sizes import fullness, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from monitor.model import Pruned, Source
    from monitor.record import Archive

DAILY = timedelta(days=1)
BATCH = 20
"""Contents packed, or versions indexed, in one transaction."""
BUDGET_S = 5.0
"""How long one turn works on what earlier schemas left."""


class Maintenance:
    """Does what is to be done now and remembers what was done today; for one thread."""

    def __init__(self, archive: Archive, *, say: Callable[[str], None]) -> None:
        self._archive = archive
        self._say = say
        self._pruned_at: datetime | None = None

    def turn(
        self,
        sources: Iterable[Source],
        quota: int | None,
        now: datetime,
        *,
        stamp: Callable[[], str] = str,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """Do a part of what is left over.

        Once a day, prune every source, have what is new stamped, and look at the size.
        """
        end = monotonic() + BUDGET_S
        upkeep = self._archive.upkeep
        while not stopping() and monotonic() < end:
            if not upkeep.repack(BATCH) and not upkeep.index(BATCH):
                break
        if self._pruned_at is not None and timedelta() <= now - self._pruned_at < DAILY:
            return
        for source in sources:
            if stopping():
                return
            if source.keep_for is not None or source.keep_versions is not None:
                told = pruned(upkeep.prune(source, now))
                if told:
                    self._say(told)
        self._pruned_at = now
        if said := stamp():
            self._say(said)
        if quota is not None and (warning := fullness(upkeep.size(), quota)):
            self._say(warning)


def pruned(found: Pruned) -> str:
    """Say what was pruned of a source; nothing where nothing was."""
    if not (found.versions or found.captures):
        return ""
    went = ", ".join(
        f"{number} {noun}{'' if number == 1 else 's'}"
        for number, noun in (
            (found.versions, "version"),
            (found.changes, "change"),
            (found.captures, "capture"),
        )
        if number
    )
    return f"{found.source}: pruned {went}, {size(found.freed)}"
