from __future__ import annotations

import gzip
import time as real_time
import tracemalloc
import zlib
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
import zstandard
from fetch_servers import reply, source
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import FetchError, StampError
from monitor.fetch import Fetcher, Limits, guarded_transport
from monitor.fetch.authority import LARGEST, Authority
from monitor.fetch.body import LARGE_AT_ONCE, content_type, read_body
from monitor.model.capture import Capture

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable, Iterator

    from fetch_servers import Site

    OpenSite = Callable[..., Site]
    OpenFetcher = Callable[..., Fetcher]

MEBIBYTE = 1024 * 1024


def _encoded(body: bytes, encoding: str) -> bytes:
    return reply(body, "200 OK", f"Content-Encoding: {encoding}")


def _failure(fetcher: Fetcher, site: Site, **fields: object) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(source(site.url("/"), **fields))
    return caught.value


def _body(fetcher: Fetcher, site: Site) -> bytes:
    capture = fetcher.fetch(source(site.url("/")))
    assert isinstance(capture, Capture)
    return capture.body


def _bare_deflate(text: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(text) + stream.flush()


def _short(value: object) -> str:
    # Compressed bytes hold the time of day, and the ids of tests have to stay the same.
    return "body" if isinstance(value, bytes) else str(value)


TEXT = "Wir ändern diese Bedingungen. ".encode() * 500
FRAMES = zstandard.ZstdCompressor()


@pytest.mark.parametrize(
    ("encoding", "sent"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("X-GZIP", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:99]) + gzip.compress(TEXT[99:])),
        ("gzip", gzip.compress(TEXT) + b"\0\0\0"),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", _bare_deflate(TEXT)),
        ("zstd", FRAMES.compress(TEXT)),
        ("zstd", FRAMES.compress(TEXT[:99]) + FRAMES.compress(TEXT[99:])),
        ("gzip, zstd", FRAMES.compress(gzip.compress(TEXT))),
    ],
    ids=_short,
)
def test_codings_are_undone(
    fetcher: Fetcher, open_site: OpenSite, encoding: str, sent: bytes
) -> None:
    """The capture holds the bytes the publisher compressed."""
    assert _body(fetcher, open_site({"/": _encoded(sent, encoding)})) == TEXT


@given(text=st.binary(max_size=5000), cut=st.integers(1, 400), coding=st.sampled_from("gdz"))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_bytes_in_any_chunks_arrive(
    fetcher: Fetcher, open_site: OpenSite, text: bytes, cut: int, coding: str
) -> None:
    """However the compressed body is cut into chunks, the text is the same."""
    name, pack = {
        "g": ("gzip", gzip.compress),
        "d": ("deflate", _bare_deflate),
        "z": ("zstd", FRAMES.compress),
    }[coding]
    sent = pack(text)
    chunks = [sent[at : at + cut] for at in range(0, len(sent), cut)]
    wire = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    head = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: {name}\r\n\r\n"
    site = open_site({"/": head.encode() + wire})
    assert _body(fetcher, site) == text


@pytest.mark.parametrize(
    ("encoding", "sent"),
    [
        ("br", b"whatever"),
        ("gzip", TEXT),
        ("gzip", gzip.compress(TEXT)[:-20]),
        ("deflate", zlib.compress(TEXT)[:-20]),
        ("zstd", FRAMES.compress(TEXT)[:-3]),
        ("zstd", TEXT),
        ("gzip, gzip, gzip", gzip.compress(gzip.compress(gzip.compress(TEXT)))),
        ("\x7f\x80", TEXT),
    ],
    ids=_short,
)
def test_what_does_not_decompress_is_named(
    fetcher: Fetcher, open_site: OpenSite, encoding: str, sent: bytes
) -> None:
    """An unknown coding, a damaged and a shortened body are never half a page."""
    error = _failure(fetcher, open_site({"/": _encoded(sent, encoding)}))
    assert error.kind in {"encoding", "protocol"}
    assert not error.permanent


