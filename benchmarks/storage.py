"""What an archive takes on disk and how fast it is read, beside git with the same captures.

    python benchmarks/storage.py sqlite:////path/monitor.db

Copies the archive, writes every capture it keeps into a new git repository (one file a source, one
commit a capture), repacks that as hard as git can, and prints both sizes, bytes for each recorded
change, and how long it takes to read each version and each body. Changes nothing.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from monitor.record import Archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def bodies(archive: Archive) -> Iterator[tuple[int, str, bytes]]:
    """Yield every kept capture: seconds, source, bytes."""
    for source in archive.sources():
        for kept in archive.kept(source.id):
            capture = archive.kept_capture(source.id, kept.number)
            assert capture is not None
            yield int(capture.fetched_at.timestamp()), source.id, capture.body


def repository(folder: Path, archive: Archive) -> tuple[int, int]:
    """Write the captures into a repository; return how many, and its bytes once repacked."""
    git = [shutil.which("git") or "git", "-C", str(folder)]
    subprocess.run([*git, "init", "-q", "--bare"], check=True)
    count = 0
    with subprocess.Popen([*git, "fast-import", "--quiet"], stdin=subprocess.PIPE) as running:
        assert running.stdin is not None
        write = running.stdin.write
        for at, source, body in sorted(bodies(archive), key=lambda found: found[:2]):
            count += 1
            write(f"commit refs/heads/main\ncommitter m <m@example.org> {at} +0000\n".encode())
            write(f"data 1\nx\nM 100644 inline {source}\ndata {len(body)}\n".encode())
            write(body + b"\n")
    subprocess.run([*git, "gc", "--aggressive", "--prune=now", "-q"], check=True)
    return count, sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


CHANGES = """
SELECT (SELECT sum(length(packed)) FROM contents WHERE id IN (
    SELECT n.body FROM snapshots n JOIN versions v ON v.snapshot_id = n.id WHERE v.number > 1
    UNION SELECT n.body FROM snapshots n WHERE n.role = 'pending'
    UNION SELECT document FROM versions WHERE number > 1
)) + (SELECT sum(length(comparison)) FROM changes)
"""


def cost(database: Path) -> int:
    """Return the bytes that changes take: both captures of each, documents, edits."""
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(CHANGES).fetchone()[0] or 0)


def timed(ask: Callable[[], object]) -> float:
    """Return the milliseconds of CPU an answer takes."""
    start = time.process_time()
    ask()
    return (time.process_time() - start) * 1_000


def slowest(asked: list[Callable[[], object]]) -> str:
    """Ask everything three times, and say how long the best of these took."""
    took = sorted(min(timed(ask) for _ in range(3)) for ask in asked)
    middle, late = took[len(took) // 2], took[len(took) * 99 // 100]
    return f"{len(took)}: median {middle:.1f} ms, p99 {late:.1f} ms, slowest {took[-1]:.1f} ms"


def main() -> None:
    """Measure one archive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", help="Address of an SQLite archive.")
    given = parser.parse_args()
    with (
        Archive.open(given.archive, create=False) as archive,
        TemporaryDirectory() as place,
        TemporaryDirectory() as scratch,
    ):
        copy = Path(place) / "copy.db"
        archive.upkeep.back_up(copy)
        sources = archive.sources()
        changes = sum(len(archive.history([source.id])) for source in sources)
        versions = [
            (source.id, one.number) for source in sources for one in archive.versions(source.id)
        ]
        kept = [(source.id, one.number) for source in sources for one in archive.kept(source.id)]
        raw = sum(len(body) for _, _, body in bodies(archive))
        count, packed = repository(Path(scratch), archive)
        stored = copy.stat().st_size
        print(f"{len(sources)} sources, {len(versions)} versions, {changes} changes")
        print(f"{count} captures of {raw / 1e6:.1f} MB in {stored / 1e3:,.0f} kB")
        print(f"the same captures in git, repacked: {packed / 1e3:,.0f} kB")
        print(f"for each change: {cost(copy) / max(1, changes) / 1e3:.1f} kB")
        print("versions", slowest([lambda at=at: archive.version(*at) for at in versions]))
        print("captures", slowest([lambda at=at: archive.kept_capture(*at) for at in kept]))


if __name__ == "__main__":
    main()
