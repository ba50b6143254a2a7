"""What a daemon holds on to over a long life, compressed into minutes.

    python benchmarks/endurance.py [--minutes 20] [--sources 50]

One `monitor run` over the publishers of `publishers.py`. As soon as every source has been checked
all are made due again, so that hundreds of its days pass; what the publishers answer changes from
pass to pass (the same, 304, noise, a changed sentence, 503), and the configuration is read again
now and then. Prints memory, file descriptors, threads and the size of the write-ahead log once a
minute, and ends with code 1 where the last quarter holds more than the second one by more than the
bounds it prints. The first quarter is for warming up.
"""

from __future__ import annotations

import argparse
import itertools
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory

from checks import SECRET, Monitor, publishing

MODES = ("same", "304", "noise", "changed", "304", "noise", "down", "down", "same", "noise")
RELOAD_EVERY = 20
"""Passes between two readings of the configuration."""
PATIENCE_S = 120
PAST = "2020-01-01T00:00:00.000000Z"
CONFIG = 'every = "1d"\nalert_after = 2\n'


@dataclass(frozen=True)
class Held:
    """What the daemon holds at a moment."""

    memory_mib: float
    descriptors: float
    threads: float
    log_mib: float


BOUNDS = Held(memory_mib=16, descriptors=12, threads=4, log_mib=8)
"""By how much each may grow."""


def held(pid: int, database: Path) -> Held:
    """Look at a process."""
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    )
    log = Path(f"{database}-wal")
    return Held(
        int(status["VmRSS"].split()[0]) / 1024,
        len(list(Path(f"/proc/{pid}/fd").iterdir())),
        int(status["Threads"]),
        log.stat().st_size / 2**20 if log.exists() else 0,
    )


class Life:
    """One daemon, and what it is made to go through."""

    def __init__(self, monitor: Monitor, sources: int) -> None:
        self.database = monitor.database
        self.sources = sources
        config = monitor.folder / "sources.toml"
        text = config.read_text("utf-8").replace("[defaults]\n", "[defaults]\n" + CONFIG)
        config.write_text(text, "utf-8")
        options = ["--config", str(config), "--database", str(self.database)]
        self.daemon = subprocess.Popen(
            [sys.executable, "-m", "monitor", *options, "run", "--no-web"],
            env=os.environ | {"HOOK_SECRET": SECRET, "NO_COLOR": "1"},
            stdout=subprocess.DEVNULL,
            stderr=(monitor.folder / "errors.txt").open("wb"),
        )

    def until_checked(self, times: int) -> None:
        """Wait until every source has been checked so often."""
        end = time.monotonic() + PATIENCE_S
        while self._least() < times:
            if self.daemon.poll() is not None:
                sys.exit(f"the daemon ended with {self.daemon.returncode}")
            if time.monotonic() > end:
                sys.exit("the daemon checks no more")
            time.sleep(0.05)

    def hurry(self) -> int:
        """Have every source due, and return how often each was checked."""
        with closing(self._connect()) as database, database:
            database.execute("UPDATE sources SET next_check_at = ?", (PAST,))
            return int(database.execute("SELECT max(checks) FROM sources").fetchone()[0])

    def reload(self) -> None:
        """Have the configuration read again."""
        self.daemon.send_signal(signal.SIGHUP)

    def end(self) -> int:
        """Stop it as a service manager does; return its exit code."""
        self.daemon.send_signal(signal.SIGTERM)
        return self.daemon.wait(60)

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        with closing(self._connect()) as database:
            return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

    def _least(self) -> int:
        if not self.database.exists():
            return 0
        with closing(self._connect()) as database:
            try:
                return int(database.execute("SELECT min(checks) FROM sources").fetchone()[0] or 0)
            except sqlite3.OperationalError:
                return 0

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.database, timeout=60)


def report(seen: list[Held]) -> bool:
    """Print how much more the last quarter holds than the second; tell whether that is too much."""
    quarter = len(seen) // 4
    early, late = seen[quarter : 2 * quarter], seen[-quarter:]
    excess = False
    for at, (field, bound) in enumerate(zip(fields(Held), astuple(BOUNDS), strict=True)):
        before, after = (
            statistics.median(astuple(one)[at] for one in part) for part in (early, late)
        )
        excess |= after - before > bound
        print(f"{field.name:12} {before:8.1f} -> {after:8.1f}, may grow by {bound}")
    return excess


def main() -> None:
    """Let a daemon live."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--sources", type=int, default=50)
    given = parser.parse_args()
    with TemporaryDirectory() as scratch, publishing(given.sources) as publishers:
        life = Life(Monitor(Path(scratch), publishers), given.sources)
        seen: list[Held] = []
        try:
            life.until_checked(1)
            end = time.monotonic() + 60 * given.minutes
            tell = 0.0
            for number in itertools.count(1):
                publishers.ask(f"/mode?mode={MODES[number % len(MODES)]}&pass={number}")
                if number % RELOAD_EVERY == 0:
                    life.reload()
                life.until_checked(life.hurry() + 1)
                seen.append(held(life.daemon.pid, life.database))
                if time.monotonic() > tell:
                    print(f"pass {number}: {seen[-1]}", flush=True)
                    tell = time.monotonic() + 60
                if time.monotonic() > end:
                    break
            told = {table: life.count(table) for table in ("checks", "changes", "outages")}
            print(f"{len(seen)} passes, {told}; exit code {life.end()}")
        finally:
            life.daemon.kill()
            life.daemon.wait()
        sys.exit(report(seen))


if __name__ == "__main__":
    main()
