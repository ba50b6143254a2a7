"""One Chromium for any number of pages, in a thread of its own that nobody else touches.

It is started when first needed, and ended when nothing has been asked of it for a while, after
many pages, or when the monitor closes it. Where it dies, it is started again.
"""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Lock, Thread
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from playwright.async_api import Browser, Error, Playwright, async_playwright

from monitor.errors import FetchError
from monitor.fetch.browser.page import load

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from datetime import timedelta

    from playwright.async_api import BrowserContext, ViewportSize

    from monitor.fetch.browser.errand import Errand
    from monitor.fetch.browser.gateway import Gateway

PLACES: Final = 4
"""Pages that are open at once; each takes some tens of megabytes."""
_PAGES: Final = 100
"""Pages after which the browser is started anew, as soon as none is open."""
_IDLE_S: Final = 60.0
_START_MS: Final = 30_000
_CLOSE_S: Final = 5.0
_VIEWPORT: Final[ViewportSize] = {"width": 1280, "height": 1600}
_FLAGS: Final = (
    # What goes past the proxy goes nowhere: names do not resolve, and UDP is not used.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--blink-settings=imagesEnabled=false",
    "--js-flags=--max-old-space-size=512",
)
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_RUNTIME_DIR")
"""Of the environment; the rest may hold secrets, and pages run next to it."""


