"""What a history can be held against: links of a chain, each the digest of what it stands for.

docs/evidence.md describes the texts, so that anybody can check them without this program.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

LinkKind = Literal["capture", "version", "pruned", "upgraded"]


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a source's chain: a capture or a version that was kept, or a note."""

    number: int
    """Counts from 1 within a source, without a gap."""
    kind: LinkKind
    digest: str
    """SHA-256 of its text when it was written, hexadecimal; the next link holds it too."""
    text: str | None
    """The canonical text of what is kept today; `None` where that was pruned since."""
    capture: int | None = None
    """Number of the kept capture it stands for."""
    version: int | None = None
    """Number of the version it stands for."""

    @property
    def whole(self) -> bool:
        """Whether what is kept today is what was linked; also where it was pruned."""
        return self.text is None or text_digest(self.text) == self.digest


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a chain, at a time."""

    source: str
    number: int
    """Of the link."""
    digest: str
    """Of the link, hexadecimal."""

    @property
    def leaf(self) -> str:
        """SHA-256 of the text that names it, as a seal holds it."""
        entry = {"source": self.source, "number": self.number, "head": self.digest}
        return text_digest(canonical(entry))


@dataclass(frozen=True, slots=True)
class Seal:
    """A time stamp of an authority over heads of chains."""

    sealed_at: datetime
    """UTC; the time the authority vouches for."""
    authority: str
    """The address that was asked."""
    heads: tuple[Head, ...]
    token: bytes = field(repr=False)
    """The authority's answer (RFC 3161, ``TimeStampResp``), DER."""

    @property
    def text(self) -> str:
        """The canonical text whose SHA-256 the authority stamped."""
        return sealed_text(self.heads)

    def reaches(self, source: str) -> int:
        """Return the number of the link of a source that it is over; the source is among them."""
        return next(head.number for head in self.heads if head.source == source)

    @property
    def whole(self) -> bool:
        """Whether the token names the digest of the text; its signature is not looked at."""
        return hashlib.sha256(self.text.encode("ascii")).digest() in self.token


@dataclass(frozen=True, slots=True)
class Break:
    """Something that a chain does not vouch for."""

    link: int | None
    """Number of the link; `None` where what is kept is in none."""
    what: str
    """One sentence for a person."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of holding a source's history against its chain."""

    source: str
    links: int
    pruned: int
    """Links whose capture or version was pruned; their digests still hold the chain together."""
    head: str
    """Digest of the last link; empty where there is none."""
    breaks: tuple[Break, ...]
    """Everything wrong, the first broken link first; empty where the history is whole."""
    seals: tuple[Seal, ...] = ()
    """Time stamps over the chain, oldest first; their signatures are not looked at."""


def canonical(entry: Mapping[str, Any]) -> str:
    """Write an entry as the one text its digest is taken of: ASCII JSON with sorted keys."""
    return json.dumps(entry, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


# One seal stands over many chains, and each of them is held against it.
@lru_cache(maxsize=1024)
def sealed_text(heads: tuple[Head, ...]) -> str:
    """Write what a seal over these heads is taken of: it tells nobody which sources they are of."""
    return canonical({"format": 1, "kind": "seal", "heads": sorted(head.leaf for head in heads)})


def text_digest(text: str) -> str:
    """Return the SHA-256 of a canonical text, hexadecimal."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def stamp(moment: datetime) -> str:
    """Write an aware UTC time as canonical texts have it: ``2026-01-31T09:30:00.000000Z``."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
