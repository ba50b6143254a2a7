"""The body of one response: within its limits, decompressed, and whole.

Decompression stops at the limit instead of finding out afterwards: a kilobyte can stand for
a gigabyte.
"""

from __future__ import annotations

import re
import time
import zlib
from contextlib import ExitStack, contextmanager, suppress
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final, Protocol

import httpx
import zstandard

from monitor.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCEPTED_ENCODINGS: Final = "gzip, deflate, zstd"
_LAYERS: Final = 2
_MEGABYTE: Final = 1024 * 1024
LARGE_AT_ONCE: Final = 32
"""Large bodies under way at once: who stops in the middle has its visitor keep all it has sent."""
_LARGE_PLACES: Final = BoundedSemaphore(LARGE_AT_ONCE)
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:+-]{1,40})""", re.ASCII | re.IGNORECASE)


class _Overflow(Exception):  # noqa: N818 - a signal between two functions, not an error of its own
    """There is more than was allowed."""


class _Decoder(Protocol):
    def feed(self, piece: bytes, room: int) -> bytes:
        """Decode the next piece; `_Overflow` where that gives more than `room` bytes."""

    def finish(self) -> bool:
        """Tell whether the stream was complete."""


class _Zlib:
    """gzip (several members too, RFC 1952) and deflate, with or without its zlib header."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._stream = zlib.decompressobj(wbits)
        self._fed = False

    def feed(self, piece: bytes, room: int) -> bytes:
        if not self._fed and piece:
            self._fed = True
            if self._wbits == zlib.MAX_WBITS and not _has_zlib_header(piece):
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        out = self._inflate(piece, room)
        while self._stream.eof and self._stream.unused_data.startswith(b"\x1f\x8b"):
            rest = self._stream.unused_data
            self._stream = zlib.decompressobj(self._wbits)
            out += self._inflate(rest, room - len(out))
        return out

    def _inflate(self, piece: bytes, room: int) -> bytes:
        out = self._stream.decompress(piece, room + 1)
        if len(out) > room:
            raise _Overflow
        return out

    def finish(self) -> bool:
        return self._stream.eof or not self._fed


def _has_zlib_header(piece: bytes) -> bool:
    # RFC 1950, 2.2; some servers send bare deflate data under the name of deflate.
    return piece[0] & 0x0F == 8 and (len(piece) < 2 or int.from_bytes(piece[:2]) % 31 == 0)  # noqa: PLR2004


class _Zstd:
    """zstd with windows of at most 8 MiB, as RFC 9659 demands of content codings."""

    # One block of four bytes may stand for 128 KiB, and zstandard has no output limit of its
    # own: small slices bound what a single call can give.
    _SLICE = 256

    def __init__(self) -> None:
        self._frames = zstandard.ZstdDecompressor(max_window_size=8 * _MEGABYTE)
        self._stream = self._frames.decompressobj()
        self._fed = False

    def feed(self, piece: bytes, room: int) -> bytes:
        self._fed = self._fed or bool(piece)
        parts: list[bytes] = []
        for start in range(0, len(piece), self._SLICE):
            rest = piece[start : start + self._SLICE]
            while rest:
                part, rest = self._decompress(rest)
                room -= len(part)
                if room < 0:
                    raise _Overflow
                parts.append(part)
        return b"".join(parts)

    def _decompress(self, piece: bytes) -> tuple[bytes, bytes]:
        if self._stream.eof:
            self._stream = self._frames.decompressobj()
        return self._stream.decompress(piece), self._stream.unused_data

    def finish(self) -> bool:
        return not self._fed or self._stream.eof


def _decoder(name: str) -> _Decoder:
    match name:
        case "gzip" | "x-gzip":
            return _Zlib(zlib.MAX_WBITS | 16)
        case "deflate":
            return _Zlib(zlib.MAX_WBITS)
        case "zstd":
            return _Zstd()
    raise FetchError(
        "encoding",
        f"the server compressed the page as {name[:20]!a}, which was not asked for "
        f"({ACCEPTED_ENCODINGS})",
    )


