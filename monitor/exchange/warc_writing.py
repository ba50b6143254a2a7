"""Captures as records of a WARC file (ISO 28500), so that any archive's tools can read them.

Bodies are kept decompressed: the three headers that describe a transfer are renamed, as archives
do, and so every reader finds a message that is true of its body.
"""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.exchange.warc import ORIGINAL, OURS, TRANSFER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from typing import BinaryIO

    from monitor.model import Capture, KeptCapture
    from monitor.record import Archive

_CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_PHRASES = {200: "OK", 203: "Non-Authoritative Information"}


class _Message(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """An HTTP header that is written as it came: warcio would percent-encode what is not ASCII."""

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = self.to_bytes(header_filter, "utf-8")


class WarcWriter:
    """Writes one record after another; holds one body at a time."""

    def __init__(self, file: BinaryIO, *, packed: bool = True) -> None:
        self._writer: Any = WARCWriter(file, gzip=packed, warc_version="WARC/1.1")

    def begin(self, name: str, at: datetime, software: str) -> None:
        """Write the record that says what the file is."""
        record = self._writer.create_warcinfo_record(
            name,
            {"software": software, "format": "WARC File Format 1.1", "conformsTo": _CONFORMS_TO},
        )
        record.rec_headers.replace_header("WARC-Date", _instant(at))
        record.rec_headers.replace_header("WARC-Record-ID", _id(f"{name} {at.isoformat()}"))
        self._writer.write_record(record)

    def add(self, source: str, capture: Capture, role: str) -> None:
        """Write a capture, and the redirects on the way to it.

        The same capture is written as the same bytes each time.
        """
        for hop in capture.hops:
            self._redirect(source, capture, hop.url, hop.status, hop.location)
        ours = {"source": source, "role": role, "asked": capture.url, "claimed": capture.claimed}
        ours["hops"] = [[hop.url, hop.status, hop.location] for hop in capture.hops]
        name = _name(source, capture, role)
        status = f"{capture.status} {_PHRASES.get(capture.status, '')}".rstrip()
        self._write(
            capture.final_url,
            name,
            capture.fetched_at,
            _message(status, _headers(capture)),
            capture.body,
            {
                "WARC-Payload-Digest": f"sha256:{capture.digest}",
                OURS: json.dumps({"policy-monitor": ours}, sort_keys=True),
            },
        )

    def _redirect(
        self, source: str, capture: Capture, url: str, status: int, location: str
    ) -> None:
        name = f"{source} {capture.fetched_at.isoformat()} {url} {location}"
        headers = [("Location", location), ("Content-Length", "0")]
        self._write(url, name, capture.fetched_at, _message(str(status), headers), b"", {})

    def _write(
        self,
        url: str,
        name: str,
        at: datetime,
        message: _Message,
        body: bytes,
        more: dict[str, str],
    ) -> None:
        record = self._writer.create_warc_record(
            _flat(url),
            "response",
            payload=BytesIO(body),
            length=len(body),
            http_headers=message,
            warc_headers_dict={
                "WARC-Date": _instant(at),
                "WARC-Record-ID": _id(name),
                **more,
            },
        )
        self._writer.write_record(record)


def record_id(source: str, capture: Capture, role: str) -> str:
    """Return the id of the record that holds a capture."""
    return _id(_name(source, capture, role))


def _name(source: str, capture: Capture, role: str) -> str:
    return f"{source} {capture.fetched_at.isoformat()} {capture.digest} {role}"


def _id(name: str) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, name)}>"


def kept(archive: Archive, source: str) -> Iterator[tuple[KeptCapture, Capture]]:
    """Yield the captures kept of a source, oldest first, each once, one body at a time.

    Raises `ArchiveError` where a body is damaged.
    """
    before = None
    for found in reversed(archive.kept(source)):
        # What was pending and then believed without another capture is kept in two roles.
        if (found.fetched_at, found.digest) == before:
            continue
        before = found.fetched_at, found.digest
        capture = archive.kept_capture(source, found.number)
        if capture is not None:
            yield found, capture


def _message(status: str, headers: Iterable[tuple[str, str]]) -> _Message:
    return _Message(status, list(headers), protocol="HTTP/1.1")


def _headers(capture: Capture) -> list[tuple[str, str]]:
    """Return the headers as they came, but for those that tell how the body was packed."""
    found = [(_flat(name), _flat(value)) for name, value in capture.headers]
    size = str(len(capture.body))
    kept = [
        (f"{ORIGINAL}{name}" if name.lower() in TRANSFER else name, value) for name, value in found
    ]
    return [*kept, ("Content-Length", size)]


def _flat(text: str) -> str:
    """Keep a header on its line, whatever it holds, and within UTF-8."""
    one = text.replace("\r", " ").replace("\n", " ")
    return one.encode("utf-8", "replace").decode("utf-8")


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
