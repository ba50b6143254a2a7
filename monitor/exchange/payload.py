"""The bytes of a page out of an archived HTTP message (RFC 9112, section 7; RFC 9110, 8.4)."""

from __future__ import annotations

import re
import zlib

import zstandard

from monitor.exchange.skipped import UnusableError

LARGEST = 20 * 1024 * 1024
"""Bytes of a body that is read; as much as a fetch would take."""
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_GZIP = b"\x1f\x8b"
_ZLIB = b"\x78"
_ZSTD = b"\x28\xb5\x2f\xfd"
_TEXT = re.compile(rb"\s*(?:<[!a-zA-Z?]|[{\[])|\xef\xbb\xbf")
"""Beginnings of pages; no compressed body begins so."""


def decoded(block: bytes, *, chunked: bool, encoding: str) -> bytes:
    """Undo what was done to a body for its transfer, where the archive has not done so already.

    Raises `UnusableError`: ``encoded`` for an unknown coding, ``damaged``, or ``too_large``.
    """
    body = _joined(block) if chunked else block
    for coding in reversed([name.strip().lower() for name in encoding.split(",")]):
        if coding not in {"", "identity"} and not _TEXT.match(body):
            body = _unpacked(body, coding)
    if len(body) > LARGEST:
        raise UnusableError("too_large")
    return body


def _joined(block: bytes) -> bytes:
    if not _CHUNK_SIZE.match(block):
        # Many archives store what the chunks held, and keep the header.
        return block
    parts: list[bytes] = []
    place = 0
    while head := _CHUNK_SIZE.match(block, place):
        size = int(head[1], 16)
        if size == 0:
            return b"".join(parts)
        part = block[head.end() : head.end() + size]
        end = _LINE_END.match(block, head.end() + size)
        if len(part) < size or end is None:
            break
        parts.append(part)
        place = end.end()
    raise UnusableError("damaged")


def _unpacked(body: bytes, coding: str) -> bytes:
    if coding in {"gzip", "x-gzip"}:
        return _inflated(body, 31) if body.startswith(_GZIP) else body
    if coding == "deflate":
        return _inflated(body, 15 if body.startswith(_ZLIB) else -15)
    if coding == "zstd" and body.startswith(_ZSTD):
        return _unpacked_zstd(body)
    raise UnusableError("encoded")


def _inflated(body: bytes, wbits: int) -> bytes:
    unzip = zlib.decompressobj(wbits=wbits)
    try:
        page = unzip.decompress(body, LARGEST + 1)
    except zlib.error:
        raise UnusableError("damaged") from None
    if not unzip.eof and len(page) <= LARGEST:
        raise UnusableError("damaged")
    return page


def _unpacked_zstd(body: bytes) -> bytes:
    try:
        with zstandard.ZstdDecompressor().stream_reader(body) as page:
            return page.read(LARGEST + 1)
    except zstandard.ZstdError:
        raise UnusableError("damaged") from None
