"""Who may ask, and what a browser may do with the answer: decided before any route, deny first."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from ipaddress import ip_address
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from monitor.errors import UsageError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")
SHORTEST_TOKEN = 16
"""Characters; what is shorter can be guessed over a network."""
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex",
    "cache-control": "private, no-cache",
}
"""On every answer that does not say otherwise itself."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who is let in.

    Raises:
        UsageError: it would be open to a network without a token, or the token is too short.

    """

    host: str
    """The address listened on."""
    hosts: tuple[str, ...] = ()
    """Names it may be asked by, besides its own address and those of this machine's loopback."""
    token: str | None = field(default=None, repr=False)
    """What `Authorization` must carry; `None` where everybody on this machine is let in."""

    def __post_init__(self) -> None:
        """Refuse what would let strangers in."""
        if self.token is None and not is_loopback(self.host):
            raise UsageError(
                f"listening on {self.host} lets a network in, so it needs a token: set "
                'web_token = "env:NAME" or "file:PATH" in [monitor] of sources.toml'
            )
        if self.token is not None and len(self.token) < SHORTEST_TOKEN:
            raise UsageError(
                f"web_token is shorter than {SHORTEST_TOKEN} characters; make one with: "
                'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
            )

    def knows(self, host: str) -> bool:
        """Tell whether a request names this server, and not one that was made to point here."""
        name = _name(host)
        own = (*LOOPBACK_NAMES, self.host, *self.hosts)
        if any(name == known.casefold().strip("[]") for known in own):
            return True
        # Only names can be made to point elsewhere; an address is where the request went.
        return not is_loopback(self.host) and _is_address(name)

    def admits(self, authorization: str) -> bool:
        """Tell whether credentials are right; how long that takes says nothing about them."""
        if self.token is None:
            return True
        offered = _offered(authorization)
        # Digests have one length: not even that of the token can be measured.
        return compare_digest(sha256(offered).digest(), sha256(self.token.encode()).digest())


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    if host == "localhost":
        return True
    name = host.strip("[]")
    return _is_address(name) and ip_address(name).is_loopback


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _name(host: str) -> str:
    name = host.casefold().rstrip(".")
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.rpartition(":")[0] if name.count(":") == 1 else name


def _offered(authorization: str) -> bytes:
    scheme, _, value = authorization.partition(" ")
    if scheme.casefold() == "bearer":
        return value.strip().encode()
    if scheme.casefold() == "basic":
        try:
            return base64.b64decode(value.strip(), validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return b""
    return b""


class Gatekeeper:
    """Stands before every route, those to come included: wrong host 421, wrong token 401."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(headers)
        if refusal is not None:
            await refusal(scope, receive, _guarded(send))
            return
        # Routes know GET; of what they answer to HEAD the server sends no more than the head.
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        await self._app(asked, receive, _guarded(send))

    def _refusal(self, headers: Headers) -> PlainTextResponse | None:
        if not self._access.knows(headers.get("host", "")):
            advice = "this name is not served here; add it to web_hosts in [monitor]\n"
            return PlainTextResponse(advice, 421)
        if not self._access.admits(headers.get("authorization", "")):
            asked = 'Basic realm="policy monitor (token as password)", charset="UTF-8"'
            return PlainTextResponse("a token is needed\n", 401, {"www-authenticate": asked})
        return None


def _guarded(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return guarded
