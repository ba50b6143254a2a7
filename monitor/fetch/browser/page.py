"""One page in a browser, from its address to the markup it shows in the end.

::

    go ──► settle ──► scroll ──► unfold ──► settle ──► frames ──► markup

Only documents and what they are made of is loaded: no pictures, films or fonts.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from playwright.async_api import Error as BrowserError

from monitor.errors import FetchError
from monitor.fetch.browser import scripts
from monitor.model.capture import Hop

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from playwright.async_api import BrowserContext, CDPSession, Page, Request, Response

    from monitor.fetch.browser.errand import Errand

MOST_REQUESTS: Final = 400
"""Requests of one page; the applications of large publishers make about a hundred."""
_MOST_DOCUMENTS: Final = 12
"""Addresses a page may lead through before it stays."""
_MOST_CONTROLS: Final = 150
_MOST_STEPS: Final = 40
_MOST_FRAMES: Final = 5
_LITTLE: Final = 3_000
"""Letters up to which the text of a page may be in one of its frames."""
_LONGEST_DIALOG: Final = 5_000
_LEAST_TEXT: Final = 200
_QUIET_MS: Final = 300
_IDLE_MS: Final = 5_000
_CAP_MS: Final = 8_000
_UNWANTED: Final = ("Image", "Media", "Font")
_REDIRECTS: Final = range(300, 400)


async def load(context: BrowserContext, errand: Errand) -> None:
    """Load a page in a context of its own.

    Raises:
        FetchError: Where the visit was given up.
        playwright.async_api.Error: For all the browser says is wrong.

    """
    await context.add_init_script(scripts.FRUGAL.replace("MOST", str(MOST_REQUESTS)))
    page = await context.new_page()
    watch = _Watch(page, errand)
    await watch.begin()
    reading = asyncio.ensure_future(_read(page, errand, watch))
    # A page with much to do is not waited for once it is known to be of no use.
    ending = asyncio.ensure_future(watch.ended.wait())
    try:
        await asyncio.wait({reading, ending}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (reading, ending):
            task.cancel()
        await asyncio.gather(reading, ending, return_exceptions=True)
    if errand.failure is not None:
        raise errand.failure
    if not watch.ended.is_set():
        reading.result()


async def _read(page: Page, errand: Errand, watch: _Watch) -> None:
    await page.goto(errand.url, wait_until="commit", timeout=0)
    await _settle(page, watch)
    watch.stays = True
    await page.evaluate(scripts.SCROLLED, _MOST_STEPS)
    if await page.evaluate(scripts.UNFOLDED, _MOST_CONTROLS):
        await page.evaluate(scripts.SETTLED, _patience(1_000))
    await _take_in_frames(page)
    errand.markup = await page.evaluate(scripts.SERIALISED, _LONGEST_DIALOG)


async def _settle(page: Page, watch: _Watch) -> None:
    with suppress(BrowserError):
        await page.wait_for_load_state("networkidle", timeout=_IDLE_MS)
    while True:
        seen = watch.documents
        try:
            state = await page.evaluate(scripts.SETTLED, _patience(_CAP_MS))
        except BrowserError:
            # The page went elsewhere while it was waited for.
            if watch.documents == seen:
                raise
            await page.wait_for_load_state("domcontentloaded")
            continue
        if state == "loading":
            raise FetchError(
                "timeout", "the page is still loading; a slow site can be given a longer timeout"
            )
        return


def _patience(cap_ms: int) -> dict[str, int]:
    return {"least": _LEAST_TEXT, "quiet": _QUIET_MS, "cap": cap_ms}


async def _take_in_frames(page: Page) -> None:
    """Put the text of frames into a page that has little of its own."""
    frames = [frame for frame in page.frames if frame.parent_frame is page.main_frame]
    if not frames or await page.evaluate(scripts.SIZE) > _LITTLE:
        return
    for frame in frames[:_MOST_FRAMES]:
        with suppress(BrowserError):
            inner = await frame.evaluate(scripts.FRAME)
            if inner:
                await (await frame.frame_element()).evaluate(scripts.FRAMED, inner)


class _Watch:
    """Stands between the page and what it asks for."""

    def __init__(self, page: Page, errand: Errand) -> None:
        self._page = page
        self._errand = errand
        self._requests = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: CDPSession
        self._frame = ""
        self.documents = 0
        self.stays = False
        """Whether the page may go nowhere any more."""
        self.ended = asyncio.Event()
        """Whether there is nothing more to wait for."""

    async def begin(self) -> None:
        self._session = await self._page.context.new_cdp_session(self._page)
        tree = await self._session.send("Page.getFrameTree")
        self._frame = tree["frameTree"]["frame"]["id"]
        self._session.on("Fetch.requestPaused", self._on_paused)
        self._session.on("Fetch.authRequired", self._on_challenge)
        patterns = [{"resourceType": kind} for kind in ("Document", *_UNWANTED)]
        wanted = {"patterns": patterns, "handleAuthRequests": True}
        await self._session.send("Fetch.enable", wanted)
        self._page.on("request", self._on_request)
        self._page.on("response", self._on_response)

    def _on_request(self, _: Request) -> None:
        self._requests += 1
        if self._requests == MOST_REQUESTS:
            self._give_up(
                FetchError(
                    "too_large",
                    f"the page asks for more than {MOST_REQUESTS} things before it shows its text",
                )
            )

    def _on_response(self, response: Response) -> None:
        if not response.request.is_navigation_request() or response.frame != self._page.main_frame:
            return
        headers = response.headers
        if response.status in _REDIRECTS and "location" in headers:
            hop = Hop(response.url, response.status, headers["location"])
            self._errand.hops.append(hop)
        else:
            self._errand.status = response.status
            self._errand.final_url = response.url
            self._errand.response_headers = tuple(headers.items())
            if not self._errand.is_page:
                self.ended.set()

    def _on_paused(self, event: dict[str, Any]) -> None:
        self._start(self._decide(event))

    def _on_challenge(self, event: dict[str, Any]) -> None:
        self._start(self._answer(event))

    async def _answer(self, event: dict[str, Any]) -> None:
        """Show the pass to the gateway, which the browser then does by itself; log in nowhere."""
        answer = {"response": "CancelAuth"}
        if event["authChallenge"].get("source") == "Proxy":
            token = self._errand.allowed.token
            answer = {"response": "ProvideCredentials", "username": token, "password": "-"}
        with suppress(BrowserError):
            await self._session.send(
                "Fetch.continueWithAuth",
                {"requestId": event["requestId"], "authChallengeResponse": answer},
            )

    async def _decide(self, event: dict[str, Any]) -> None:
        asked = event["requestId"]
        # The page may be gone before it is answered.
        with suppress(BrowserError):
            if event["resourceType"] != "Document" or not await self._admits(event):
                # To any other reason the browser would show a page of its own.
                refusal = {"requestId": asked, "errorReason": "Aborted"}
                await self._session.send("Fetch.failRequest", refusal)
                return
            request = {"requestId": asked}
            if _origin(event["request"]["url"]) == _origin(self._errand.url):
                headers = event["request"]["headers"] | self._errand.headers
                request["headers"] = [
                    {"name": name, "value": value} for name, value in headers.items()
                ]
            await self._session.send("Fetch.continueRequest", request)

    async def _admits(self, event: dict[str, Any]) -> bool:
        main = event["frameId"] == self._frame
        if main:
            self.documents += 1
            self._errand.asked = event["request"]["url"]
        if (main and self.stays) or self.ended.is_set():
            return False
        if self.documents > _MOST_DOCUMENTS:
            message = f"the page leads on more than {_MOST_DOCUMENTS} times"
            self._give_up(FetchError("redirect_loop", message))
            return False
        if not main:
            return True
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(None, self._errand.approve, event["request"]["url"])
        except FetchError as error:
            self._give_up(error)
            return False
        return True

    def _give_up(self, failure: FetchError) -> None:
        self._errand.failure = self._errand.failure or failure
        self.ended.set()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])