class Engine:
    """Thread-safe; `load` may be called by several threads at once."""

    def __init__(self, executable: str, gateway: Gateway, *, idle_s: float = _IDLE_S) -> None:
        """Start nothing yet."""
        self._places = BoundedSemaphore(PLACES)
        self._executable = executable
        self._gateway = gateway
        self._idle_s = idle_s
        self._starting = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._launching: asyncio.Lock
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = 0
        self._served = 0

    @contextmanager
    def place(self, patience: timedelta) -> Iterator[None]:
        """Take one of the few places for as long as a page is wanted.

        Raises:
            FetchError: None is free in time.

        """
        if not self._places.acquire(timeout=patience.total_seconds()):
            raise FetchError("timeout", "too many pages wait for the browser; tried again")
        try:
            yield
        finally:
            self._places.release()

    def load(self, errand: Errand) -> None:
        """Load a page; what it shows is written into `errand`.

        Raises:
            FetchError: The page could not be had, or there is no browser to be had it with.

        """
        loop = self._started()
        self._gateway.admit(errand.allowed)
        try:
            asyncio.run_coroutine_threadsafe(self._load(errand), loop).result()
        finally:
            self._gateway.dismiss(errand.allowed)

    def close(self) -> None:
        """End the browser, and the thread."""
        with self._starting:
            loop, self._loop = self._loop, None
        if loop is not None:
            asyncio.run_coroutine_threadsafe(self._end(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join()
            loop.close()
            self._gateway.close()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._gateway.open()
                self._loop = asyncio.new_event_loop()
                self._launching = asyncio.Lock()
                self._thread = Thread(target=self._loop.run_forever, name="browser", daemon=True)
                self._thread.start()
            return self._loop

    async def _load(self, errand: Errand) -> None:
        self._open += 1
        try:
            try:
                await self._try(errand)
            except _DiedError:
                # Perhaps for what another page did; if it was this one, it will do it again.
                errand.forget()
                await self._try(errand)
        except _DiedError:
            raise FetchError("browser", "the browser died while it loaded the page") from None
        finally:
            self._open -= 1
            self._served += 1
            asyncio.get_running_loop().call_later(
                0 if self._served >= _PAGES else self._idle_s, self._rest, self._served
            )

    async def _try(self, errand: Errand) -> None:
        browser = await self._launched()
        try:
            context = await self._context(browser, errand)
            try:
                await _in_time(load(context, errand), errand)
            finally:
                self._start(self._leave(context))
        except Error as error:
            if not browser.is_connected():
                await self._end()
                raise _DiedError from error
            raise _failure(error, errand) from error

    async def _context(self, browser: Browser, errand: Errand) -> BrowserContext:
        version = browser.version.partition(".")[0]
        errand.made_by = f"Chromium/{browser.version}"
        context = await browser.new_context(
            proxy={"server": self._gateway.address},
            user_agent=(
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                f"Chrome/{version}.0.0.0 Safari/537.36 {errand.user_agent}"
            ),
            extra_http_headers=errand.preferences,
            viewport=_VIEWPORT,
            service_workers="block",
            accept_downloads=False,
            reduced_motion="reduce",
        )
        # A page that wants to be told of news at once is given a connection that says nothing.
        await context.route_web_socket("**", lambda _: None)
        return context

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _leave(self, context: BrowserContext) -> None:
        try:
            await asyncio.wait_for(context.close(), _CLOSE_S)
        except Error:
            pass
        except TimeoutError:
            await self._end()

    async def _launched(self) -> Browser:
        async with self._launching:
            if self._browser is not None and self._browser.is_connected():
                return self._browser
            await self._end()
            self._served = 0
            try:
                self._playwright = await async_playwright().start()
                self._browser = await self._playwright.chromium.launch(
                    executable_path=self._executable,
                    args=_FLAGS,
                    chromium_sandbox=os.geteuid() != 0,
                    proxy={"server": self._gateway.address},
                    env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                    timeout=_START_MS,
                )
            except (Error, OSError) as error:
                await self._end()
                raise FetchError("browser", _unstartable(self._executable, error)) from error
            return self._browser

    def _rest(self, served: int) -> None:
        """End the browser where nothing has been asked of it since."""
        if not self._open and served == self._served:
            self._start(self._end_idle())

    async def _end_idle(self) -> None:
        async with self._launching:
            if not self._open:
                await self._end()

    async def _end(self) -> None:
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        with suppress(Error, TimeoutError):
            if browser is not None:
                await asyncio.wait_for(browser.close(), _CLOSE_S)
        with suppress(Error, TimeoutError):
            if playwright is not None:
                await asyncio.wait_for(playwright.stop(), _CLOSE_S)


class _DiedError(Exception):
    """The browser is gone."""


async def _in_time(loading: Coroutine[None, None, None], errand: Errand) -> None:
    task = asyncio.ensure_future(loading)
    try:
        while not task.done():
            # Waiting for a host's turn gives more time.
            left = errand.allowed.ends_at - time.monotonic()
            if left <= 0:
                raise FetchError(
                    "timeout",
                    "the page did not finish in the browser in time; "
                    "a slow site can be given a longer timeout",
                )
            await asyncio.wait({task}, timeout=left)
        task.result()
    finally:
        task.cancel()
        with suppress(Error, FetchError, asyncio.CancelledError):
            await task


def _failure(error: Error, errand: Errand) -> FetchError:
    host = urlsplit(errand.asked).hostname or ""
    if (refused := errand.allowed.refused.get(host)) is not None:
        return refused
    message = error.message.partition("\n")[0].encode("ascii", "backslashreplace").decode()[:200]
    if "ERR_ABORTED" in message or "Download is starting" in message:
        return FetchError("download", f"{host} sends a file to download, and not a page")
    if "ERR_CERT" in message or "ERR_SSL" in message:
        return FetchError("tls", f"no TLS connection to {host} in the browser: {message}")
    if "crash" in message:
        return FetchError("browser", "the page crashed in the browser")
    return FetchError("browser", f"{host} could not be loaded in the browser: {message}")


def _unstartable(executable: str, error: Error | OSError) -> str:
    text = str(error)
    if "sandbox" in text:
        return (
            f"{executable} finds no sandbox: allow user namespaces on this machine, or run the "
            "monitor where they are"
        )
    found = next((line for line in text.splitlines() if line.strip()), "")
    return f"{executable} does not start: {found[:200]}"
