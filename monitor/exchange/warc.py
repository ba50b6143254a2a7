"""Captures from WARC files (ISO 28500), oldest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from monitor.errors import UsageError
from monitor.model import Capture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warcio.recordloader import ArcWarcRecord

LARGEST_BODY = 20 * 1024 * 1024
"""Bytes of a body that is read; as much as a fetch would take."""


@dataclass(slots=True)
class Skipped:
    """What a file holds that is not a capture of the address."""

    other_addresses: int = 0
    not_pages: int = 0
    """Answers other than 200: redirects, errors, 304."""
    too_large: int = 0
    unresolved: int = 0
    """Revisits whose earlier record is not in the file."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a capture stands in the file."""

    at: datetime
    offset: int
    body_at: int
    """Offset of the record that holds the body: an earlier one for a revisit."""


@dataclass
class Warc:
    """The captures of one address in one file; read twice, so never all in memory."""

    path: Path
    url: str
    skipped: Skipped = field(default_factory=Skipped)

    def __post_init__(self) -> None:
        """Find the captures.

        Raises `UsageError` where the file cannot be read, or is no WARC file.
        """
        try:
            self._places = sorted(self._find(), key=lambda place: (place.at, place.offset))
        except OSError as error:
            raise UsageError(f"{self.path}: cannot be read: {error.strerror}") from None
        except ArchiveLoadFailed as error:
            raise UsageError(f"{self.path}: is no WARC file, or is damaged: {error}") from None

    def __len__(self) -> int:
        """Count the captures of the address."""
        return len(self._places)

    def captures(self) -> Iterator[Capture]:
        """Yield the captures, oldest first, with the times the file claims."""
        with self.path.open("rb") as file:
            for place in self._places:
                file.seek(place.body_at)
                record = next(iter(ArchiveIterator(file)))
                body = record.content_stream().read(LARGEST_BODY + 1)
                if len(body) > LARGEST_BODY:
                    self.skipped.too_large += 1
                    continue
                yield _capture(record, self.url, place.at, body)

    def _find(self) -> Iterator[_Place]:
        bodies: dict[str, int] = {}
        with self.path.open("rb") as file:
            records = ArchiveIterator(file)
            for record in records:
                kind = record.rec_type
                if kind not in {"response", "revisit"}:
                    continue
                offset = records.get_record_offset()
                digest = record.rec_headers.get_header("WARC-Payload-Digest") or ""
                if kind == "response" and digest:
                    bodies.setdefault(digest, offset)
                if not _same(record.rec_headers.get_header("WARC-Target-URI"), self.url):
                    self.skipped.other_addresses += 1
                elif kind == "response" and _status(record) != 200:  # noqa: PLR2004 - HTTP's OK
                    self.skipped.not_pages += 1
                elif kind == "revisit" and digest not in bodies:
                    self.skipped.unresolved += 1
                else:
                    body_at = offset if kind == "response" else bodies[digest]
                    yield _Place(_date(record), offset, body_at)


def _capture(record: ArcWarcRecord, url: str, at: datetime, body: bytes) -> Capture:
    headers = tuple((name, value) for name, value in record.http_headers.headers)
    message = Message()
    message["Content-Type"] = record.http_headers.get_header("Content-Type") or ""
    return Capture(
        url=url,
        final_url=record.rec_headers.get_header("WARC-Target-URI"),
        fetched_at=at,
        status=200,
        media_type=message.get_content_type() if message["Content-Type"] else "",
        charset=message.get_content_charset(),
        headers=headers,
        body=body,
        claimed=False,
    )


def _status(record: ArcWarcRecord) -> int:
    code = record.http_headers.get_statuscode() if record.http_headers else ""
    return int(code) if code.isdigit() else 0


def _date(record: ArcWarcRecord) -> datetime:
    text = record.rec_headers.get_header("WARC-Date")
    return datetime.fromisoformat(text).astimezone(UTC)


def _same(found: str | None, wanted: str) -> bool:
    return found is not None and _bare(found) == _bare(wanted)


def _bare(url: str) -> tuple[str, str, str]:
    # Archives write addresses with either scheme, and with or without a closing slash.
    parts = urlsplit(url.strip("<>"))
    host = (parts.netloc or "").lower().removesuffix(":80").removesuffix(":443")
    return host.removeprefix("www."), parts.path.rstrip("/"), parts.query
