"""How a source's page is had: plainly, or with a browser where that shows an empty shell.

Decides; fetches only what it is told to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.model import Blocked

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.fetch import Fetcher
    from monitor.model import Capture, NotModified, Outcome, Source, SourceState

FULL_GET_EVERY = timedelta(days=7)
"""A server that answers 304 for ever is asked for the whole body this often."""
PLAIN_EVERY = timedelta(days=14)
"""A page that needed a browser is asked for without one this often."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The two ways to one page, at one instant."""

    fetcher: Fetcher
    source: Source
    state: SourceState
    now: datetime

    @property
    def prefers_browser(self) -> bool:
        """Whether the plain page was an empty shell when it was last asked for."""
        seen = self.state.shell_at
        lately = seen is not None and self.now - seen < PLAIN_EVERY
        return self.source.fetcher == "auto" and lately and not self.fetcher.lacks_browser

    def plainly(self) -> Capture | NotModified:
        """Fetch the page as the source wants it, conditionally where that can be."""
        state = self.state
        stale = state.last_full_at is None or self.now - state.last_full_at >= FULL_GET_EVERY
        unconditional = stale or state.pending or state.version is None
        return self.fetcher.fetch(self.source, None if unconditional else state.validators)

    def by_browser(self) -> Capture:
        """Fetch the page as its scripts make it."""
        return self.fetcher.render(self.source)

    def is_shell(self, outcome: Outcome) -> bool:
        """Tell whether a plain page is one that a browser may have more of."""
        shell = isinstance(outcome, Blocked) and outcome.reason == "empty_shell"
        return shell and self.source.fetcher == "auto"

    def explained(self, outcome: Outcome) -> Outcome:
        """Say of an empty shell what is missing to read it."""
        assert isinstance(outcome, Blocked)
        lacks = self.fetcher.lacks_browser
        return replace(outcome, message=f"{outcome.message}; a browser may show it: {lacks}")