class _Codings:
    """The content codings of one response, undone in turn; none may give more than `limit`."""

    def __init__(self, response: httpx.Response, limit: int) -> None:
        encoding = response.headers.get("content-encoding", "")
        names = [name.strip().lower() for name in encoding.split(",")]
        names = [name for name in names if name not in {"", "identity"}]
        if len(names) > _LAYERS:
            raise FetchError("encoding", f"the body is compressed {len(names)} times over")
        self._decoders = [_decoder(name) for name in reversed(names)]
        self._rooms = [limit] * (len(names) + 1)

    def feed(self, piece: bytes) -> bytes:
        self._take(0, piece)
        for index, decoder in enumerate(self._decoders, 1):
            piece = decoder.feed(piece, self._rooms[index])
            self._take(index, piece)
        return piece

    def _take(self, index: int, piece: bytes) -> None:
        self._rooms[index] -= len(piece)
        if self._rooms[index] < 0:
            raise _Overflow

    def finish(self) -> None:
        if not all(decoder.finish() for decoder in self._decoders):
            raise FetchError("encoding", "the compressed body ends too early")


def read_body(response: httpx.Response, limit: int, ends_at: float) -> bytes:
    """Read a response to its end and undo its content codings.

    Holds at most about `limit` bytes for each coding and takes until `ends_at`
    (`time.monotonic`). What is larger than a megabyte waits while many such are under way.

    Raises:
        FetchError: ``too_large``, ``encoding`` or ``timeout``.

    """
    codings = _Codings(response, limit)
    pieces: list[bytes] = []
    got = 0
    try:
        with ExitStack() as place:
            for raw in response.iter_raw():
                pieces.append(codings.feed(raw))
                small = got <= _MEGABYTE
                got += len(pieces[-1])
                if small and got > _MEGABYTE:
                    place.enter_context(_large_place(ends_at))
                _in_time(ends_at)
    except _Overflow:
        size = f"{limit / _MEGABYTE:g} MiB"
        raise FetchError("too_large", f"the page is larger than {size}", permanent=True) from None
    except (zlib.error, zstandard.ZstdError) as error:
        raise FetchError("encoding", f"the body does not decompress ({error})") from error
    codings.finish()
    return b"".join(pieces)


@contextmanager
def _large_place(ends_at: float) -> Iterator[None]:
    if not _LARGE_PLACES.acquire(timeout=max(ends_at - time.monotonic(), 0)):
        raise FetchError("timeout", "too many large pages were under way at once; tried again")
    try:
        yield
    finally:
        _LARGE_PLACES.release()


def _in_time(ends_at: float) -> None:
    if time.monotonic() > ends_at:
        raise FetchError("timeout", "the page kept coming past the time limit")


def read_start(response: httpx.Response, limit: int, ends_at: float) -> bytes:
    """Read the first `limit` decoded bytes, or as many as decode and come in time."""
    pieces: list[bytes] = []
    got = 0
    try:
        codings = _Codings(response, 2 * limit)
        for raw in response.iter_raw():
            pieces.append(codings.feed(raw))
            got += len(pieces[-1])
            if got >= limit or time.monotonic() > ends_at:
                break
    except (_Overflow, zlib.error, zstandard.ZstdError, FetchError):
        pass
    return b"".join(pieces)[:limit]


def drain(response: httpx.Response, limit: int = 65_536) -> None:
    """Read a small body nobody wants, so that its connection can be used again; never fail."""
    length = response.headers.get("content-length", "")
    if length.isdigit() and int(length[:12]) > limit:
        return
    with suppress(httpx.TransportError):
        for raw in response.iter_raw():
            limit -= len(raw)
            if limit < 0:
                return


def content_type(value: str) -> tuple[str, str | None]:
    """Split a Content-Type header into lower-case media type and charset."""
    media, _, parameters = value.partition(";")
    found = _CHARSET.search(parameters)
    return media.strip().lower(), found[1].lower() if found else None
