"""Whatever bytes a server answers, there is a capture or a named failure, and soon."""

from __future__ import annotations

import time as clock
from typing import TYPE_CHECKING

import pytest
from fetch_servers import reply
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.model import Capture, Source

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from fetch_servers import Site

    from monitor.fetch import Fetcher

LIMIT_S = 10.0
PAGE = reply(
    b"<p>We keep what you tell us for thirty days.</p>",
    "200 OK",
    "Content-Type: text/html; charset=utf-8",
    'ETag: "1"',
)
PIECES = st.sampled_from([
    b"\r\n", b"\n", b"\r\n\r\n", b"\x00", b": ", b";", b'"', b"HTTP/1.1 ", b"HTTP/2 200\r\n", b"-1",
    b"99999999999999999999", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n", b"Content-Encoding: br, zstd\r\n", b"Location: //\r\n",
    b"Location: http://127.0.0.1:1/\r\n", b"Set-Cookie: a=b\r\n", b"Retry-After: -5\r\n",
    b"Content-Type: text/html; charset=\xff\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"\x1f\x8b\x08\x00",
    b"100 Continue\r\n\r\n", b"304 Not Modified", b"302 Found", b"204 No Content", b"A" * 70_000,
])  # fmt: skip


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Draw a good answer into which pieces were put, and from which others were cut."""
    answer = PAGE
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(answer)))
        cut = draw(st.integers(0, 20))
        answer = answer[:at] + draw(PIECES | st.binary(max_size=12)) + answer[at + cut :]
    return answer


@pytest.mark.hypothesis
def test_no_answer_brings_it_down(fetcher: Fetcher, open_site: Callable[..., Site]) -> None:
    """The connection ends after each answer, however long it claims to be."""
    said = [b""]

    def serve(sock: socket.socket, _request: bytes) -> bool:
        sock.sendall(said[0])
        return False

    site = open_site({"/": serve})
    source = Source("a", "A", "policy", "Policy", site.url("/"), allow_private=True, robots=False)

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(answers())
    def check(answer: bytes) -> None:
        said[0] = answer
        start = clock.monotonic()
        try:
            found: object = fetcher.fetch(source)
        except FetchError as error:
            found = str(error)
        assert isinstance(found, Capture) or str(found).isprintable()
        assert clock.monotonic() - start < LIMIT_S

    check()
