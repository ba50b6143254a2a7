"""WARC files as archives write them, written by warcio, for tests to import and to damage."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pages import page
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://www.example.org/privacy"
START = datetime(2025, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def day(number: float) -> datetime:
    """Return noon of a day."""
    return START + number * DAY


@dataclass
class WarcFile:
    """A file to which records are added; where each begins is remembered."""

    path: Path
    packed: bool = True
    version: str = "1.0"
    offsets: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin an empty file."""
        self.path.write_bytes(b"")

    def add(
        self,
        body: bytes,
        at: datetime | None = START,
        url: str = URL,
        kind: str = "response",
        status: str = "200 OK",
        http: dict[str, str] | None = None,
        warc: dict[str, str] | None = None,
    ) -> Any:
        """Add one record and return it."""
        headers = {"Content-Type": "text/html; charset=utf-8"} | (http or {})
        with self.path.open("ab") as file:
            self.offsets.append(file.tell())
            writer = WARCWriter(file, gzip=self.packed, warc_version=self.version)
            dated = {"WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}"} if at else {}
            record = writer.create_warc_record(
                url,
                kind,
                payload=BytesIO(body),
                length=len(body),
                http_headers=StatusAndHeaders(status, list(headers.items()), protocol="HTTP/1.1"),
                warc_headers_dict=dated | (warc or {}),
            )
            if at is None:
                record.rec_headers.remove_header("WARC-Date")
            writer.write_record(record)
        return record

    def add_revisit(
        self, original: Any, at: datetime, url: str = URL, status: str = "200 OK"
    ) -> None:
        """Add a revisit of a record that was added before, here or to another file."""
        digest = original.rec_headers.get_header("WARC-Payload-Digest")
        with self.path.open("ab") as file:
            self.offsets.append(file.tell())
            writer = WARCWriter(file, gzip=self.packed)
            record = writer.create_revisit_record(
                url,
                digest,
                url,
                original.rec_headers.get_header("WARC-Date"),
                http_headers=StatusAndHeaders(status, [], protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}"},
            )
            writer.write_record(record)

    def add_raw(self, text: bytes) -> None:
        """Add bytes as they are."""
        with self.path.open("ab") as file:
            self.offsets.append(file.tell())
            file.write(text)

    def damage(self, number: int, old: bytes, new: bytes) -> None:
        """Replace bytes of one record, the first that match."""
        content = self.path.read_bytes()
        start = self.offsets[number]
        assert old in content[start:]
        self.path.write_bytes(content[:start] + content[start:].replace(old, new, 1))


def record(block: bytes, *, url: str = URL, at: str = "2025-01-01T12:00:00Z", **more: str) -> bytes:
    """Return a response record as bytes, whatever its block is."""
    headers = {
        "WARC-Type": "response",
        "WARC-Target-URI": url,
        "WARC-Date": at,
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in more.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return b"WARC/1.0\r\n" + lines.encode() + b"\r\n" + block + b"\r\n\r\n"


def message(body: bytes, headers: str = "Content-Type: text/html\r\n") -> bytes:
    """Return an HTTP answer as bytes."""
    return f"HTTP/1.1 200 OK\r\n{headers}\r\n".encode() + body


def story(file: WarcFile, shown: str, step: float = 1) -> None:
    """Add one capture a day, or every `step` days: a letter each for a state of the page.

    ``a`` and ``b`` are the policy and its edited form, ``c`` another edit of a few words that
    waits for confirmation, ``d`` another text that three captures must show, ``x`` a page that is
    blocked.
    """
    for number, letter in enumerate(shown):
        file.add(BODIES[letter](), day(number * step))


def _with_more_sections(*, changed: bool = False) -> bytes:
    more = b"".join(
        b"<h2>%d. Service %d</h2><p>Service number %d is offered under the rules above.</p>"
        % (number, number, number)
        for number in range(4, 24)
    )
    return page("english", changed=changed).replace(b"</main>", more + b"</main>")


BODIES = {
    "a": _with_more_sections,
    "b": lambda: _with_more_sections(changed=True),
    "c": lambda: _with_more_sections().replace(
        b"</main>", b"<h2>24. Training</h2><p>We may train models on what you write.</p></main>"
    ),
    "d": lambda: page("german"),
    "x": lambda: (
        b"<html><title>Just a moment...</title><body><h1>Checking your browser</h1>"
        b"<p>Please enable JavaScript and cookies to continue.</p></body></html>"
    ),
}
