"""Which captures of which addresses stand where in a set of WARC files.

Holds a few bytes a capture and no body, so files may be of any size.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from monitor.errors import UsageError
from monitor.exchange.framing import frames
from monitor.exchange.skipped import UnusableError
from monitor.exchange.warc import LARGEST_BLOCK, PAGES, Record, bare, capture, status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from monitor.exchange.framing import Frame
    from monitor.exchange.skipped import Skipped
    from monitor.model import Capture

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NOWHERE = -1
_NOT_MODIFIED = 304
_MOST_UNKNOWN = 100_000
"""Addresses that belong to no source are told apart up to this number."""

Address = tuple[str, str, str]


class Place(NamedTuple):
    """One capture of an address."""

    at: datetime
    file: int
    """Number of the file that holds its body."""
    offset: int
    """Of the record that holds its body: an earlier one for a revisit."""


@dataclass(slots=True)
class _Address:
    """The captures of one address, a column a fact, in the order they were found."""

    at: array[int] = field(default_factory=lambda: array("q"))
    file: array[int] = field(default_factory=lambda: array("i"))
    offset: array[int] = field(default_factory=lambda: array("q"))
    body: array[int] = field(default_factory=lambda: array("Q"))
    """Names of the body a revisit is of, two each; zeros where there are none."""

    def add(self, at: datetime, file: int, offset: int, names: Sequence[int] = ()) -> None:
        self.at.append((at - _EPOCH) // _MICROSECOND)
        self.file.append(file)
        self.offset.append(offset)
        self.body.extend((*names, 0, 0)[:2])

    def resolve(self, bodies: Mapping[int, tuple[int, int] | None]) -> int:
        """Point every revisit to its body; return how many have none."""
        unresolved = 0
        for number, offset in enumerate(self.offset):
            if offset == _NOWHERE:
                names = self.body[2 * number : 2 * number + 2]
                found = next(filter(None, map(bodies.get, names)), None)
                self.file[number], self.offset[number] = found or (_NOWHERE, _NOWHERE)
                unresolved += found is None
        return unresolved

    def places(self) -> Iterator[Place]:
        for number in sorted(range(len(self.at)), key=self.at.__getitem__):
            if self.offset[number] != _NOWHERE:
                at = _EPOCH + self.at[number] * _MICROSECOND
                yield Place(at, self.file[number], self.offset[number])


@dataclass(frozen=True, slots=True)
class Files:
    """WARC files by number."""

    paths: tuple[Path, ...]

    def capture(self, url: str, place: Place) -> Capture:
        """Read one of the captures of an address.

        Raises:
            UnusableError: it cannot be used after all.
            UsageError: its file is gone.

        """
        path = self.paths[place.file]
        try:
            # There may be more files than a program may have open.
            with path.open("rb") as file:
                return capture(file, place.offset, url, place.at)
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None


class Index:
    """The captures of the wanted addresses in these files; made by reading them through."""

    def __init__(
        self,
        files: Sequence[Path],
        urls: Sequence[str],
        *,
        passed: Callable[[int, int], None] = lambda _file, _offset: None,
        policy: Callable[[str], bool] = lambda _url: False,
    ) -> None:
        """Read the files.

        Args:
            files: In the order in which captures of one instant are taken.
            urls: The wanted addresses; spellings of one are the same.
            passed: Told now and then of the file being read, and the offset reached in it.
            policy: Tells of another address whether it looks like a policy's.

        Raises:
            UsageError: a file cannot be read, or is no WARC file.

        """
        self.files = tuple(files)
        self.skipped: Skipped = Counter()
        self.seen: set[Address] = set()
        """Wanted addresses of which the files hold any record, usable or not."""
        self._passed, self._policy = passed, policy
        self._others: set[int] = set()
        self._wanted = {bare(url) for url in urls}
        self._captures: defaultdict[Address, _Address] = defaultdict(_Address)
        self._bodies: dict[int, tuple[int, int] | None] = {}
        """File and offset of what revisits are of, by name; `None` until it is found."""
        for number, path in enumerate(self.files):
            self._read(number, path)
        self._find_bodies()
        unresolved = sum(found.resolve(self._bodies) for found in self._captures.values())
        self.skipped["unresolved"] += unresolved

    @property
    def policies_elsewhere(self) -> int:
        """Count the addresses that look like policies and are not wanted."""
        return len(self._others)

    def holds(self, url: str) -> bool:
        """Tell whether there is any record of an address, usable or not."""
        return bare(url) in self.seen

    def count(self, url: str) -> int:
        """Count the captures of an address."""
        found = self._of(url)
        return sum(offset != _NOWHERE for offset in found.offset) if found else 0

    def places(self, url: str) -> Iterator[Place]:
        """Yield the captures of an address, oldest first; of one instant, in order of the files."""
        found = self._of(url)
        return found.places() if found else iter(())

    def capture(self, url: str, place: Place) -> Capture:
        """Read one of the captures of an address; raises what `Files.capture` does."""
        return self.anywhere(url, place)

    @property
    def anywhere(self) -> Callable[[str, Place], Capture]:
        """What reads one in another process as well."""
        return Files(self.files).capture

    def _of(self, url: str) -> _Address | None:
        address = bare(url)
        return self._captures.get(address) if address else None

    def _read(self, number: int, path: Path) -> None:
        for frame in frames(path):
            if frame is None:
                self.skipped["damaged"] += 1
                continue
            self._passed(number, frame.offset)
            try:
                self._take(frame, number)
            except UnusableError as error:
                self.skipped[error.reason] += 1

    def _take(self, frame: Frame, number: int) -> None:
        record = Record.read(frame.head)
        if not record.kind:
            return
        address = bare(record.url)
        if address is None or address not in self._wanted:
            self._pass_over(record, address)
            return
        self.seen.add(address)
        if record.kind == "response":
            _require_page(record, frame)
            self._captures[address].add(record.at, number, frame.offset)
        else:
            if status(record, frame.head) not in {0, *PAGES, _NOT_MODIFIED}:
                raise UnusableError("not_a_page")
            names = tuple(map(_key, record.refers_to))
            self._captures[address].add(record.at, number, _NOWHERE, names)
            self._bodies |= dict.fromkeys(names)

    def _pass_over(self, record: Record, address: Address | None) -> None:
        self.skipped["elsewhere"] += 1
        if address is None or len(self._others) >= _MOST_UNKNOWN:
            return
        key = _key(" ".join(address))
        if key not in self._others and self._policy(record.url):
            self._others.add(key)

    def _find_bodies(self) -> None:
        """Read the files once more, where there are revisits: any record may hold their bodies."""
        for number, path in enumerate(self.files):
            if None not in self._bodies.values():
                return
            for frame in frames(path):
                if frame is not None:
                    self._passed(number, frame.offset)
                    self._offer(frame, number)

    def _offer(self, frame: Frame, number: int) -> None:
        try:
            record = Record.read(frame.head)
            keys = [key for key in map(_key, record.names) if self._bodies.get(key, ...) is None]
            if keys and record.kind == "response":
                _require_page(record, frame)
                self._bodies |= dict.fromkeys(keys, (number, frame.offset))
        except UnusableError:
            # Counted when it was read first.
            return


def _require_page(record: Record, frame: Frame) -> None:
    record.require_whole()
    if status(record, frame.head) not in PAGES:
        raise UnusableError("not_a_page")
    if frame.block > LARGEST_BLOCK:
        raise UnusableError("too_large")


def _key(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")
