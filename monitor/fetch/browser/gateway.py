"""The browser's only way out: a local proxy that opens connections to checked addresses alone.

A browser resolves names and follows links by itself, so nothing checked beforehand would hold.
Here the address is checked where the connection is opened, as for every other fetch. A page may
use the proxy with its own `Pass`, which bounds its time and its bytes.
"""

from __future__ import annotations

import select
import time
from base64 import b64decode
from binascii import Error as NotBase64
from contextlib import suppress
from dataclasses import dataclass, field
from secrets import token_urlsafe
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx

from monitor.fetch.failures import transport_failure
from monitor.fetch.guarded import translated
from monitor.fetch.stream import GuardedBackend, Patience

if TYPE_CHECKING:
    import socket

    from monitor.errors import FetchError
    from monitor.fetch.stream import Network

_HEAD: Final = 64 * 1024
_PIECE: Final = 64 * 1024
_FIRST_WORD_S: Final = 10.0
_CONNECT_S: Final = 10.0
_HTTP, _HTTPS = 80, 443
_WANTS_PASS: Final = (
    b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="monitor"\r\n'
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)
_REFUSED: Final = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_CONNECTED: Final = b"HTTP/1.1 200 OK\r\n\r\n"
_OWN: Final = (b"proxy-authorization:", b"proxy-connection:", b"connection:", b"keep-alive:")


@dataclass(slots=True)
class Pass:
    """What one page may do through the gateway, and what was refused it."""

    bytes_left: int
    allow_private: bool = False
    ends_at: float = 0.0
    """`time.monotonic` after which nothing passes."""
    token: str = field(default_factory=lambda: token_urlsafe(18))
    refused: dict[str, FetchError] = field(default_factory=dict)
    """Why there was no connection, by host name."""

    def take(self, size: int) -> bool:
        """Count bytes that came in; tell whether there may be more."""
        self.bytes_left -= size
        return self.bytes_left >= 0 and time.monotonic() < self.ends_at


class Gateway:
    """Listens on 127.0.0.1 from `open` to `close`; thread-safe."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._passes: dict[str, Pass] = {}
        self._lock = Lock()
        self._server: _Server | None = None

    @property
    def address(self) -> str:
        """Where the browser finds it."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def open(self) -> None:
        """Begin to listen, on any free port."""
        self._server = server = _Server(("127.0.0.1", 0), _Passage)
        server.gateway = self
        Thread(target=server.serve_forever, name="browser gateway", daemon=True).start()

    def close(self) -> None:
        """Stop listening; connections that are open end with their passes."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def admit(self, allowed: Pass) -> None:
        """Let a page through until it is told to leave."""
        with self._lock:
            self._passes[allowed.token] = allowed

    def dismiss(self, allowed: Pass) -> None:
        """Let a page through no longer, on open connections neither."""
        allowed.ends_at = 0.0
        with self._lock:
            self._passes.pop(allowed.token, None)

    def holder(self, head: bytes) -> Pass | None:
        """Find the pass that a request shows."""
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"proxy-authorization":
                return self._passes.get(_token(value))
        return None


def _token(value: bytes) -> str:
    with suppress(NotBase64, UnicodeDecodeError, IndexError):
        return b64decode(value.split()[1], validate=True).decode("ascii").partition(":")[0]
    return ""


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    gateway: Gateway

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that was ended breaks off whatever it was reading."""


class _Passage(BaseRequestHandler):
    """One connection from the browser, and the one it leads to."""

    request: socket.socket
    server: _Server

    def handle(self) -> None:
        self.request.settimeout(_FIRST_WORD_S)
        head, rest = _read_head(self.request)
        allowed = self.server.gateway.holder(head)
        if allowed is None:
            self.request.sendall(_WANTS_PASS)
            return
        method, _, target = head.partition(b"\r\n")[0].partition(b" ")
        place = target.partition(b" ")[0].decode("ascii", "replace")
        tunnel = method == b"CONNECT"
        url = urlsplit(f"//{place}" if tunnel else place)
        remote = self._connected(url.hostname or "", url.port, tunnel=tunnel, allowed=allowed)
        if remote is None:
            self.request.sendall(_REFUSED)
            return
        with remote:
            if tunnel:
                self.request.sendall(_CONNECTED)
                remote.sendall(rest)
            else:
                path = (url.path or "/") + (f"?{url.query}" if url.query else "")
                remote.sendall(_closing(head, b"%s %s HTTP/1.1" % (method, path.encode())) + rest)
                self._pass_head(remote)
            _relay(self.request, remote, allowed)

    def _connected(
        self, host: str, port: int | None, *, tunnel: bool, allowed: Pass
    ) -> socket.socket | None:
        backend = GuardedBackend(self.server.gateway.network, allow_private=allowed.allow_private)
        patience = Patience(_CONNECT_S, allowed.ends_at)
        try:
            with translated():
                stream = backend.connect_tcp(host, port or (_HTTPS if tunnel else _HTTP), patience)
        except httpx.TransportError as error:
            allowed.refused[host] = transport_failure(error, httpx.URL(scheme="http", host=host))
            return None
        found: socket.socket = stream.get_extra_info("socket")
        return found

    def _pass_head(self, remote: socket.socket) -> None:
        """Make the browser end the connection: the next request on it may be for another host."""
        remote.settimeout(_FIRST_WORD_S)
        head, rest = _read_head(remote)
        self.request.sendall(_closing(head, head.partition(b"\r\n")[0]) + rest)


def _read_head(connection: socket.socket) -> tuple[bytes, bytes]:
    read = b""
    while b"\r\n\r\n" not in read:
        piece = connection.recv(_PIECE)
        if not piece or len(read) > _HEAD:
            raise ConnectionError
        read += piece
    head, _, rest = read.partition(b"\r\n\r\n")
    return head, rest


def _closing(head: bytes, first: bytes) -> bytes:
    kept = [line for line in head.split(b"\r\n")[1:] if not line.lower().startswith(_OWN)]
    return b"\r\n".join([first, *kept, b"Connection: close", b"", b""])


def _relay(near: socket.socket, far: socket.socket, allowed: Pass) -> None:
    """Carry bytes both ways until one side is done or the pass is used up."""
    for end in (near, far):
        end.settimeout(_CONNECT_S)
    poll = select.poll()
    poll.register(near, select.POLLIN)
    poll.register(far, select.POLLIN)
    while allowed.take(0):
        for number, _ in poll.poll(1000):
            source, sink = (near, far) if number == near.fileno() else (far, near)
            piece = source.recv(_PIECE)
            if not piece or (source is far and not allowed.take(len(piece))):
                return
            sink.sendall(piece)
