"""Changes for an archive to owe, without a publisher: two texts that take turns."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pages import page

from monitor import compare, extract
from monitor.model import Capture, Changed, Check, First, Source
from monitor.record import Archive

if TYPE_CHECKING:
    from monitor.model import Comparison, Document
    from monitor.record import Recorded

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = Source("acme", "Acme", "privacy-policy", "Privacy policy", "https://acme.example/")


@cache
def _document(turn: int) -> Document:
    return extract(page("english", changed=bool(turn)), url=SOURCE.url, media_type="text/html")


@cache
def _comparison(turn: int) -> Comparison:
    return compare(_document(1 - turn), _document(turn))


@cache
def _begun() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "monitor.db"
        with Archive.open(f"sqlite:///{file}") as archive:
            archive.adopt([SOURCE], START)
            record(archive, 0, START, ())
        return file.read_bytes()


def begun(file: Path) -> Archive:
    """Open a new archive that holds the first version; made once, for migrations take time."""
    file.write_bytes(_begun())
    return Archive.open(f"sqlite:///{file}", create=False)


def record(archive: Archive, number: int, at: datetime, channels: tuple[str, ...]) -> Recorded:
    """Record the first version as number 0, then one change a number."""
    capture = Capture(
        SOURCE.url, SOURCE.url, at, 200, "text/html", None, (), f"<p>{number}".encode()
    )
    turn = number % 2
    document = _document(turn)
    outcome = Changed(document, _comparison(turn), at) if number else First(document)
    return archive.record(Check(SOURCE, at, at, outcome, at, 1, capture, channels=channels))
