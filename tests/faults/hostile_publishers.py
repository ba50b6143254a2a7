"""Publishers on 127.0.0.1 that try to hold their visitors up, many at once, and honest ones."""

from __future__ import annotations

import asyncio
import gzip
import time
from contextlib import contextmanager, suppress
from itertools import count, cycle
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import Awaitable, Callable, Iterator

    Behaviour = Callable[[StreamWriter, int], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
PAGE = b"""<!doctype html><html lang="en"><title>Privacy Policy</title><main><h1>Privacy Policy</h1>
<p>This policy explains what this service learns about the people who use it, and why.</p>
<h2>What we collect</h2><p>We collect the address and the name you give when you register.</p>
<h2>Contact</h2><p>Write to privacy@example.org with any question about this policy.</p>
</main></html>"""
BOMB = gzip.compress(gzip.compress(b"\0" * 50_000_000))
PIECE = b"x" * 65_536


async def _silent(_out: StreamWriter, _port: int) -> None:
    await asyncio.sleep(3_600)


async def _slow_headers(out: StreamWriter, _port: int) -> None:
    out.write(OK)
    for number in count():
        await _say(out, b"X-%d: y\r\n" % number)
        await asyncio.sleep(1)


async def _slow_body(out: StreamWriter, _port: int) -> None:
    out.write(OK + b"Content-Length: 100000\r\n\r\n")
    while True:
        await _say(out, b"a")
        await asyncio.sleep(1)


async def _slow_chunks(out: StreamWriter, _port: int) -> None:
    out.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        await _say(out, b"1\r\na\r\n")
        await asyncio.sleep(1)


async def _endless(out: StreamWriter, _port: int) -> None:
    out.write(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        await _say(out, b"%x\r\n%b\r\n" % (len(PIECE), PIECE))


async def _header_flood(out: StreamWriter, _port: int) -> None:
    out.write(OK)
    for number in range(16_000):
        await _say(out, b"X-%d: %b\r\n" % (number, PIECE))


async def _bomb(out: StreamWriter, _port: int) -> None:
    await _say(out, OK + b"Content-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB))
    await _say(out, BOMB)


async def _short(out: StreamWriter, _port: int) -> None:
    await _say(out, OK + b"Content-Length: 9999999\r\n\r\n" + PAGE)
    raise ConnectionAbortedError


async def _redirects(out: StreamWriter, port: int) -> None:
    target = b"http://127.0.0.1:%d/%d" % (port, time.monotonic_ns())
    await _say(out, b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % target)


async def _honest(out: StreamWriter, _port: int) -> None:
    await _say(out, OK + b"Content-Length: %d\r\n\r\n" % len(PAGE) + PAGE)


async def _say(out: StreamWriter, text: bytes) -> None:
    out.write(text)
    await out.drain()


HOLDING: tuple[Behaviour, ...] = (_silent, _slow_headers, _slow_body, _slow_chunks)
"""Those that take as long as the client lets them."""
WASTEFUL: tuple[Behaviour, ...] = (_endless, _header_flood, _bomb, _short, _redirects)


class Publishers:
    """Each on a port of its own, and so a host of its own."""

    def __init__(self) -> None:
        self.visits: dict[int, list[float]] = {}
        """When each port was asked, by the monotonic clock."""
        self._servers: list[asyncio.Server] = []
        self._open_ends: set[StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def open(self, number: int, *behaviours: Behaviour) -> list[str]:
        """Open so many publishers who behave so by turns; return the addresses of their pages."""
        ports = asyncio.run_coroutine_threadsafe(self._open(number, behaviours), self._loop)
        return [f"http://127.0.0.1:{port}/policy" for port in ports.result()]

    def honest(self, number: int) -> list[str]:
        """Open so many who answer at once."""
        return self.open(number, _honest)

    def redirecting(self, number: int, target: str) -> list[str]:
        """Open so many who send their visitors to one address."""
        answer = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()

        async def redirect(out: StreamWriter, _port: int) -> None:
            await _say(out, answer)

        return self.open(number, redirect)

    def close(self) -> None:
        """Hang up on everybody."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self, number: int, behaviours: tuple[Behaviour, ...]) -> list[int]:
        kinds = cycle(behaviours)
        return [await self._listen(next(kinds)) for _ in range(number)]

    async def _listen(self, behave: Behaviour) -> int:
        async def converse(asked: StreamReader, out: StreamWriter) -> None:
            self._open_ends.add(out)
            with suppress(OSError, EOFError, asyncio.CancelledError):
                while await asked.readuntil(b"\r\n\r\n"):
                    self.visits[port].append(time.monotonic())
                    await behave(out, port)
            out.close()
            self._open_ends.discard(out)

        server = await asyncio.start_server(converse, "127.0.0.1", 0)
        port: int = server.sockets[0].getsockname()[1]
        self.visits[port] = []
        self._servers.append(server)
        return port

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        for end in self._open_ends:
            end.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)


@contextmanager
def besieging() -> Iterator[Publishers]:
    """Give publishers, none yet."""
    publishers = Publishers()
    yield publishers
    publishers.close()
