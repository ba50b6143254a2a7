"""Kills the daemon again and again while everything around it fails, and counts what came of it.

    PYTHONPATH=tests python tests/faults/soak.py --kills 200 --minutes 20 --seed 1

Every random decision comes from the seed; what the machine makes of it differs from run to run.
"""

from __future__ import annotations

import argparse
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from faulty_publishers import Publishers, publishers
from faulty_receivers import MAIL_FAULTS, WEBHOOK_FAULTS, Receiver, hooks, taking_mail
from soak_account import GONE, Account, Counts
from surroundings import Program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from forked import Forked

    Daemon = subprocess.Popen[bytes] | Forked

SOURCES = ("acme", "globex", "initech", "umbrella", "hooli", "wonka")
SHARE = 0.35
"""Share of the requests that fail."""
PATIENCE_S = 60
BUSY_S = 2
"""How long the daemon waits for the database; shorter than some of the locks."""
STORAGE_FAILED = 4
PAST = "2020-01-01T00:00:00.000000Z"
ROUNDS = ("kill", "kill", "kill", "disk", "lock", "two", "forward", "back")
"""What eight rounds in a row bring, in any order."""

HEAD = """[defaults]
every = "1m"
jitter = "0s"
confirm_after = "0s"
allow_private = true
robots = false

[monitor]
host_spacing = "0s"

[channels.hook]
type = "webhook"
url = "http://127.0.0.1:{hook}/hook"
secret = "env:HOOK_SECRET"
allow_private = true
timeout = "1s"

[channels.mail]
type = "email"
host = "127.0.0.1"
port = {mail}
security = "none"
from = "Monitor <monitor@example.org>"
to = ["reader@example.org"]
timeout = "1s"

[channels.gone]
type = "webhook"
url = "http://127.0.0.1:{gone}/gone"
secret = "env:HOOK_SECRET"
allow_private = true
timeout = "1s"

[channels.digest]
type = "webhook"
url = "http://127.0.0.1:{digest}/hook"
secret = "env:HOOK_SECRET"
allow_private = true
timeout = "1s"
digest = "hourly"
"""


@dataclass
class Soak:
    """One daemon after another on one database, and the world around them."""

    program: Program
    dice: random.Random
    published: Publishers
    receivers: dict[str, Receiver]
    installed: bool = True
    """Whether each daemon imports the program anew, rather than being forked from one that has."""
    counts: Counts = field(default_factory=Counts)
    plan: list[str] = field(default_factory=list)

    def configure(self) -> None:
        """Write the configuration."""
        ports = {name: receiver.port for name, receiver in self.receivers.items()}
        sources = (
            f'[[source]]\nid = "{name}"\nurl = "{url}"\n'
            for name, url in self.published.addresses.items()
        )
        self.program.write("\n".join([HEAD.format(**ports), *sources]))

    def begin(self) -> None:
        """Record the first versions, in peace."""
        with self._running() as daemon:
            self._until(
                lambda: self._value("select count(*) from versions") == len(SOURCES), daemon
            )
            daemon.terminate()
            assert daemon.wait(20) == 0

    def round(self) -> None:
        """Let the daemon work for a moment among faults, then kill it."""
        for name in self.dice.sample(SOURCES, self.dice.randint(1, 4)):
            self.published.publish(name)
        self._hurry()
        self.plan = self.plan or self.dice.sample(ROUNDS, len(ROUNDS))
        fault = self.plan.pop()
        self.counts.faults[fault] += 1
        with self._running() as daemon:
            # Half of the time the program is still starting, half of the time at work.
            self._pause(daemon, self.dice.uniform(0.2, 2.5))
            if fault == "two":
                with self._running() as other:
                    self._pause(other, self.dice.uniform(0.5, 2))
                    self._kill(other)
            elif fault != "kill":
                getattr(self, f"_{fault}")(daemon)
            self._kill(daemon)

    def drain(self) -> None:
        """Let a daemon work in peace until nothing is left to do; it must end cleanly."""
        for receiver in self.receivers.values():
            receiver.share = 0.0
        self._hurry()
        with self._running() as daemon:
            self._until(lambda: self._hurried() and self._settled(), daemon)
            daemon.terminate()
            assert daemon.wait(20) == 0, self._said()

    def account(self) -> Account:
        """Compare what is stored with what was published and what arrived."""
        return Account(
            self.program.database,
            {name: self.published.words(name) for name in SOURCES},
            {name: self.published.word(name) for name in SOURCES},
            self.receivers,
        )

    @contextmanager
    def _running(self) -> Iterator[Daemon]:
        daemon = self._start()
        self.counts.starts += 1
        try:
            yield daemon
        finally:
            if daemon.poll() is None:
                daemon.kill()
                daemon.wait()

    def _start(self) -> Daemon:
        url = f"sqlite:///{self.program.database}?timeout={BUSY_S}"
        options = ["--config", str(self.program.config), "--database", url]
        if not self.installed:
            return self.program.start("run", out=self._log, options=options)
        with self._log.open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "monitor", *options, "run"],
                stdout=said, stderr=said, env=self.program.environ, cwd=self.program.folder,
            )  # fmt: skip

    def _pause(self, daemon: Daemon, seconds: float) -> None:
        try:
            daemon.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def _kill(self, daemon: Daemon) -> None:
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()
            self.counts.kills += 1
            return
        # Where the database cannot be used it stops rather than go on: that is no defect.
        self.counts.stopped += 1
        assert daemon.returncode == STORAGE_FAILED, f"exit {daemon.returncode}\n{self._said()}"

    def _disk(self, daemon: Daemon) -> None:
        """Allow no file to grow much beyond the largest there is."""
        files = (path for path in self.program.folder.iterdir() if path.is_file())
        room = max(path.stat().st_size for path in files) + self.dice.randint(0, 50_000)
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        try:
            resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (room, hard))
        except ProcessLookupError:
            return
        self._work()
        self._pause(daemon, self.dice.uniform(0.2, 1.5))
        if daemon.poll() is None and self.dice.random() < 0.5:
            resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (hard, hard))
            self._pause(daemon, 0.5)

    def _lock(self, daemon: Daemon) -> None:
        """Hold the database, perhaps for longer than the daemon waits."""
        with closing(self._database()) as database:
            database.execute("begin exclusive")
            self._pause(daemon, self.dice.uniform(0.3, BUSY_S + 1.5))
            database.execute("rollback")
        self._work()
        self._pause(daemon, 0.3)

    def _forward(self, daemon: Daemon) -> None:
        self._shift(-timedelta(days=self.dice.randint(1, 400)))
        self._pause(daemon, 0.7)

    def _back(self, daemon: Daemon) -> None:
        self._shift(timedelta(days=self.dice.randint(1, 400)))
        self._pause(daemon, 0.7)

    def _shift(self, by: timedelta) -> None:
        """Move every time that is waited for, as a clock that jumps the other way does."""
        with closing(self._database()) as database:
            database.execute("begin immediate")
            for table, column in (
                ("sources", "next_check_at"), ("sources", "lease_expires_at"),
                ("sources", "last_checked_at"), ("deliveries", "next_attempt_at"),
                ("deliveries", "lease_expires_at"), ("attempts", "tried_at"),
            ):  # fmt: skip
                move(database, table, column, by)
            database.execute("commit")

    def _work(self) -> None:
        """Give the daemon something more to write."""
        for name in self.dice.sample(SOURCES, 2):
            self.published.publish(name)
        self._hurry()

    def _hurry(self) -> None:
        """Make every source and every waiting delivery due."""
        with closing(self._database()) as database:
            database.execute("update sources set next_check_at = ?", (PAST,))
            self._pull(database)

    def _hurried(self) -> bool:
        """Make what waits for its next try due, so that a drain takes no hours."""
        with closing(self._database()) as database:
            self._pull(database)
        return True

    def _pull(self, database: sqlite3.Connection) -> None:
        database.execute(
            "update deliveries set next_attempt_at = ? where state = 'pending' "
            "and next_attempt_at > ? and lease_owner is null",
            (PAST, written(datetime.now(UTC))),
        )

    def _settled(self) -> bool:
        waiting = self._value("select count(*) from deliveries where state = 'pending'")
        held = self._value(
            "select count(*) from sources where lease_owner is not null or next_check_at < ?", PAST
        )
        return not waiting and not held and not self.account().unread()

    def _until(self, met: Callable[[], bool], daemon: Daemon | None = None) -> None:
        end = time.monotonic() + PATIENCE_S
        while not met():
            assert time.monotonic() < end, f"not settled\n{self._said()}"
            assert daemon is None or daemon.poll() is None, self._said()
            time.sleep(0.2)

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.program.database, timeout=30, isolation_level=None)

    def _value(self, sql: str, *values: str) -> int:
        try:
            with closing(self._database()) as database:
                return int(database.execute(sql, values).fetchone()[0])
        except sqlite3.OperationalError:
            # There are no tables yet.
            return -1

    @property
    def _log(self) -> Path:
        return self.program.folder / "said.log"

    def _said(self) -> str:
        return self._log.read_bytes()[-8000:].decode("utf-8", "replace")


