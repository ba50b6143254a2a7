"""One fetch on its way through redirects: where it has been and what it may say where.

Decides; sends nothing.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final

import httpx

from monitor.errors import FetchError
from monitor.fetch.body import ACCEPTED_ENCODINGS
from monitor.model.capture import Hop, Validators

if TYPE_CHECKING:
    from monitor.model.source import Source

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_ACCEPT: Final = "text/html,application/xhtml+xml,text/plain;q=0.9,text/markdown;q=0.9,*/*;q=0.8"
# What a source wants to read is no secret, and www.example.com should give the same language.
_PREFERENCES: Final = frozenset({"accept", "accept-language", "user-agent"})
_LAST_PORT: Final = 65_535
_UPGRADE: Final = (("http", 80), ("https", 443))


def parse_address(text: str) -> httpx.URL:
    """Read an address of a source.

    Raises:
        FetchError: ``forbidden_address``: it is not an http or https address with a host.

    """
    try:
        return _http_url(httpx.URL(text.strip()))
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(
            "forbidden_address",
            f"{text[:200]!a} cannot be fetched ({error}): only http and https addresses can",
            permanent=True,
        ) from error


def redirect_target(base: httpx.URL, location: str) -> httpx.URL:
    """Read a Location header, relative to the address that sent it; user names are left out.

    Raises:
        FetchError: ``bad_redirect``: it does not lead to an http or https address.

    """
    try:
        target = _http_url(base.join(location.strip()))
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(
            "bad_redirect",
            f"{base.host} redirects to {location[:200]!a}, which cannot be fetched ({error})",
            permanent=True,
        ) from error
    if base.fragment and not target.fragment:  # RFC 9110, 10.2.2
        target = target.copy_with(fragment=base.fragment)
    return _without_login(target)


def _http_url(url: httpx.URL) -> httpx.URL:
    if url.scheme not in {"http", "https"}:
        raise ValueError(f"the scheme is {url.scheme or 'missing'}")
    if not url.host:
        raise ValueError("there is no host")
    if url.port is not None and not 0 < url.port <= _LAST_PORT:
        raise ValueError(f"there is no port {url.port}")
    return url


def _without_login(url: httpx.URL) -> httpx.URL:
    return url.copy_with(username=None, password=None) if url.userinfo else url


class Journey:
    """The state of one fetch; belongs to one thread."""

    def __init__(
        self,
        source: Source,
        validators: Validators | None,
        *,
        user_agent: str,
        redirects: int,
    ) -> None:
        asked = parse_address(source.url)
        self.url = self._origin = _without_login(asked)
        self.asked = str(self.url) if asked.userinfo else source.url
        self.hops: list[Hop] = []
        self.validators = validators or Validators()
        self._redirects = redirects
        self._jar: httpx.Cookies | None = None
        self._common = {
            "accept": _ACCEPT,
            "accept-encoding": ACCEPTED_ENCODINGS,
            "user-agent": user_agent,
        }
        self._own: dict[str, str] = {}
        if asked.userinfo:
            login = f"{asked.username}:{asked.password}".encode()
            self._own["authorization"] = f"Basic {b64encode(login).decode('ascii')}"
        for name, value in source.headers:
            kept = self._common if name.lower() in _PREFERENCES else self._own
            kept[name.lower()] = value
        self._seen = {self._place()}

    @property
    def user_agent(self) -> str:
        """What every request says of who is asking."""
        return self._common["user-agent"]

    @property
    def languages(self) -> dict[str, str]:
        """The header with the languages wanted, where the source has one."""
        name = "accept-language"
        return {name: self._common[name]} if name in self._common else {}

    @property
    def own(self) -> dict[str, str]:
        """The headers that belong to the source's own origin."""
        return dict(self._own)

    def request(self, extensions: dict[str, object]) -> httpx.Request:
        """Build the request for the present address."""
        headers = self._common | self._conditions()
        if self._is_at_origin():
            headers |= self._own
        request = httpx.Request(
            "GET",
            self.url,
            headers=[(name.encode(), value.encode()) for name, value in headers.items()],
            extensions=extensions,
        )
        if self._jar is not None:
            self._jar.set_cookie_header(request)
        return request

    def robots_request(self, url: httpx.URL, extensions: dict[str, object]) -> httpx.Request:
        """Build the request for a robots.txt: nothing in it belongs to the source."""
        headers = {**self._common, "accept": "text/plain,*/*;q=0.5"}
        headers.pop("accept-language", None)
        return httpx.Request("GET", url, headers=headers, extensions=extensions)

    def follow(self, response: httpx.Response) -> None:
        """Go on to where a redirect leads, noting the hop.

        Raises:
            FetchError: ``bad_redirect`` or ``redirect_loop``.

        """
        location = response.headers.get("location")
        if location is None:
            raise FetchError("bad_redirect", f"{self.url.host} redirects without saying where")
        target = redirect_target(self.url, location)
        self.hops.append(Hop(str(self.url), response.status_code, location))
        if "set-cookie" in response.headers:
            # Some sites redirect to themselves until a cookie comes back. It ends with the fetch.
            self._jar = self._jar or httpx.Cookies()
            self._jar.extract_cookies(response)
        self.url = target
        if len(self.hops) > self._redirects:
            raise FetchError("redirect_loop", f"more than {self._redirects} redirects, {_END}")
        place = self._place()
        if place in self._seen:
            raise FetchError("redirect_loop", f"redirects lead back to {target.host}, {_END}")
        self._seen.add(place)

    def _place(self) -> tuple[str, str]:
        cookies = "" if self._jar is None else repr(sorted(self._jar.items()))
        return str(self.url), cookies

    def _conditions(self) -> dict[str, str]:
        conditions = {}
        if self.validators.etag:
            conditions["if-none-match"] = self.validators.etag
        # A page that was replaced by a redirect to an older one would pass for unmodified.
        if self.validators.last_modified and not self.hops:
            conditions["if-modified-since"] = self.validators.last_modified
        return conditions

    def _is_at_origin(self) -> bool:
        here, origin = _origin(self.url), _origin(self._origin)
        if here == origin:
            return True
        return here[0] == origin[0] and (origin[1:], here[1:]) == _UPGRADE


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.host, url.scheme, url.port or (443 if url.scheme == "https" else 80)


_END: Final = "without end: open the address in a browser and correct the source's url"
