"""The one HTTP client: a source in, a capture or `FetchError` out."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Final, Self

import httpx

from monitor.errors import FetchError
from monitor.fetch.body import content_type, drain, read_body, read_start
from monitor.fetch.browser import Browser
from monitor.fetch.browser.errand import PAGES
from monitor.fetch.failures import no_turn, oversized_headers, status_failure, transport_failure
from monitor.fetch.guarded import guarded_transport, tls_context
from monitor.fetch.journey import REDIRECTS, Journey, parse_address, redirect_target
from monitor.fetch.politeness import Turns, Visit, host_of
from monitor.fetch.rendering import Rendering
from monitor.fetch.robots import SIZE, Reply, Robots, Shelf
from monitor.fetch.several import fetch_all
from monitor.fetch.stream import Network
from monitor.model.capture import Capture, NotModified

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    from monitor.model.capture import Validators
    from monitor.model.source import Source

_NOT_MODIFIED: Final = 304
_ROBOTS_REDIRECTS: Final = 5
"""RFC 9309, 2.3.1.2."""
_HEADER_OVERHEAD: Final = 4
_TRUSTED: Final = frozenset({"dns", "connect", "tls", "timeout", "forbidden_address"})
"""Failures of robots.txt that the page would meet as well, and that say more than ``robots``."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost the publisher and this machine."""

    body_bytes: int = 20 * 1024 * 1024
    """Of a page after decompression."""
    header_bytes: int = 64 * 1024
    """Of all response headers together."""
    redirects: int = 10
    connect_timeout: timedelta = timedelta(seconds=10)
    """For resolving the name and connecting, and again for the TLS handshake."""
    patience: timedelta = timedelta(seconds=35)
    """For waiting for the browser, and for the turns of all the hosts that redirects lead to."""
    host_spacing: timedelta = timedelta(seconds=1)
    """Between two visits to one host; robots.txt may ask for more."""
    user_agent: str = "policy-monitor/0.1 (automated check for changes of public policies)"
    """Sent with every request; robots.txt rules go by what stands before its slash."""


class _ChosenTransport(httpx.BaseTransport):
    """Two pools behind one client, so that a connection to a private address, once open for one
    source, never serves another.
    """  # noqa: D205 - one sentence

    def __init__(self, guarded: httpx.BaseTransport, free: httpx.BaseTransport) -> None:
        self._guarded = guarded
        self._free = free

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        chosen = self._free if request.extensions.get("allow_private") is True else self._guarded
        return chosen.handle_request(request)

    def close(self) -> None:
        self._guarded.close()
        self._free.close()


