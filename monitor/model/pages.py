"""Several pages as one capture: their exact bytes in the parts of a multipart body (RFC 2046).

The body depends on the addresses, media types and bytes of the pages alone, so that equal pages
make equal bodies; what else their servers said is among the headers of the capture, by the number
of the page. Parts are cut by their length, never by searching.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.model.capture import MULTIPART, RENDERED_BY, Capture, Validators

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PREFIX = "page-"
_UNTRUE = ("content-length", "content-encoding", "transfer-encoding", "connection")


@dataclass(frozen=True, slots=True)
class Part:
    """One page of several."""

    url: str
    """The address asked for."""
    media_type: str
    charset: str | None
    body: bytes
    """As it was captured, to the byte."""


def joined(captures: Sequence[Capture]) -> Capture:
    """Make one capture of several pages, in their order; `parted` gives them back."""
    first = captures[0]
    seed = hashlib.sha256(b"".join(bytes.fromhex(page.digest) for page in captures))
    boundary = f"page-{seed.hexdigest()[:32]}"
    body = b"".join(_written(page, boundary) for page in captures) + f"--{boundary}--\r\n".encode()
    headers = [("content-type", f'{MULTIPART}; boundary="{boundary}"')]
    rendered = {page.rendered_by for page in captures} - {""}
    headers += [(RENDERED_BY, name) for name in sorted(rendered)[:1]]
    if (validators := packed([page.validators for page in captures])).etag:
        headers.append(("etag", validators.etag))
    for number, page in enumerate(captures, 1):
        headers.append((f"{_PREFIX}{number}-location", page.final_url))
        headers += [
            (f"{_PREFIX}{number}-{name}", value)
            for name, value in page.headers
            if name.lower() not in _UNTRUE
        ]
    return Capture(
        url=first.url,
        final_url=first.final_url,
        fetched_at=max(page.fetched_at for page in captures),
        status=first.status,
        media_type=MULTIPART,
        charset=None,
        headers=tuple(headers),
        body=body,
        hops=tuple(hop for page in captures for hop in page.hops),
    )


def _written(page: Capture, boundary: str) -> bytes:
    charset = f"; charset={page.charset}" if page.charset else ""
    head = (
        f"--{boundary}\r\nContent-Location: {page.url}\r\n"
        f"Content-Type: {page.media_type or 'application/octet-stream'}{charset}\r\n"
        f"Content-Length: {len(page.body)}\r\n\r\n"
    )
    return head.encode() + page.body + b"\r\n"


def parted(body: bytes) -> tuple[Part, ...]:
    """Cut a body that `joined` made into its pages.

    Raises `ValueError` where it is none, or cut short.
    """
    return tuple(_parts(body))


def _parts(body: bytes) -> Iterator[Part]:
    boundary = body[: body.index(b"\r\n")]
    place = 0
    while not body.startswith(boundary + b"--", place):
        end = body.index(b"\r\n\r\n", place)
        first, *lines = body[place:end].decode().split("\r\n")
        if first.encode() != boundary:
            raise ValueError("a part does not begin where it should")
        headers = dict(line.split(": ", 1) for line in lines)
        media_type, _, charset = headers["Content-Type"].partition("; charset=")
        start = end + len(b"\r\n\r\n")
        place = start + int(headers["Content-Length"])
        if not body.startswith(b"\r\n", place):
            raise ValueError("a part does not end where it should")
        yield Part(headers["Content-Location"], media_type, charset or None, body[start:place])
        place += len(b"\r\n")


def packed(validators: Sequence[Validators]) -> Validators:
    """Write the validators of several pages as those of one; none where a page has none."""
    if not all(validators):
        return Validators()
    return Validators(json.dumps([[one.etag, one.last_modified] for one in validators]))


def unpacked(validators: Validators | None, pages: int) -> tuple[Validators | None, ...]:
    """Return the validators of each page; none where they were those of other pages."""
    try:
        found = json.loads(validators.etag or "") if validators else []
        each = tuple(Validators(etag, modified) for etag, modified in found)
    except (ValueError, TypeError):
        each = ()
    return each if len(each) == pages else (None,) * pages
