"""How long long histories take to read: many sources, many captures each.

    python benchmarks/history_scale.py [--sources 2000] [--captures 500] [--changes 5]

Records made-up histories through the archive (the bodies of each source are its own, their text is
not), prints the size of the database at each quarter, and then the CPU (user and system) of
`monitor history`, `show --at` and `diff` on one source, beyond what the same commands take on
histories of four captures.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from monitor.compare import compare
from monitor.extract import REVISION, extract
from monitor.model import Capture, Changed, Check, First, Source, Unchanged
from monitor.record import Archive

if TYPE_CHECKING:
    from monitor.model import Document

START = datetime(2020, 1, 1, tzinfo=UTC)
STEP = timedelta(hours=12)
COMMANDS = (
    ("history", "s7"),
    ("history", "s7", "--all"),
    ("show", "s7", "--at", "2020-03-01"),
    ("show", "s7"),
    ("diff", "s7"),
    ("diff", "s7", "--since", "2020-03-01"),
    ("status", "s7"),
)


def body(version: int) -> bytes:
    """Return a policy of 20 kB that says something else in each version."""
    said = "".join(
        f"<h2>{n}. Part {n}</h2><p>{'We keep what you give us while we need it. ' * 15}</p>"
        for n in range(1, 25)
    )
    return (
        f"<html lang=en><body><main><h1>Privacy Policy</h1>{said}<h2>30. Period</h2>"
        f"<p>We keep records for {30 + version} days.</p></main></body></html>"
    ).encode()


class Story:
    """One history, recorded for any number of sources."""

    def __init__(self, changes: int) -> None:
        self.bodies = [body(version) for version in range(changes + 1)]
        self.documents: list[Document] = [
            extract(found, url="https://a.example/") for found in self.bodies
        ]
        self.edits = [
            compare(old, new) for old, new in zip(self.documents, self.documents[1:], strict=False)
        ]

    def record(self, archive: Archive, source: Source, captures: int) -> None:
        """Record the captures of one source, its changes evenly among them."""
        every = max(1, captures // len(self.bodies))
        own = f"<main data-site={source.id}>".encode()
        bodies = [found.replace(b"<main>", own) for found in self.bodies]
        for number in range(captures):
            at = START + number * STEP
            version, rest = divmod(number, every)
            base = None if number == 0 else version if rest == 0 else version + 1
            if version >= len(self.bodies):
                version, rest, base = len(self.bodies) - 1, 1, len(self.bodies)
            capture = Capture(
                source.url, source.url, at, 200, "text/html", "utf-8", (), bodies[version]
            )
            if number == 0:
                outcome: First | Changed | Unchanged = First(self.documents[0])
            elif rest == 0:
                outcome = Changed(
                    self.documents[version], self.edits[version - 1], at, from_version=base
                )
            else:
                outcome = Unchanged("body")
            archive.record(
                Check(source, at, at, outcome, at + STEP, REVISION, capture, base=base), owner=""
            )


def build(folder: Path, sources: int, captures: int, changes: int) -> None:
    """Record all histories, and tell how the database grows."""
    watched = [
        Source(f"s{n}", f"Site {n}", "privacy-policy", "Policy", f"https://s{n}.example/")
        for n in range(sources)
    ]
    entries = (f'[[source]]\nid = "{one.id}"\nurl = "{one.url}"\n' for one in watched)
    (folder / "sources.toml").write_text("".join(entries), "utf-8")
    (folder / "sources.toml").chmod(0o600)
    story = Story(changes)
    with Archive.open(f"sqlite:///{folder}/monitor.db") as archive:
        archive.adopt(watched, START)
        for number, source in enumerate(watched, 1):
            story.record(archive, source, captures)
            if number % max(1, sources // 4) == 0:
                size = archive.upkeep.size()
                print(f"{number * captures:>9,} captures: {size / 1e6:8.1f} MB", flush=True)


def cpu(folder: Path, arguments: tuple[str, ...]) -> float:
    """Return the milliseconds of CPU a command takes, at best."""
    options = [
        "--config",
        str(folder / "sources.toml"),
        "--database",
        f"sqlite:///{folder}/monitor.db",
    ]
    command = [sys.executable, "-m", "monitor", *options, *arguments]
    took = []
    for _ in range(5):
        with subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""},
        ) as running:
            _, status, usage = os.wait4(running.pid, 0)
            running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode not in {0, 1}:
            sys.exit(f"{arguments} ended with {running.returncode}")
        took.append((usage.ru_utime + usage.ru_stime) * 1_000)
    return min(took)


def main() -> None:
    """Build, and ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=2000)
    parser.add_argument("--captures", type=int, default=500)
    parser.add_argument("--changes", type=int, default=5)
    given = parser.parse_args()
    with TemporaryDirectory() as small, TemporaryDirectory() as large:
        build(Path(small), 8, 2 * (1 + 1), 1)
        build(Path(large), given.sources, given.captures, given.changes)
        for arguments in COMMANDS:
            little, much = cpu(Path(small), arguments), cpu(Path(large), arguments)
            print(f"{' '.join(arguments):32} {much - little:6.0f} ms beyond {little:.0f} ms")


if __name__ == "__main__":
    main()
