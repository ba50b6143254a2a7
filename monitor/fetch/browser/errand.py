"""What is asked of the browser, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from monitor.fetch.body import content_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.errors import FetchError
    from monitor.fetch.browser.gateway import Pass
    from monitor.model.capture import Hop

PAGES: Final = frozenset({200, 203})
_MARKUP: Final = frozenset({"text/html", "application/xhtml+xml", ""})


@dataclass(slots=True)
class Errand:
    """One page: the upper part is asked, the lower part answered."""

    url: str
    user_agent: str
    """Said after what the browser says of itself."""
    preferences: dict[str, str]
    """Headers that go with every request: the languages wanted."""
    headers: dict[str, str]
    """Headers that go with documents of the same origin, and with nothing else."""
    allowed: Pass
    approve: Callable[[str], None]
    """Called with each document's address before it is asked for; blocks, raises `FetchError`."""

    asked: str = ""
    """The address of the last document asked for."""
    hops: list[Hop] = field(default_factory=list)
    status: int = 0
    final_url: str = ""
    response_headers: tuple[tuple[str, str], ...] = ()
    markup: str = ""
    made_by: str = ""
    """The browser and its version."""
    failure: FetchError | None = None
    """Why the page was given up."""

    @property
    def media_type(self) -> str:
        """Of the last document that came, without parameters."""
        return content_type(dict(self.response_headers).get("content-type", ""))[0]

    @property
    def is_page(self) -> bool:
        """Whether the last document that came is a page, and not an error or a file."""
        return self.status in PAGES and self.media_type in _MARKUP

    def forget(self) -> None:
        """Forget how far it came, for another try."""
        self.hops.clear()
        self.failure = None
