"""What arrived: a body with its address, time, media type and headers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model.source import Rules


MULTIPART = "multipart/mixed"
"""Media type of a capture of several pages; `monitor.model.pages` makes and cuts it."""
RENDERED_BY = "x-rendered-by"
"""A header of our own: the browser whose markup, after scripts have run, a body is."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect on the way to a capture."""

    url: str
    status: int
    location: str


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave for asking "has it changed?" (RFC 9110, section 13)."""

    etag: str | None = None
    last_modified: str | None = None

    def __bool__(self) -> bool:
        """Tell whether a conditional request is possible."""
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True)
class Capture:
    """The exact bytes of one response, decompressed, wherever they came from."""

    url: str
    """The address asked for."""
    final_url: str
    """The address that answered, after redirects."""
    fetched_at: datetime
    """UTC."""
    status: int
    media_type: str
    """Lower-case type/subtype without parameters; empty where the server gave none."""
    charset: str | None
    """From the Content-Type header; `None` where it names none."""
    headers: tuple[tuple[str, str], ...]
    body: bytes
    hops: tuple[Hop, ...] = ()
    claimed: bool = True
    """False where `fetched_at` is an archive's claim rather than our own clock."""

    @property
    def rendered_by(self) -> str:
        """The browser that made the body; empty for one that is as its server sent it."""
        return dict(self.headers).get(RENDERED_BY, "")

    @property
    def digest(self) -> str:
        """SHA-256 of the body, hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def validators(self) -> Validators:
        """ETag and Last-Modified of this response; of several pages, those of all in one."""
        found = {name.lower(): value for name, value in self.headers}
        return Validators(found.get("etag"), found.get("last-modified"))


@dataclass(frozen=True, slots=True)
class KeptCapture:
    """A capture in the archive, as a list shows it: without its body."""

    number: int
    role: Literal["version", "pending", "variant", "quarantine", "seen"]
    """Why it is kept."""
    reason: str
    """What the guard, or the comparison, said of it; empty for versions."""
    fetched_at: datetime
    """UTC."""
    digest: str
    size: int
    """Bytes of the body."""
    status: int
    final_url: str
    media_type: str
    rules: Rules | None = None
    """The rules it was read under; `None` where they are not known."""
    seen_until: datetime | None = None
    """UTC; the last time the text of this version was seen; `None` for other captures."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server said 304: the last capture still stands."""

    url: str
    fetched_at: datetime