def _gzip_of_zeros(size: int) -> bytes:
    stream = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    pieces = [stream.compress(bytes(MEBIBYTE)) for _ in range(size // MEBIBYTE)]
    return b"".join(pieces) + stream.flush()


def _zstd_of_zeros(size: int) -> bytes:
    # Blocks that repeat one byte 128 KiB long: four bytes each, far denser than any compressor.
    block = ((0 << 0) | (1 << 1) | ((128 * 1024) << 3)).to_bytes(3, "little") + b"\0"
    frame = b"\x28\xb5\x2f\xfd" + bytes([0x00, 0x38])
    return frame + block * (size // (128 * 1024)) + b"\x01\x00\x00"


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [
        ("gzip", _gzip_of_zeros(200 * MEBIBYTE)),
        ("deflate", _bare_deflate(bytes(200 * MEBIBYTE))),
        ("zstd", _zstd_of_zeros(8192 * MEBIBYTE)),
        ("gzip, gzip", gzip.compress(_gzip_of_zeros(500 * MEBIBYTE))),
        ("zstd, gzip", gzip.compress(_zstd_of_zeros(8192 * MEBIBYTE))),
    ],
    ids=["gzip", "deflate", "zstd", "nested gzip", "gzip of zstd"],
)
def test_a_bomb_does_not_go_off(
    open_fetcher: OpenFetcher, open_site: OpenSite, encoding: str, bomb: bytes
) -> None:
    """Decompression ends at the limit and never takes much more memory than it."""
    site = open_site({"/": _encoded(bomb, encoding)})
    fetcher = open_fetcher(Limits(body_bytes=4 * MEBIBYTE))
    tracemalloc.start()
    try:
        error = _failure(fetcher, site)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.kind == "too_large"
    assert error.permanent
    assert "4 MiB" in str(error)
    assert peak < 40 * MEBIBYTE


def test_fifty_megabytes_are_refused(fetcher: Fetcher, open_site: OpenSite) -> None:
    """A plain body over the limit is not read to its end."""
    site = open_site({"/": reply(bytes(50 * MEBIBYTE))})
    assert _failure(fetcher, site).kind == "too_large"


def test_a_body_of_just_the_limit_passes(open_fetcher: OpenFetcher, open_site: OpenSite) -> None:
    """The limit itself is allowed, compressed or not."""
    fetcher = open_fetcher(Limits(body_bytes=1000))
    assert len(_body(fetcher, open_site({"/": reply(bytes(1000))}))) == 1000
    assert (
        len(_body(fetcher, open_site({"/": _encoded(gzip.compress(bytes(1000)), "gzip")}))) == 1000
    )
    assert _failure(fetcher, open_site({"/": reply(bytes(1001))})).kind == "too_large"


def test_an_empty_body_is_a_capture(fetcher: Fetcher, open_site: OpenSite) -> None:
    """Whether an empty page is a policy is for extraction to say."""
    assert _body(fetcher, open_site({"/": reply(b"")})) == b""
    assert _body(fetcher, open_site({"/": _encoded(b"", "gzip")})) == b""


def _endless(piece: bytes, pause: float = 0.0) -> Callable[[socket.socket, bytes], None]:
    def answer(sock: socket.socket, _head: bytes) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            sock.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
            real_time.sleep(pause)

    return answer


def test_endless_chunks_end_at_the_size(open_fetcher: OpenFetcher, open_site: OpenSite) -> None:
    """A body without an end is cut off by its size."""
    fetcher = open_fetcher(Limits(body_bytes=MEBIBYTE))
    assert _failure(fetcher, open_site({"/": _endless(bytes(8192))})).kind == "too_large"


def _trickle_head(sock: socket.socket, _head: bytes) -> None:
    sock.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        sock.sendall(b"a")
        real_time.sleep(0.02)


def _trickle_continue(sock: socket.socket, _head: bytes) -> None:
    while True:
        sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        real_time.sleep(0.02)


def _silence(sock: socket.socket, _head: bytes) -> None:
    sock.recv(1)


@pytest.mark.parametrize(
    "answer",
    [
        _endless(b"a", 0.02),
        _endless(gzip.compress(b""), 0.02),
        _trickle_head,
        _trickle_continue,
        _silence,
    ],
    ids=["body", "nothing compressed", "headers", "continue", "silence"],
)
def test_no_trickle_outlives_the_time_limit(
    fetcher: Fetcher, open_site: OpenSite, answer: Callable[[socket.socket, bytes], None]
) -> None:
    """The time limit covers the whole exchange, however busy the server keeps the line."""
    site = open_site({"/": answer})
    began = real_time.monotonic()
    error = _failure(fetcher, site, timeout=timedelta(seconds=0.3))
    assert error.kind == "timeout"
    assert not error.permanent
    assert real_time.monotonic() - began < 1.5


def test_a_slow_redirect_uses_the_same_time(fetcher: Fetcher, open_site: OpenSite) -> None:
    """Redirects do not start the time limit anew."""

    def slow(sock: socket.socket, head: bytes) -> None:
        real_time.sleep(0.1)
        number = int(head.split(b" ")[1].partition(b"?")[2] or b"0") + 1
        sock.sendall(reply(b"", "302 Found", f"Location: /?{number}", "Connection: close"))

    began = real_time.monotonic()
    assert (
        _failure(fetcher, open_site({"/": slow}), timeout=timedelta(seconds=0.3)).kind == "timeout"
    )
    assert real_time.monotonic() - began < 1.5


def test_a_shortened_body_is_not_a_page(fetcher: Fetcher, open_site: OpenSite) -> None:
    """Fewer bytes than announced are a fault of transmission, tried again later."""

    def short(sock: socket.socket, _head: bytes) -> None:
        sock.sendall(reply(b"only a part", length=5000))

    error = _failure(fetcher, open_site({"/": short}))
    assert error.kind == "protocol"
    assert not error.permanent


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"",
    ],
)
def test_broken_http_is_named(fetcher: Fetcher, open_site: OpenSite, sent: bytes) -> None:
    """What is not HTTP is a transient fault of the server."""
    error = _failure(fetcher, open_site({"/": lambda sock, _head: sock.sendall(sent)}))
    assert error.kind in {"protocol", "status"}
    assert not error.permanent
    assert str(error).isprintable()


