"""Workers that share what schedulers find due, one of them killed: nothing twice, nothing lost."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import psycopg
import pytest
from pages import page
from postgres_server import on_server
from surroundings import Answer, Program, Receiver, Site, publishing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from forked import Forked

CONFIG = """[defaults]
every = "300d"
jitter = "0s"
confirm_after = "0s"
allow_private = true
robots = false

[monitor]
host_spacing = "0s"

[channels.hook]
type = "webhook"
url = "{hook}"
secret = "env:HOOK_SECRET"
allow_private = true
"""
NAMES = ("english", "german", "french", "japanese", "table")
PUBLISHERS = 4
PATIENCE_S = 60.0


class Cluster:
    """A scheduler and workers on one database, and what they watch."""

    def __init__(self, program: Program, address: str, sites: list[Site], hook: str) -> None:
        self.program = program
        self.sites = sites
        self.raw = address.replace("+psycopg", "")
        self.options = ["--config", str(program.config), "--database", address]
        sources = "".join(
            f'[[source]]\nid = "{name}-{at}"\nurl = "{site.url(f"/{name}")}"\n'
            for at, site in enumerate(sites)
            for name in NAMES
        )
        program.write(CONFIG.format(hook=hook) + sources)
        self.publish(changed=False)
        self.running: list[Forked] = []

    def publish(self, *, changed: bool) -> None:
        """Serve every policy in one of its two forms."""
        for site in self.sites:
            for name in NAMES:
                site.answers[f"/{name}"] = Answer(page(name, changed=changed))

    def start(self, *arguments: str) -> Forked:
        """Start a program of the cluster."""
        out = self.program.folder / f"{arguments[0]}-{len(self.running)}.txt"
        out.touch()
        self.running.append(self.program.start(*arguments, out=out, options=self.options))
        return self.running[-1]

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """Ask the database."""
        with psycopg.connect(self.raw, autocommit=True) as connection:
            return connection.execute(question.encode()).fetchall()

    def again(self) -> None:
        """Have every source due now."""
        with psycopg.connect(self.raw, autocommit=True) as connection:
            connection.execute("UPDATE sources SET next_check_at = now()")

    def until(self, met: Callable[[], object]) -> None:
        """Wait for a condition; fail with what the programs said."""
        end = time.monotonic() + PATIENCE_S
        while not met():
            said = [path.read_text("utf-8") for path in self.program.folder.glob("*-*.txt")]
            assert time.monotonic() < end, "\n".join(said)
            time.sleep(0.05)

    def close(self) -> None:
        """End what still runs."""
        for child in self.running:
            if child.poll() is None:
                child.kill()
                child.wait()


@pytest.fixture
def cluster(postgres: str, tmp_path: Path, receiver: Receiver) -> Iterator[Cluster]:
    """Configure twenty policies of four publishers, on a database of their own."""
    on_server(postgres, "CREATE DATABASE cluster")
    with ExitStack() as stack:
        sites = [stack.enter_context(publishing()) for _ in range(PUBLISHERS)]
        program = Program(tmp_path)
        built = Cluster(program, postgres.replace("NAME", "cluster"), sites, receiver.url)
        stack.callback(on_server, postgres, "DROP DATABASE cluster WITH (FORCE)")
        stack.callback(built.close)
        yield built


def test_a_killed_worker_loses_nothing_and_repeats_nothing(
    cluster: Cluster, receiver: Receiver
) -> None:
    """Each due source is checked once, each change is told once, by two schedulers together."""
    every = len(NAMES) * PUBLISHERS
    schedulers = [cluster.start("run", "--cluster", "--no-web") for _ in range(2)]
    cluster.until(lambda: cluster.ask("SELECT to_regclass('procrastinate_jobs')")[0][0])
    workers = [cluster.start("worker", "--threads", "4") for _ in range(2)]
    done = "SELECT sum(checks), min(checks) FROM sources"
    cluster.until(lambda: cluster.ask(done)[0][1] == 1)

    cluster.publish(changed=True)
    cluster.again()
    cluster.until(lambda: int(str(cluster.ask(done)[0][0])) > every + 2)
    workers[0].kill()
    workers[0].wait()
    workers[0] = cluster.start("worker", "--threads", "4")
    cluster.until(lambda: cluster.ask(done)[0][1] == 2)
    cluster.until(lambda: len({one["id"] for one in receiver.verified}) == every)

    for child in [*schedulers, *workers]:
        child.send_signal(signal.SIGTERM)
    assert [child.wait(20) for child in [*schedulers, *workers]] == [0] * 4
    assert cluster.ask("SELECT DISTINCT checks FROM sources") == [(2,)]
    assert cluster.ask("SELECT count(*) FROM changes") == [(every,)]
    assert cluster.ask("SELECT DISTINCT state FROM deliveries") == [("sent",)]


def test_a_cluster_needs_a_server_database(program: Program) -> None:
    """The message says what to give."""
    program.write('[[source]]\nid = "a"\nurl = "https://a.example/"\n')
    for command in (("worker",), ("run", "--cluster", "--no-web")):
        done = program.run(*command)
        assert done.returncode == 2
        assert "a cluster needs PostgreSQL: --database postgresql+psycopg://" in done.stderr
