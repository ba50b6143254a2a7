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

from monitor.fetch.connections import Connections
from monitor.fetch.stream import UNLIMITED, GuardedBackend, Network, Patience

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from monitor.fetch.connections import Exchange

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
_LIMITS = httpx.Limits(max_keepalive_connections=20, keepalive_expiry=5.0)
_OPERATIONS = ("connect", "read", "write")
_NETWORK = Network()


@contextmanager
def translated() -> Iterator[None]:
    """Raise what httpcore raises as the exception of httpx that has the same name."""
    try:
        yield
    except tuple(_TRANSLATION) as error:
        raise _TRANSLATION[type(error)](str(error)) from error


class _Body(httpx.SyncByteStream):
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        with translated():
            yield from self._exchange

    def close(self) -> None:
        self._exchange.close()


class GuardedTransport(httpx.BaseTransport):
    """Connections of one kind, guarded or free to reach private addresses.

    The request extension ``ends_at`` (`time.monotonic`) bounds the whole exchange: name
    resolution, connecting, headers, and each read of the body.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; see `httpx.BaseTransport`."""
        with translated():
            exchange = self._connections.send(_core_request(request))
        response = exchange.response
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(exchange),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close every idle connection."""
        self._connections.close()


def _core_request(request: httpx.Request) -> httpcore.Request:
    given = request.extensions.get("timeout", {})
    ends_at = request.extensions.get("ends_at")
    waits = {name: Patience(given.get(name) or UNLIMITED, ends_at) for name in _OPERATIONS}
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=request.headers.raw,
        content=request.stream,
        extensions={**request.extensions, "timeout": waits},
    )


def tls_context() -> ssl.SSLContext:
    """Build a client's TLS context; SSL_CERT_FILE and SSL_CERT_DIR name other authorities.

    Costs as much as several fetches: one is enough for a process.
    """
    return httpx.create_ssl_context()


def guarded_transport(
    *,
    allow_private: bool,
    ssl_context: ssl.SSLContext,
    http2: bool = True,
    limits: httpx.Limits = _LIMITS,
    network: Network = _NETWORK,
) -> httpx.BaseTransport:
    """Build a transport for `httpx.Client(transport=…)`.

    `limits` says how many idle connections are kept and how long; it limits no others.

    Its requests raise the exceptions of httpx; `ForbiddenAddressError`, `ResolveError` and
    `TlsError` among them are kinds of `httpx.ConnectError` whose messages are for people.
    """
    keep = limits.max_keepalive_connections
    return GuardedTransport(
        Connections(
            GuardedBackend(network, allow_private=allow_private),
            ssl_context,
            http2=http2,
            keep=20 if keep is None else keep,
            expiry=limits.keepalive_expiry,
        )
    )