class Fetcher:
    """One `httpx.Client` and one TLS context for the life of the process.

    Thread-safe: any number of threads may fetch at once; those at one host take turns.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        ssl_context: ssl.SSLContext | None = None,
        network: Network | None = None,
        browser: str | None = None,
        robots: Shelf | None = None,
    ) -> None:
        """Open the client; `browser` is the name or path of Chromium where it has an unusual one.

        `monotonic` and `sleep` serve spacing; what hosts say in robots.txt is kept in `robots`,
        or else as long as the fetcher.
        """
        self._limits = limits = limits or Limits()
        self._clock = clock
        self._turns = Turns(limits.host_spacing.total_seconds(), monotonic=monotonic, sleep=sleep)
        product = limits.user_agent.partition("/")[0]
        self._robots = Robots(product, clock=clock, shelf=robots)
        context = ssl_context or tls_context()
        network = network or Network()
        self._browser = Browser(network, browser)
        guarded, free = (
            guarded_transport(allow_private=allowed, ssl_context=context, network=network)
            for allowed in (False, True)
        )
        connect = limits.connect_timeout.total_seconds()
        self._client = httpx.Client(
            transport=_ChosenTransport(guarded, free),
            # Silence is bounded by each source's own time limit.
            timeout=httpx.Timeout(None, connect=connect),
            trust_env=False,
            # Nothing a site sets outlives the fetch; the client would keep it for ever.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            event_hooks={"response": [self._check_head]},
        )

    def fetch(self, source: Source, validators: Validators | None = None) -> Capture | NotModified:
        """Fetch a source's page, conditionally where validators of its last capture are given.

        Waits for the host's turn first; `source.timeout` counts from then on.

        Raises:
            FetchError: The page could not be had; kind, permanence and message say why.

        """
        if source.fetcher == "browser":
            return self.render(source)
        if len(source.urls) > 1:
            return fetch_all(source, validators, self._fetch)
        return self._fetch(source, validators)

    def _fetch(self, source: Source, validators: Validators | None) -> Capture | NotModified:
        limits = self._limits
        journey = Journey(
            source, validators, user_agent=limits.user_agent, redirects=limits.redirects
        )
        with self._visit() as visit:
            errand = _Errand(source, visit, time.monotonic() + source.timeout.total_seconds())
            while True:
                self._approach(journey, errand)
                response = self._send(journey.request(errand.extensions()))
                with closing(response):
                    if response.status_code not in REDIRECTS:
                        return self._receive(response, journey, errand)
                    journey.follow(response)
                    drain(response)

    def render(self, source: Source) -> Capture:
        """Fetch a source's page with a browser, as its scripts have made it.

        What is no page but can be read, such as a PDF, is fetched as it is.

        Raises:
            FetchError: As for `fetch`; ``browser`` where there is none, or it did not work.

        """
        if len(source.urls) == 1:
            return self._render(source, None)
        answer = fetch_all(source, None, self._render)
        assert isinstance(answer, Capture)
        return answer

    def _render(self, source: Source, _: Validators | None) -> Capture:
        engine = self._browser.engine()
        with engine.place(self._limits.patience), self._visit() as visit:
            errand = _Errand(source, visit, time.monotonic() + source.timeout.total_seconds())
            journey = Journey(source, None, user_agent=self._limits.user_agent, redirects=0)

            def approve(url: str) -> None:
                journey.url = parse_address(url)
                self._approach(journey, errand)
                rendering.allowed.ends_at = errand.ends_at

            rendering = Rendering(source, journey, self._limits.body_bytes, approve)
            approve(source.url)
            try:
                engine.load(rendering.errand)
                return rendering.capture(self._clock())
            except FetchError:
                if not rendering.is_readable:
                    raise
        answer = self._fetch(source, None)
        assert isinstance(answer, Capture)
        return answer

    @property
    def lacks_browser(self) -> str:
        """What has to be installed before `render` works; empty where nothing has."""
        return self._browser.missing

    def busy(self, url: str) -> bool:
        """Tell whether fetching this address now would mean waiting for its host's turn."""
        return self._turns.busy(self.host(url))

    def host(self, url: str) -> str:
        """Name the host whose turn it is that `busy` tells of."""
        return host_of(parse_address(url))

    def pause(self, url: str) -> float:
        """Return how many seconds this address's host is to be left alone from now."""
        return self._turns.pause(self.host(url))

    def adjust(self, *, user_agent: str, host_spacing: timedelta) -> None:
        """Ask under this name and at this distance from the next fetch on."""
        self._limits = replace(self._limits, user_agent=user_agent, host_spacing=host_spacing)
        self._turns.spacing = host_spacing.total_seconds()

    def close(self) -> None:
        """Close every connection, and the browser."""
        self._browser.close()
        self._client.close()

    def __enter__(self) -> Self:
        """Use the fetcher as a context that closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        self.close()

    def _visit(self) -> Visit:
        return Visit(self._turns, patience=self._limits.patience.total_seconds())

    def _approach(self, journey: Journey, errand: _Errand) -> None:
        errand.go(journey.url)
        if not errand.source.robots:
            return
        errand.visit.slow_down(
            self._robots.check(journey.url, lambda url: self._read_robots(url, journey, errand))
        )
        errand.go(journey.url)

    def _read_robots(self, url: httpx.URL, journey: Journey, errand: _Errand) -> Reply:
        try:
            for _ in range(_ROBOTS_REDIRECTS + 1):
                errand.go(url)
                request = journey.robots_request(url, errand.extensions())
                with closing(self._send(request)) as response:
                    status = response.status_code
                    if status == 200:  # noqa: PLR2004
                        return Reply(status, self._start(response, errand))
                    if status not in REDIRECTS or "location" not in response.headers:
                        drain(response)
                        return Reply(status)
                    url = redirect_target(url, response.headers["location"])
                    drain(response)
        except FetchError as error:
            if error.kind in _TRUSTED:
                raise
            return Reply(404 if error.kind == "bad_redirect" else 599)
        return Reply(404)

    def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._client.send(request, stream=True)
        except httpx.TransportError as error:
            raise transport_failure(error, request.url) from error

    def _check_head(self, response: httpx.Response) -> None:
        # Runs before httpx looks at the redirect, whose faults it reports as faults of protocol.
        url = response.request.url
        size = sum(
            len(name) + len(value) + _HEADER_OVERHEAD for name, value in response.headers.raw
        )
        if size > self._limits.header_bytes:
            raise oversized_headers(url.host)
        if response.has_redirect_location:
            redirect_target(url, response.headers["location"])

    def _receive(
        self, response: httpx.Response, journey: Journey, errand: _Errand
    ) -> Capture | NotModified:
        now = self._clock()
        status = response.status_code
        if status == _NOT_MODIFIED and journey.validators:
            drain(response)
            return NotModified(journey.asked, now)
        if status not in PAGES:
            raise status_failure(response, journey.url, now)
        try:
            body = read_body(response, self._limits.body_bytes, errand.ends_at)
        except httpx.TransportError as error:
            raise transport_failure(error, journey.url) from error
        media_type, charset = content_type(response.headers.get("content-type", ""))
        return Capture(
            url=journey.asked,
            final_url=str(journey.url),
            fetched_at=now,
            status=status,
            media_type=media_type,
            charset=charset,
            headers=tuple(response.headers.multi_items()),
            body=body,
            hops=tuple(journey.hops),
        )

    def _start(self, response: httpx.Response, errand: _Errand) -> bytes:
        try:
            return read_start(response, SIZE, errand.ends_at)
        except httpx.TransportError as error:
            raise transport_failure(error, response.request.url) from error


class _Errand:
    """The turns and the time limit of one fetch."""

    def __init__(self, source: Source, visit: Visit, ends_at: float) -> None:
        self.source = source
        self.visit = visit
        self.ends_at = ends_at

    def go(self, url: httpx.URL) -> None:
        """Be at the host of `url`; waiting for its turn does not count as time of the fetch."""
        waited = self.visit.waited
        if not self.visit.go(url):
            raise no_turn(url.host)
        self.ends_at += self.visit.waited - waited

    def extensions(self) -> dict[str, object]:
        return {"allow_private": self.source.allow_private, "ends_at": self.ends_at}
