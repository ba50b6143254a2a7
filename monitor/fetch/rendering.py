"""What a browser is asked for on behalf of a source, and the capture made of its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx

from monitor.errors import FetchError
from monitor.fetch.browser.errand import PAGES, Errand
from monitor.fetch.browser.gateway import Pass
from monitor.fetch.failures import status_failure
from monitor.model.capture import RENDERED_BY, Capture

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.fetch.journey import Journey
    from monitor.model.source import Source

_READABLE: Final = frozenset({
    "application/pdf", "text/plain", "text/markdown", "text/x-markdown", "application/json",
})  # fmt: skip
_LOADED: Final = 4
"""Times the size of a page that may be loaded to make it."""
_UNTRUE: Final = frozenset({
    "content-type", "content-length", "content-encoding", "transfer-encoding", "etag",
    "last-modified",
})  # fmt: skip
"""Headers of the response that are not true of what its scripts have made of it."""


class Rendering:
    """One page in the browser, for one source."""

    def __init__(
        self, source: Source, journey: Journey, body_bytes: int, approve: Callable[[str], None]
    ) -> None:
        self._body_bytes = body_bytes
        self.allowed = Pass(_LOADED * body_bytes, allow_private=source.allow_private)
        self.errand = Errand(
            url=str(journey.url),
            user_agent=journey.user_agent,
            preferences=journey.languages,
            headers=journey.own,
            allowed=self.allowed,
            approve=approve,
        )
        self._asked = journey.asked

    @property
    def is_readable(self) -> bool:
        """Whether what was found is no page, and can be read all the same."""
        return self.errand.media_type in _READABLE

    def capture(self, now: datetime) -> Capture:
        """Make a capture of the page as it stands in the browser.

        Raises:
            FetchError: It is an error of the server, too large, or no page.

        """
        errand = self.errand
        url = httpx.URL(errand.final_url or errand.url)
        self._refuse(url, now)
        body = errand.markup.encode("utf-8", "replace")
        if len(body) > self._body_bytes:
            size = f"{self._body_bytes / 1024**2:g} MiB"
            raise FetchError("too_large", f"the page is larger than {size}", permanent=True)
        kept = [(name, text) for name, text in errand.response_headers if name not in _UNTRUE]
        own = [("content-type", "text/html; charset=utf-8"), (RENDERED_BY, errand.made_by)]
        return Capture(
            url=self._asked,
            final_url=str(url),
            fetched_at=now,
            status=errand.status,
            media_type="text/html",
            charset="utf-8",
            headers=(*kept, *own),
            body=body,
            hops=tuple(errand.hops),
        )

    def _refuse(self, url: httpx.URL, now: datetime) -> None:
        errand = self.errand
        if self.allowed.bytes_left < 0:
            raise FetchError("too_large", "the page loads more than any policy needs")
        if (refused := self.allowed.refused.get(url.host)) is not None:
            raise refused
        if errand.status not in PAGES:
            response = httpx.Response(errand.status, headers=errand.response_headers)
            raise status_failure(response, url, now)
        if not errand.is_page:
            raise FetchError("download", f"{url.host} sends {errand.media_type}, and not a page")
