"""What a capture says, whatever its source has shown before."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final

from monitor.apart import needs_apart, read_apart
from monitor.errors import ExtractError, FetchError
from monitor.extract import gate_digest
from monitor.extract.document import extract
from monitor.model import Blocked
from monitor.model.capture import MULTIPART
from monitor.model.pages import parted

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from monitor.model import Capture, Document, Rules, Source

MOST_WAITING = 4
"""Documents remembered at most, whatever waits."""

LARGE: Final = 1024 * 1024
"""Bytes of a body; the largest take seconds to read, and a gigabyte to compare."""
_FEW = BoundedSemaphore(2)
"""Pages read at once. More would take turns all the same, and hold tens of megabytes each."""
_ONE_LARGE = BoundedSemaphore(1)
_IN_LINE: deque[None] = deque()


@contextmanager
def turn_to_read(size: int, *, patience_s: float = 30.0) -> Iterator[None]:
    """Wait until a body of this size can be read; large ones wait for each other alone.

    Raises:
        FetchError: ``timeout``, where many large ones are in front.

    """
    place = _ONE_LARGE if size > LARGE else _FEW
    with _counted():
        taken = place.acquire(timeout=patience_s if size > LARGE else None)
    if not taken:
        raise FetchError("timeout", "too many large pages wait to be read; tried again")
    try:
        yield
    finally:
        place.release()


def waiting_to_be_read() -> int:
    """Count the bodies, in whatever thread, that wait for their turn."""
    return len(_IN_LINE)


@contextmanager
def _counted() -> Iterator[None]:
    # Of all collections, the methods of this one are safe to call from many threads.
    _IN_LINE.append(None)
    try:
        yield
    finally:
        _IN_LINE.pop()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a capture says, read without knowing the source's past."""

    gate: str
    found: Document | Blocked | None = None
    """`None` where it was not read, because its words are known."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The documents that wait for a further capture, so that they need not be read again."""

    _kept: deque[tuple[tuple[str, Rules, str], Document]] = field(
        default_factory=lambda: deque(maxlen=MOST_WAITING)
    )

    def keep(self, source: Source, digest: str, document: Document) -> None:
        """Remember what a capture with these bytes says, but for the largest."""
        if len(document.text) <= LARGE:
            self._kept.append(((source.id, source.rules, digest), document))

    def find(self, source: Source, digest: str) -> Document | None:
        """Return what a capture with these bytes says, if it is remembered."""
        wanted = source.id, source.rules, digest
        return next((document for key, document in tuple(self._kept) if key == wanted), None)


def prepare(source: Source, capture: Capture, *, known: Container[str | None] = ()) -> Prepared:
    """Read a capture, unless its gate is a known one; pure, so any process may do it."""
    gate = gate_digest(capture.body, capture.media_type, capture.charset)
    return Prepared(gate, None if gate in known else found_in(source, capture))


def read(source: Source, capture: Capture) -> Document:
    """Extract a capture under its source's rules; raises `ExtractError`."""
    capture = _wanted(capture, source)
    if needs_apart(capture):
        return read_apart(capture, source.rules)
    return extract(
        capture.body,
        url=capture.final_url,
        media_type=capture.media_type,
        charset=capture.charset,
        rules=source.rules,
    )


def found_in(source: Source, capture: Capture) -> Document | Blocked:
    """Extract a capture, or say why it is no policy."""
    try:
        return read(source, capture)
    except ExtractError as error:
        return Blocked(error.reason, str(error))


def _wanted(capture: Capture, source: Source) -> Capture:
    """Return the one page that is wanted of a capture of several."""
    if capture.media_type != MULTIPART or source.rules.pages:
        return capture
    try:
        found = next((part for part in parted(capture.body) if part.url == source.url), None)
    except (ValueError, KeyError):
        found = None
    if found is None:
        return capture
    return replace(
        capture,
        final_url=found.url,
        media_type=found.media_type,
        charset=found.charset,
        body=found.body,
    )
