"""Changes for an archive to owe, without a publisher: two texts that take turns."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from pages import page

from monitor import compare, extract
from monitor.model import Capture, Changed, Check, First, Source

if TYPE_CHECKING:
    from monitor.model import Comparison, Document
    from monitor.record import Archive, Recorded

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = Source("acme", "Acme", "privacy-policy", "Privacy policy", "https://acme.example/")


@cache
def _document(turn: int) -> Document:
    return extract(page("english", changed=bool(turn)), url=SOURCE.url, media_type="text/html")


@cache
def _comparison(turn: int) -> Comparison:
    return compare(_document(1 - turn), _document(turn))


def record(archive: Archive, number: int, at: datetime, channels: tuple[str, ...]) -> Recorded:
    """Record the first version as number 0, then one change a number."""
    capture = Capture(
        SOURCE.url, SOURCE.url, at, 200, "text/html", None, (), f"<p>{number}".encode()
    )
    turn = number % 2
    document = _document(turn)
    outcome = Changed(document, _comparison(turn), at) if number else First(document)
    return archive.record(Check(SOURCE, at, at, outcome, at, 1, capture, channels=channels))
