"""Captures in a repository of snapshots of Open Terms Archive: a file a page, a commit a capture.

The repository is read by git and never written; only what is wanted is read of it.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from monitor.exchange.git_program import refusal, start
from monitor.exchange.payload import LARGEST
from monitor.exchange.skipped import UnusableError
from monitor.model import Capture

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import IO

MEDIA_TYPES = {
    "html": "text/html",
    "htm": "text/html",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "md": "text/markdown",
    "xhtml": "application/xhtml+xml",
}
"""By the end of a file's name. Texts were written as UTF-8, whatever they came as."""
_CHUNK = 1024 * 1024
_LOG = (
    *("-c", "log.showRoot=true", "log", "--no-merges", "--raw", "--no-renames", "--no-abbrev"),
    *("-z", "--format=%at"),
)


class Blob(NamedTuple):
    """One capture: when it was taken, and what git calls its bytes."""

    at: datetime
    name: str
    media_type: str


@dataclass(slots=True)
class Snapshots:
    """The captures of some files of a repository; reads it once to find them."""

    folder: Path
    wanted: Mapping[str, str]
    """Addresses of sources, by the name of their file without its ending: ``Acme/Terms``."""
    _found: dict[str, list[Blob]] = field(default_factory=dict, init=False)
    _reader: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @contextmanager
    def opened(self) -> Iterator[Snapshots]:
        """Find the captures, and keep git at hand to read them.

        Raises `UsageError` where it is no repository, or where git is missing.
        """
        self._found = self._read_log()
        self._reader = start(self.folder, "cat-file", "--batch", feed=True)
        try:
            yield self
        finally:
            self._reader.terminate()
            self._reader.communicate()
            self._reader = None

    def holds(self, url: str) -> bool:
        """Tell whether there is any capture of an address."""
        return url in self._found

    @property
    def anywhere(self) -> None:
        """Nothing: only this process has them."""

    def places(self, url: str) -> Iterator[Blob]:
        """Yield the captures of an address, oldest first."""
        yield from self._found.get(url, ())

    def count(self, url: str) -> int:
        """Count them."""
        return len(self._found.get(url, ()))

    def capture(self, url: str, place: Blob) -> Capture:
        """Read one; raises `UnusableError` where it is too large or not there."""
        text = not place.media_type.startswith("application/pdf")
        return Capture(
            url=url,
            final_url=url,
            fetched_at=place.at,
            status=200,
            media_type=place.media_type,
            charset="utf-8" if text else None,
            headers=(),
            body=self._read_blob(place.name),
            claimed=False,
        )

    def _read_blob(self, name: str) -> bytes:
        reader = self._reader
        assert reader is not None
        assert reader.stdin is not None
        assert reader.stdout is not None
        reader.stdin.write(name.encode() + b"\n")
        reader.stdin.flush()
        head = reader.stdout.readline().split()
        if len(head) != 3:  # noqa: PLR2004 - name, type and size; else it is missing
            raise UnusableError("damaged")
        size = int(head[2])
        if size > LARGEST:
            left = size + 1
            while left:
                left -= len(reader.stdout.read(min(left, _CHUNK)))
            raise UnusableError("too_large")
        body = reader.stdout.read(size)
        reader.stdout.read(1)
        return body

    def _read_log(self) -> dict[str, list[Blob]]:
        """Pass through all commits once; keep of each wanted file what it was, and when."""
        found: defaultdict[str, list[Blob]] = defaultdict(list)
        with start(self.folder, *_LOG) as log:
            assert log.stdout is not None
            at = None
            fields = _fields(log.stdout)
            for text in fields:
                if not text.startswith(b"\n:"):
                    at = int(text) if text.strip().isdigit() else at
                    continue
                path = next(fields, b"").decode("utf-8", "replace")
                stem, _, ending = path.rpartition(".")
                url, media_type = self.wanted.get(stem), MEDIA_TYPES.get(ending.lower())
                blob = text.split()[3].decode()
                if url and media_type and at is not None and blob.strip("0"):
                    found[url].append(Blob(datetime.fromtimestamp(at, UTC), blob, media_type))
            _, said = log.communicate()
        if log.returncode:
            raise refusal(self.folder, said)
        return {url: sorted(blobs) for url, blobs in found.items()}


def _fields(stream: IO[bytes]) -> Iterator[bytes]:
    """Cut what git writes at its zeros."""
    rest = b""
    while chunk := stream.read(65_536):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    if rest:
        yield rest
