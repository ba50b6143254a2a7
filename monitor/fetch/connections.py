"""Open connections: each serves one request at a time and is kept a few seconds for the next.

Stands in for `httpcore.ConnectionPool`, whose bookkeeping looks at every kept connection several
times for each request: a third of the cost of a small page where many hosts are visited.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    Key = tuple[bytes, bytes, int]

_BROKEN_OFF = (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError)
_REPEATABLE = frozenset({b"GET", b"HEAD"})


class Connections:
    """Connections by origin; thread-safe.

    Even where HTTP/2 and one certificate would allow it, no connection serves two host names:
    each request travels to an address that was checked for its own host.
    """

    def __init__(
        self,
        backend: httpcore.NetworkBackend,
        ssl_context: ssl.SSLContext,
        *,
        http2: bool,
        keep: int,
        expiry: float | None,
    ) -> None:
        self._backend = backend
        self._ssl_context = ssl_context
        self._http2 = http2
        self._keep = keep
        self._expiry = expiry
        self._lock = Lock()
        self._idle: dict[Key, httpcore.HTTPConnection] = {}

    def send(self, request: httpcore.Request) -> Exchange:
        """Send a request on a kept connection or a new one.

        A kept connection may end in the very moment it is used again (RFC 9112, 9.3.1): a request
        that may be repeated then is, on a new connection.
        """
        origin = request.url.origin
        kept = self._take((origin.scheme, origin.host, origin.port))
        if kept is not None:
            try:
                return Exchange(self, kept, request)
            except httpcore.ConnectionNotAvailable:
                pass
            except _BROKEN_OFF:
                if request.method not in _REPEATABLE:
                    raise
        return Exchange(self, self._open(origin), request)

    def keep(self, key: Key, connection: httpcore.HTTPConnection) -> None:
        """Take back a connection whose response was read to its end."""
        if not connection.is_idle():
            connection.close()
            return
        with self._lock:
            closing = [self._idle.pop(key)] if key in self._idle else []
            self._idle[key] = connection
            for old in list(self._idle):
                if len(self._idle) <= self._keep and not self._idle[old].has_expired():
                    break
                closing.append(self._idle.pop(old))
        for surplus in closing:
            surplus.close()

    def close(self) -> None:
        """Close every idle connection; those in use close when their response does."""
        with self._lock:
            idle, self._idle, self._keep = self._idle, {}, 0
        for connection in idle.values():
            connection.close()

    def _take(self, key: Key) -> httpcore.HTTPConnection | None:
        with self._lock:
            connection = self._idle.pop(key, None)
        if connection is not None and connection.has_expired():
            connection.close()
            return None
        return connection

    def _open(self, origin: httpcore.Origin) -> httpcore.HTTPConnection:
        return httpcore.HTTPConnection(
            origin,
            ssl_context=self._ssl_context,
            keepalive_expiry=self._expiry,
            http2=self._http2,
            network_backend=self._backend,
        )


class Exchange:
    """One response on its connection, which is kept only if the response was read to its end."""

    def __init__(
        self,
        connections: Connections,
        connection: httpcore.HTTPConnection,
        request: httpcore.Request,
    ) -> None:
        origin = request.url.origin
        self._key = (origin.scheme, origin.host, origin.port)
        self._connections = connections
        self._connection = connection
        self._complete = False
        self._closed = False
        try:
            self.response = connection.handle_request(request)
        except BaseException:
            connection.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        """Yield the body as it arrives, still compressed."""
        yield from self.response.iter_stream()
        self._complete = True

    def close(self) -> None:
        """Give the connection back, or close it where something of the body is left."""
        if self._closed:
            return
        self._closed = True
        self.response.close()
        if self._complete:
            self._connections.keep(self._key, self._connection)
        else:
            self._connection.close()
