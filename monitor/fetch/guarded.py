"""An httpx transport that refuses addresses of private networks when it connects.

Checking a URL beforehand is no guard: the name may resolve to something else a moment later.
The connection goes to the address that was checked; TLS still verifies the host's name.
Proxies are not used: behind one, the address is the proxy's to choose.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpcore
import httpx

from monitor.fetch.address import system_resolve
from monitor.fetch.stream import GuardedBackend, Patience

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from monitor.fetch.address import Resolve

_SAME_NAME = (
    "ConnectTimeout",
    "ReadTimeout",
    "WriteTimeout",
    "PoolTimeout",
    "ConnectError",
    "ReadError",
    "WriteError",
    "UnsupportedProtocol",
    "LocalProtocolError",
    "RemoteProtocolError",
)
_TRANSLATION: dict[type[Exception], type[httpx.TransportError]] = {
    getattr(httpcore, name): getattr(httpx, name) for name in _SAME_NAME
}
_BROKEN_OFF = (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError)
# Enough for redirects and robots.txt to share a connection; every idle one costs each request.
_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=5.0)
_OPERATIONS = ("connect", "read", "write")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except tuple(_TRANSLATION) as error:
        raise _TRANSLATION[type(error)](str(error)) from error


class _Body(httpx.SyncByteStream):
    def __init__(self, core: httpcore.Response) -> None:
        self._core = core

    def __iter__(self) -> Iterator[bytes]:
        with _translated():
            yield from self._core.iter_stream()

    def close(self) -> None:
        self._core.close()


class GuardedTransport(httpx.BaseTransport):
    """Connections of one kind, guarded or free to reach private addresses, in one pool.

    The request extension ``ends_at`` (`time.monotonic`) bounds the whole exchange: name
    resolution, connecting, headers, and each read of the body.
    """

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; see `httpx.BaseTransport`."""
        core, connecting = _core_request(request)
        with _translated():
            try:
                response = self._pool.handle_request(core)
            except _BROKEN_OFF:
                # A kept connection may end in the very moment it is used again (RFC 9112, 9.3.1).
                if connecting.connected or request.method not in {"GET", "HEAD"}:
                    raise
                response = self._pool.handle_request(core)
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


def _core_request(request: httpx.Request) -> tuple[httpcore.Request, Patience]:
    given = request.extensions.get("timeout", {})
    ends_at = request.extensions.get("ends_at")
    waits: dict[str, float | None] = {
        name: Patience(given.get(name) or 3600.0, ends_at) for name in _OPERATIONS
    }
    connecting = waits["connect"]
    assert isinstance(connecting, Patience)
    url = request.url
    core = httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=request.headers.raw,
        content=request.stream,
        extensions={**request.extensions, "timeout": {**waits, "pool": given.get("pool")}},
    )
    return core, connecting


def guarded_transport(
    *,
    allow_private: bool,
    ssl_context: ssl.SSLContext,
    http2: bool = True,
    limits: httpx.Limits = _LIMITS,
    resolve: Resolve = system_resolve,
) -> httpx.BaseTransport:
    """Build a transport for `httpx.Client(transport=…)`.

    Its requests raise the exceptions of httpx; `ForbiddenAddressError`, `ResolveError` and
    `TlsError` among them are kinds of `httpx.ConnectError` whose messages are for people.
    """
    return GuardedTransport(
        httpcore.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            http2=http2,
            network_backend=GuardedBackend(allow_private=allow_private, resolve=resolve),
        )
    )
