"""Bodies come out of their messages as a browser would see them, or not at all."""

from __future__ import annotations

import gzip
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from monitor.exchange.payload import LARGEST, decoded
from monitor.exchange.skipped import UnusableError

PAGE = b"<!doctype html><p>What we collect, and why.</p>" * 40


def chunked(body: bytes, size: int = 100) -> bytes:
    """Cut a body into chunks as a server does."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;n=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def deflated(body: bytes) -> bytes:
    """Compress without a header, as some servers understand the word."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def named(given: object) -> str:
    """Name a case by its words and sizes: compressed bytes hold the time they were made."""
    return f"{len(given)}-bytes" if isinstance(given, bytes) else str(given)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (PAGE, ""),
        (PAGE, "identity"),
        (gzip.compress(PAGE), "gzip"),
        (gzip.compress(PAGE), "x-gzip"),
        (zlib.compress(PAGE), "deflate"),
        (deflated(PAGE), "deflate"),
        (zstandard.compress(PAGE), "zstd"),
        (gzip.compress(zlib.compress(PAGE)), "deflate, GZIP"),
        (PAGE, "gzip"),
        (PAGE, "br"),
    ],
    ids=named,
)
def test_every_usual_coding_is_undone(body: bytes, encoding: str) -> None:
    """With and without chunks, and where the archive has undone it already."""
    assert decoded(body, chunked=False, encoding=encoding) == PAGE
    assert decoded(chunked(body), chunked=True, encoding=encoding) == PAGE


def test_chunks_that_were_joined_already_are_left() -> None:
    """Many archives keep the header and store what the chunks held."""
    assert decoded(PAGE, chunked=True, encoding="") == PAGE


@pytest.mark.parametrize(
    ("body", "chunks", "encoding", "reason"),
    [
        (gzip.compress(PAGE)[:-20], False, "gzip", "damaged"),
        (gzip.compress(PAGE)[:20] + bytes(60), False, "gzip", "damaged"),
        (chunked(PAGE)[:-300], True, "", "damaged"),
        (chunked(PAGE).replace(b"64;", b"6;", 3), True, "", "damaged"),
        (b"\x1b\x07\x00compressed by brotli", False, "br", "encoded"),
        (gzip.compress(bytes(LARGEST + 1)), False, "gzip", "too_large"),
        (zlib.compress(bytes(LARGEST + 1)), False, "deflate", "too_large"),
        (zstandard.compress(bytes(LARGEST + 1)), False, "zstd", "too_large"),
        (b"<p>" + bytes(LARGEST), False, "", "too_large"),
    ],
    ids=named,
)
def test_what_cannot_be_undone_says_why(
    body: bytes, encoding: str, reason: str, *, chunks: bool
) -> None:
    """Nothing is taken for a page that is only part of one; nothing is unpacked without end."""
    with pytest.raises(UnusableError) as caught:
        decoded(body, chunked=chunks, encoding=encoding)
    assert caught.value.reason == reason


@given(st.binary(max_size=400), st.booleans(), st.sampled_from(["", "gzip", "deflate", "zstd"]))
def test_no_bytes_bring_it_down(body: bytes, chunks: bool, encoding: str) -> None:  # noqa: FBT001
    """Whatever the bytes are, there is a body or a reason."""
    try:
        decoded(body, chunked=chunks, encoding=encoding)
    except UnusableError:
        return