def written(at: datetime) -> str:
    """Write a time as the database does."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def move(database: sqlite3.Connection, table: str, column: str, by: timedelta) -> None:
    """Add to every time of a column."""
    rows = database.execute(
        f"select id, {column} from {table} where {column} is not null"  # noqa: S608 - our own words
    ).fetchall()
    for ident, text in rows:
        later = written(datetime.fromisoformat(text) + by)
        database.execute(f"update {table} set {column} = ? where id = ?", (later, ident))  # noqa: S608


def soak(
    folder: Path, *, kills: int, seed: int, limit_s: float, installed: bool = True
) -> tuple[Counts, Account]:
    """Run until so many kills, or so long; return the counts and the account after a last drain."""
    dice = random.Random(seed)  # noqa: S311 - repeatable
    faults = {
        "hook": WEBHOOK_FAULTS,
        "mail": MAIL_FAULTS,
        "gone": ("500", "429", "silence before"),
        "digest": WEBHOOK_FAULTS,
    }
    receivers = {
        name: Receiver(random.Random(dice.random()), kinds)  # noqa: S311 - repeatable
        for name, kinds in faults.items()
    }
    posted = [receiver for name, receiver in receivers.items() if name != "mail"]
    end = time.monotonic() + limit_s
    with publishers(SOURCES) as published, hooks(*posted), taking_mail(receivers["mail"]):
        run = Soak(Program(folder), dice, published, receivers, installed)
        run.configure()
        run.begin()
        for name, receiver in receivers.items():
            receiver.share = SHARE if name != GONE else SHARE / 3
        while run.counts.kills < kills and time.monotonic() < end:
            run.round()
        run.drain()
        account = run.account()
    run.counts.add(account)
    return run.counts, account


def main() -> None:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))  # noqa: S311
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)  # noqa: T201 - its purpose
    with tempfile.TemporaryDirectory() as folder:
        counts, account = soak(
            Path(folder), kills=given.kills, seed=given.seed, limit_s=60 * given.minutes
        )
        print(counts)  # noqa: T201 - its purpose
        faults = [*account.faults(), *counts.excess()]
        sys.exit("\n".join(faults) if faults else 0)


if __name__ == "__main__":
    main()
