"""Servers that say exactly the bytes they are told to, and a clock that only sleeping moves."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

import h2.config
import h2.connection
import h2.events

from monitor.fetch import Network
from monitor.fetch.stream import connect
from monitor.model.source import Source

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    Answer = Callable[[socket.socket, bytes], bool | None]
    """Writes one response; true where the connection stays open for another request."""

PUBLIC = "93.184.215.14"
"""A public address that the test network leads to 127.0.0.1."""


def reply(
    body: bytes = b"", status: str = "200 OK", *headers: str, length: int | None = None
) -> bytes:
    """Build a response of one piece; `length` claims another size than the body has."""
    lines = [
        f"HTTP/1.1 {status}",
        *headers,
        f"Content-Length: {len(body) if length is None else length}",
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def redirect(location: str, status: str = "302 Found", *headers: str) -> bytes:
    """Build a redirect."""
    return reply(b"", status, f"Location: {location}", *headers)


class Site:
    """A server on 127.0.0.1 with a thread for each connection; paths to replies or to code."""

    def __init__(
        self, pages: dict[str, bytes | Answer], context: ssl.SSLContext | None = None
    ) -> None:
        self.pages = pages
        self.requests: list[str] = []
        self.connections = 0
        self._open: set[socket.socket] = set()
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """Address of a page."""
        scheme = "http" if self._context is None else "https"
        return f"{scheme}://{host}:{self.port}{path}"

    def headers(self, index: int) -> dict[str, str]:
        """Headers of the request with this index, names in lower case."""
        lines = self.requests[index].split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    def paths(self) -> list[str]:
        """Paths asked for, in order."""
        return [request.split(" ")[1] for request in self.requests]

    def __enter__(self) -> Self:
        """Begin to accept."""
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up on everybody."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in list(self._open):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=5)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        self._open.add(sock)
        try:
            if self._context is not None:
                self._open.discard(sock)
                sock = self._context.wrap_socket(sock, server_side=True)
                self._open.add(sock)
            self._converse(sock)
        except OSError:
            pass
        finally:
            self._open.discard(sock)
            sock.close()

    def _converse(self, sock: socket.socket) -> None:
        while head := _read_head(sock):
            self.requests.append(head.decode("latin-1"))
            path = head.split(b" ")[1].decode("latin-1").partition("?")[0]
            page = self.pages.get(path, reply(b"no such page", "404 Not Found"))
            if callable(page):
                if not page(sock, head):
                    return
            else:
                sock.sendall(page)


def _read_head(sock: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = sock.recv(65_536)
        if not piece:
            return b""
        head += piece
    return head.partition(b"\r\n\r\n")[0]


class Http2Site(Site):
    """The same pages over HTTP/2, bodies only; for TLS contexts that offer ``h2``."""

    def _converse(self, sock: socket.socket) -> None:
        state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        state.initiate_connection()
        sock.sendall(state.data_to_send())
        while piece := sock.recv(65_536):
            for event in state.receive_data(piece):
                if isinstance(event, h2.events.RequestReceived):
                    self._answer(state, event)
            sock.sendall(state.data_to_send())

    def _answer(self, state: h2.connection.H2Connection, event: h2.events.RequestReceived) -> None:
        asked = {name.decode(): value.decode() for name, value in event.headers}
        lines = [
            f"GET {asked[':path']} HTTP/2",
            *(f"{name}: {value}" for name, value in asked.items()),
        ]
        self.requests.append("\r\n".join(lines))
        body = self.pages.get(asked[":path"])
        status = "200" if isinstance(body, bytes) else "404"
        state.send_headers(event.stream_id, [(":status", status), ("content-type", "text/html")])
        state.send_data(event.stream_id, body if isinstance(body, bytes) else b"", end_stream=True)


@dataclass
class FakeTime:
    """Time that passes only while somebody sleeps."""

    at: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.slept.append(seconds)
        self.at += seconds

    def now(self) -> datetime:
        """Read the wall clock."""
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self.at - 1000.0)


@dataclass
class MappedNetwork:
    """Names as the test says; public addresses lead to 127.0.0.1; every connection is noted."""

    names: dict[str, list[list[str]]] = field(default_factory=dict)
    """Host to its successive answers; the last one stays."""
    asked: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)

    def network(self) -> Network:
        """Build what a fetcher takes."""
        return Network(self._resolve, self._connect)

    def _resolve(self, host: str, _port: int) -> list[str]:
        self.asked.append(host)
        if host not in self.names:
            raise OSError(-2, "Name or service not known")
        answers = self.names[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _connect(self, address: str, port: int, timeout: float) -> socket.socket:
        self.connected.append(address)
        return connect("127.0.0.1" if address == PUBLIC else address, port, timeout)


def source(url: str, **fields: object) -> Source:
    """Build a source that may be on this machine, without robots.txt unless asked for."""
    given = {"allow_private": True, "robots": False, "timeout": timedelta(seconds=10)} | fields
    return Source(id="s", site="Site", kind="terms", name="Terms", url=url, **given)
