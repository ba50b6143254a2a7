"""Records of WARC files (ISO 28500), and the captures they hold."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, Self, cast
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from monitor.exchange.framing import HEAD, read_record
from monitor.exchange.payload import LARGEST, decoded
from monitor.exchange.skipped import UnusableError
from monitor.model import Capture, Hop

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

PAGES = frozenset({200, 203})
"""Statuses of answers that hold a page."""
OURS = "WARC-JSON-Metadata"
"""Header of a record in which our own files say what ISO 28500 has no word for."""
ORIGINAL = "X-Archive-Orig-"
"""Stands before headers of a message that are no longer true of its body."""
TRANSFER = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers that tell how a body was packed to be sent."""
LARGEST_BLOCK = LARGEST + HEAD
"""Bytes of a record that is read: a page, its header, and what cutting it into chunks adds."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""There was no web before; what claims to be older has no usable date."""

_RECORD = StatusAndHeadersParser(["WARC/"])
_MESSAGE = StatusAndHeadersParser(["HTTP/"])
_STATUS = re.compile(r"[\d.]*\s+(\d{3})(?!\d)")
_DIGITS = re.compile(r"\d{14}")
_PARTIAL = ("WARC-Truncated", "WARC-Segment-Number")


@dataclass(frozen=True, slots=True)
class Record:
    """The headers of one record."""

    kind: Literal["response", "revisit", ""]
    """Empty for every other type of record: requests, metadata, and so on."""
    url: str
    """The address that was asked for, where our own file says so; else the one that answered."""
    headers: Any
    """Of the record; warcio's."""
    after: int
    """Where the block begins, in the bytes this was read from."""
    answered: str
    """The address that answered."""
    hops: tuple[Hop, ...] | None = None
    """The redirects from one to the other; `None` in files that are not ours."""

    @classmethod
    def read(cls, head: bytes) -> Self:
        """Read the header of a record; raises `UnusableError` where it is none."""
        headers, after = _parsed(_RECORD, head)
        kind = (headers.get_header("WARC-Type") or "").strip().lower()
        url = (headers.get_header("WARC-Target-URI") or "").strip().strip("<>")
        known = cast(
            "Literal['response', 'revisit', '']", kind if kind in {"response", "revisit"} else ""
        )
        asked, hops = _ours(headers.get_header(OURS))
        return cls(known, asked or url, headers, after, url, hops)

    def require_whole(self) -> None:
        """Raise `UnusableError` where the archive itself kept only part of the answer."""
        if any(self.headers.get_header(name) for name in _PARTIAL):
            raise UnusableError("damaged")

    @property
    def at(self) -> datetime:
        """When the capture was taken, UTC; raises `UnusableError` where that is not told."""
        text = (self.headers.get_header("WARC-Date") or "").strip()
        if _DIGITS.fullmatch(text):
            # As old crawlers wrote it.
            text = f"{text[:8]}T{text[8:]}"
        try:
            at = datetime.fromisoformat(text)
            at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            raise UnusableError("undated") from None
        if at < EARLIEST:
            raise UnusableError("undated")
        return at

    @property
    def refers_to(self) -> tuple[str, ...]:
        """What a revisit calls the record that holds its body, the surest name first."""
        names = (self.headers.get_header("WARC-Payload-Digest"), self._named("WARC-Refers-To"))
        return tuple(name for name in names if name)

    @property
    def names(self) -> tuple[str, ...]:
        """What revisits may call this record."""
        names = (self.headers.get_header("WARC-Payload-Digest"), self._named("WARC-Record-ID"))
        return tuple(name for name in names if name)

    def _named(self, header: str) -> str:
        return (self.headers.get_header(header) or "").strip().strip("<>")


def status(record: Record, head: bytes) -> int:
    """Return the HTTP status of a response or revisit; 0 where it holds no HTTP header.

    Raises `UnusableError` where the header does not end.
    """
    if not head.startswith(b"HTTP/", record.after):
        return 0
    headers, _ = _parsed(_MESSAGE, head[record.after :])
    return _code(headers)


def capture(file: BinaryIO, offset: int, url: str, at: datetime) -> Capture:
    """Read a response out of a file, as a capture of an address at a time.

    Raises `UnusableError` where it cannot be used after all.
    """
    head, block = read_record(file, offset, LARGEST_BLOCK)
    record = Record.read(head)
    if not block.startswith(b"HTTP/"):
        raise UnusableError("not_a_page")
    headers, start = _parsed(_MESSAGE, block)
    code = _code(headers)
    if code not in PAGES:
        raise UnusableError("not_a_page")
    body = decoded(
        block[start:],
        chunked="chunked" in (headers.get_header("Transfer-Encoding") or "").lower(),
        encoding=headers.get_header("Content-Encoding") or "",
    )
    message = Message()
    message["Content-Type"] = headers.get_header("Content-Type") or ""
    return Capture(
        url=url,
        # A revisit may share its body with another address.
        final_url=record.answered if bare(record.url) == bare(url) else url,
        fetched_at=at,
        status=code,
        media_type=message.get_content_type() if message["Content-Type"] else "",
        charset=message.get_content_charset(),
        headers=_as_they_came(headers.headers, ours=record.hops is not None),
        body=body,
        hops=record.hops or (),
        claimed=False,
    )


def _as_they_came(headers: Iterable[tuple[str, str]], *, ours: bool) -> tuple[tuple[str, str], ...]:
    if not ours:
        return tuple((name, value) for name, value in headers)
    return tuple(
        (name.removeprefix(ORIGINAL), value)
        for name, value in headers
        if name.lower() not in TRANSFER
    )


def _ours(text: str | None) -> tuple[str, tuple[Hop, ...] | None]:
    """Read what our own files note: the address asked for, and the redirects from there."""
    try:
        found = json.loads(text or "")["policy-monitor"]
        hops = tuple(Hop(str(url), int(code), str(to)) for url, code, to in found["hops"])
        return str(found["asked"]), hops
    except (ValueError, TypeError, KeyError, RecursionError):
        return "", None


def bare(url: str) -> tuple[str, str, str] | None:
    """Return what two spellings of one address have in common; `None` where it is no address.

    Archives write addresses with either scheme, with or without ``www.`` and a closing slash.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"}:
        return None
    host = parts.netloc.rpartition("@")[2].lower().removesuffix(":80").removesuffix(":443")
    return host.removeprefix("www."), parts.path.rstrip("/"), parts.query


def _code(headers: Any) -> int:  # noqa: ANN401 - warcio has no types
    found = _STATUS.match(headers.statusline)
    return int(found[1]) if found else 0


def _parsed(parser: Any, text: bytes) -> tuple[Any, int]:  # noqa: ANN401 - warcio has no types
    stream = BytesIO(text[:HEAD])
    try:
        headers = parser.parse(stream)
    except (StatusAndHeadersParserException, EOFError):
        raise UnusableError("damaged") from None
    if len(text) > HEAD and stream.tell() >= HEAD:
        raise UnusableError("damaged")
    return headers, stream.tell()