@pytest.mark.parametrize(
    "headers",
    [
        b"".join(b"X-%d: %b\r\n" % (n, b"a" * 100) for n in range(800)),
        b"X: " + b"a" * 90_000 + b"\r\n",
        b"X: " + b"a" * 5_000_000 + b"\r\n",
        b"".join(b"X-%d: y\r\n" % n for n in range(200_000)),
    ],
    ids=["many", "long", "huge", "endless"],
)
def test_a_flood_of_headers_is_refused(
    fetcher: Fetcher, open_site: OpenSite, headers: bytes
) -> None:
    """Headers have a limit of their own."""

    def flood(sock: socket.socket, _head: bytes) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n" + headers + b"Content-Length: 2\r\n\r\nok")

    error = _failure(fetcher, open_site({"/": flood}))
    assert error.kind == "too_large"
    assert "headers" in str(error)


@pytest.mark.parametrize(
    ("header", "media_type", "charset"),
    [
        ("text/html", "text/html", None),
        ("Text/HTML; Charset=Windows-1251", "text/html", "windows-1251"),
        ('text/html;charset="utf-8"', "text/html", "utf-8"),
        ("text/html; charset='utf-8'; x=y", "text/html", "utf-8"),
        ("text/html; boundary=1; charset = koi8-r", "text/html", "koi8-r"),
        ("text/html; charset=", "text/html", None),
        ("; charset=utf-8", "", "utf-8"),
        ("", "", None),
        ("application/pdf ; q=1", "application/pdf", None),
    ],
)
def test_media_type_and_charset_are_split(
    header: str, media_type: str, charset: str | None
) -> None:
    """Both come in lower case, without parameters and quotes."""
    assert content_type(header) == (media_type, charset)


def test_charset_is_that_of_the_header(fetcher: Fetcher, open_site: OpenSite) -> None:
    """A capture keeps the server's charset and the body's own bytes."""
    text = "Условия".encode("windows-1251")
    page = reply(text, "200 OK", "Content-Type: text/html; charset=windows-1251", 'ETag: "1"')
    capture = fetcher.fetch(source(open_site({"/": page}).url("/")))
    assert isinstance(capture, Capture)
    assert (capture.media_type, capture.charset) == ("text/html", "windows-1251")
    assert capture.body == text
    assert ("etag", '"1"') in capture.headers


def test_the_bomb_of_an_authority_does_not_go_off(
    open_site: OpenSite, usual_context: ssl.SSLContext
) -> None:
    """Who is asked for time stamps answers as short as a time stamp is, packed or not."""
    bomb = gzip.compress(gzip.compress(bytes(64_000_000), 1), 9)
    site = open_site({
        "/packed": reply(bomb, "200 OK", "Content-Encoding: gzip, gzip"),
        "/long": reply(bytes(LARGEST + 1)),
    })  # fmt: skip
    transport = guarded_transport(allow_private=True, ssl_context=usual_context)
    with closing(Authority(site.url("/packed"), transport=transport)) as authority:
        tracemalloc.start()
        try:
            assert authority.ask(b"?") == bomb
            assert tracemalloc.get_traced_memory()[1] < 32_000_000
        finally:
            tracemalloc.stop()
    with (
        closing(Authority(site.url("/long"), transport=transport)) as authority,
        pytest.raises(StampError, match="more than any time stamp"),
    ):
        authority.ask(b"?")


def test_only_so_many_large_bodies_are_under_way() -> None:
    """Each begins in the midst of the one before it; the first that is too many ends in time."""
    now = real_time.monotonic()

    def large(others: int, patience_s: float) -> Iterator[bytes]:
        yield bytes(MEBIBYTE + 1)
        if others:
            arrive(others - 1, patience_s)
        yield b"."

    def arrive(others: int, patience_s: float) -> int:
        response = httpx.Response(200, content=large(others, patience_s))
        ends_at = now + (3_600 if others else patience_s)
        return len(read_body(response, 2 * MEBIBYTE, ends_at))

    assert arrive(LARGE_AT_ONCE - 1, 3_600) == MEBIBYTE + 2
    with pytest.raises(FetchError, match="too many large pages") as caught:
        arrive(LARGE_AT_ONCE, 0)
    assert (caught.value.kind, caught.value.permanent) == ("timeout", False)
    assert arrive(LARGE_AT_ONCE - 1, 3_600) == MEBIBYTE + 2
