"""Where the records of a WARC file begin and end (ISO 28500), whatever state it is in.

Knows nothing of what records mean. Where a record is damaged, the next one is looked for.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from monitor.errors import UsageError
from monitor.exchange.skipped import UnusableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = 64 * 1024
"""Bytes in which the header of a record and that of its message have to end."""
_CHUNK = 16 * 1024
_AT_ONCE = 1024 * 1024
"""Bytes that are decompressed at a time, however well they were packed."""
_SLACK = 8
"""Bytes of line ends that may follow a record's block."""
_GZIP = b"\x1f\x8b\x08"
_START = b"WARC/"
_BLANK = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Frame:
    """One record as it stands in the file."""

    offset: int
    head: bytes
    """Its first bytes, `HEAD` at most; the headers are among them."""
    block: int
    """Bytes of its block, as its header declares and the file holds."""


def frames(path: Path) -> Iterator[Frame | None]:
    """Yield the records of a file in order, and `None` for each damaged stretch.

    Raises `UsageError` where the file cannot be read, or holds no record at all.
    """
    try:
        with path.open("rb", buffering=_CHUNK) as file:
            found = 0
            for frame in _frames(file, packed=_packed(file, path)):
                found += frame is not None
                yield frame
            if not found:
                raise UsageError(f"{path}: {_refusal(file)}")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None


def read_record(file: BinaryIO, offset: int, limit: int) -> tuple[bytes, bytes]:
    """Return the header and the block of a record that was found before.

    Raises `UnusableError`: ``too_large`` for a block of more than `limit` bytes, or ``damaged``.
    """
    file.seek(offset)
    if file.read(len(_GZIP)) == _GZIP:
        kept, _, _ = _unzip(file, offset, HEAD + limit)
    else:
        file.seek(offset)
        kept = file.read(HEAD + limit)
    start, length = _declared(kept)
    if length > limit:
        raise UnusableError("too_large")
    if len(kept) < start + length:
        raise UnusableError("damaged")
    return kept[:start], kept[start : start + length]


def _packed(file: BinaryIO, path: Path) -> bool:
    # A file whose beginning is damaged is still told by its name.
    start = file.read(len(_GZIP))
    return start == _GZIP or (path.suffix == ".gz" and not start.startswith(_START[:3]))


def _frames(file: BinaryIO, *, packed: bool) -> Iterator[Frame | None]:
    size = file.seek(0, 2)
    framed, following = (_member, _next_member) if packed else (_plain, _next_plain)
    offset: int | None = 0
    lost = False
    while offset is not None and offset < size:
        try:
            frame, offset = framed(file, offset, size)
        except UnusableError:
            if not lost:
                yield None
            lost = True
            offset = following(file, offset + 1)
        else:
            lost = False
            yield frame


def _member(file: BinaryIO, offset: int, _size: int) -> tuple[Frame, int]:
    head, total, end = _unzip(file, offset, HEAD)
    start, length = _declared(head)
    if not 0 <= total - start - length <= _SLACK:
        raise UnusableError("damaged")
    return Frame(offset, head, length), end


def _unzip(file: BinaryIO, offset: int, keep: int) -> tuple[bytes, int, int]:
    """Decompress one gzip member; return what is kept of it, its whole size, and where it ends."""
    file.seek(offset)
    unzip = zlib.decompressobj(wbits=31)
    kept, total, allowed = bytearray(), 0, 0
    while not unzip.eof:
        packed = unzip.unconsumed_tail or file.read(_CHUNK)
        try:
            part = unzip.decompress(packed, _AT_ONCE)
        except zlib.error:
            raise UnusableError("damaged") from None
        total += len(part)
        kept += part[: keep - len(kept)]
        if not allowed and (len(kept) >= HEAD or _BLANK.search(kept)):
            allowed = sum(_declared(kept)) + _SLACK
        cut_short = not packed and not part and not unzip.eof
        if cut_short or (allowed and total > allowed):
            raise UnusableError("damaged")
    return bytes(kept), total, file.tell() - len(unzip.unused_data)


def _plain(file: BinaryIO, offset: int, size: int) -> tuple[Frame, int]:
    file.seek(offset)
    head = file.read(_CHUNK // 4)
    if len(_BLANK.findall(head)) < 2:  # noqa: PLR2004 - the record's header and the message's
        file.seek(offset)
        head = file.read(HEAD)
    start, length = _declared(head)
    end = offset + start + length
    if end > size:
        raise UnusableError("damaged")
    file.seek(end)
    after = file.read(_SLACK + len(_START))
    rest = after.lstrip(b"\r\n")
    if rest and not rest.startswith(_START[: len(rest)]):
        raise UnusableError("damaged")
    return Frame(offset, head, length), end + len(after) - len(rest)


def _declared(head: bytes | bytearray) -> tuple[int, int]:
    """Return where the block of a record begins, and how long it says it is."""
    blank = _BLANK.search(head, 0, HEAD)
    length = _LENGTH.search(head, 0, blank.start() + 1) if blank else None
    if blank is None or length is None or not head.startswith(_START):
        raise UnusableError("damaged")
    return blank.end(), int(length[1])


def _next_member(file: BinaryIO, offset: int) -> int | None:
    found = _find(file, _GZIP, offset)
    while found is not None:
        file.seek(found)
        try:
            start = zlib.decompressobj(wbits=31).decompress(file.read(512), len(_START))
        except zlib.error:
            start = b""
        if start == _START:
            return found
        found = _find(file, _GZIP, found + 1)
    return None


def _next_plain(file: BinaryIO, offset: int) -> int | None:
    found = _find(file, b"\n" + _START, offset)
    return None if found is None else found + 1


def _find(file: BinaryIO, wanted: bytes, offset: int) -> int | None:
    file.seek(offset)
    carried = b""
    while chunk := file.read(_AT_ONCE):
        window = carried + chunk
        if (place := window.find(wanted)) >= 0:
            return offset - len(carried) + place
        offset += len(chunk)
        carried = window[1 - len(wanted) :]
    return None


def _refusal(file: BinaryIO) -> str:
    file.seek(0)
    start = file.read(_CHUNK)
    if start.startswith(_GZIP):
        try:
            start = zlib.decompressobj(wbits=31).decompress(start, _CHUNK)
        except zlib.error:
            start = b""
        if start.startswith(_START):
            # Offsets into such a file lead nowhere.
            return "is compressed as one piece, or damaged throughout; gunzip it first"
    if start.startswith(b"filedesc://"):
        return "is an ARC file; `warcio recompress` makes a WARC file of it"
    return "is no WARC file"
