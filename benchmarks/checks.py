"""What a check costs: whole passes of `monitor check` over local publishers, beside a bare client.

    python benchmarks/checks.py [--sources 500] [--keep FOLDER] [--passes first,noise]

Starts the publishers of `publishers.py`, each on a port of its own, and runs in turn, each as one
process: first captures, 304, the same bytes, noise, one changed sentence a page, and for the same
requests one bare ``httpx.Client`` (the floor). Prints CPU (user and system) and wall time a check,
start-up included, the ratio to the floor, peak memory, bytes stored, requests made, and alerts
right and wrong. CPU of the publishers is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
SECRET = "whsec_dGhlLWJlbmNobWFyay1zaWduaW5nLXNlY3JldC0x"  # noqa: S105 - of no use to anybody
CONFIG = """[monitor]
host_spacing = "0s"
contact = "https://example.org/"
[defaults]
allow_private = true
confirm_after = "0s"
jitter = 0
[channels.hook]
type = "webhook"
url = "http://127.0.0.1:{control}/hook"
secret = "env:HOOK_SECRET"
allow_private = true
"""
FLOOR = """
import json, sys, httpx
addresses, conditional = json.load(sys.stdin)
headers = {"If-None-Match": '"1"'} if conditional else {}
with httpx.Client() as client:
    for address in addresses:
        client.get(address, headers=headers).content
"""


@dataclass
class Cost:
    """What one process used."""

    cpu_s: float
    wall_s: float
    peak_mib: float
    said: str


def measured(command: list[str], **options: Any) -> Cost:  # noqa: ANN401
    """Run a command to its end."""
    given = options.pop("given", "")
    start = time.monotonic()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(given)
        child.stdin.close()
        said = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - start
    if child.returncode:
        sys.exit(f"{command[:4]} ended with {child.returncode}: {said[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, said)


class Publishers:
    """The process that serves the policies."""

    def __init__(self, sources: int, *more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "publishers.py"), "--sources", str(sources), *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        found = json.loads(self.process.stdout.readline())
        self.control: int = found["control"]
        self.addresses: list[str] = found["addresses"]

    def ask(self, path: str) -> dict[str, int]:
        """Give an order; return the counts."""
        with urlopen(f"http://127.0.0.1:{self.control}{path}", timeout=30) as answer:
            found: dict[str, int] = json.load(answer)
            return found


@contextmanager
def publishing(sources: int, *more: str) -> Iterator[Publishers]:
    """Serve for the length of a block."""
    publishers = Publishers(sources, *more)
    try:
        yield publishers
    finally:
        assert publishers.process.stdin is not None
        publishers.process.stdin.close()
        publishers.process.wait(30)


class Monitor:
    """The program over a folder of its own."""

    def __init__(self, folder: Path, publishers: Publishers) -> None:
        self.folder = folder
        config = folder / "sources.toml"
        entries = (
            f'[[source]]\nid = "s{at}"\nurl = "{address}"\nsite = "Site {at}"\n'
            for at, address in enumerate(publishers.addresses)
        )
        config.write_text(CONFIG.format(control=publishers.control) + "".join(entries), "utf-8")
        config.chmod(0o600)
        self.database = folder / "monitor.db"

    def check(self) -> Cost:
        """Check every source once, and tell."""
        return self._run("check", "--json")

    def start(self) -> Cost:
        """Start, find nothing due, and leave."""
        return self._run("run", "--once")

    def _run(self, *arguments: str) -> Cost:
        options = ["--config", str(self.folder / "sources.toml"), "--database", str(self.database)]
        # As an installed program: its modules are compiled once, not at every start.
        environ = os.environ | {"HOOK_SECRET": SECRET, "NO_COLOR": "1"}
        environ |= {"PYTHONDONTWRITEBYTECODE": ""}
        command = [sys.executable, "-m", "monitor", *options, *arguments]
        return measured(command, env=environ)

    @property
    def stored(self) -> int:
        """Count the bytes on disk."""
        return sum(path.stat().st_size for path in self.folder.glob("monitor.db*"))


def floor(publishers: Publishers, *, conditional: bool) -> Cost:
    """Make the same requests with one client and nothing else."""
    given = json.dumps([publishers.addresses, conditional])
    return measured([sys.executable, "-c", FLOOR], given=given)


PASSES = (
    ("first", "same", False),
    ("same", "same", False),
    ("304 asked for", "304", False),
    ("304", "304", True),
    ("noise", "noise", False),
    ("changed", "changed", False),
    ("changed again", "changed", False),
)


def line(name: str, cost: Cost, base: Cost, sources: int, more: str) -> str:
    """Write one row."""
    cpu, wall = cost.cpu_s / sources * 1_000, cost.wall_s / sources * 1_000
    ratio = cost.cpu_s / base.cpu_s
    return f"{name:14} {cpu:7.1f} {wall:7.1f} {ratio:7.2f} {cost.peak_mib:8.0f}   {more}"


def main() -> None:
    """Run every pass and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=500)
    parser.add_argument("--keep", type=Path, help="A folder that stays.")
    parser.add_argument("--passes", help="Some of: " + ", ".join(row[0] for row in PASSES))
    given = parser.parse_args()
    with TemporaryDirectory() as scratch, publishing(given.sources) as publishers:
        folder = given.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        program = Monitor(folder, publishers)
        print(f"{given.sources} sources; milliseconds a check; peak in MiB")
        print(f"{'pass':14} {'CPU':>7} {'wall':>7} {'/ floor':>7} {'peak':>8}   found")
        stored = 0
        wanted = [row for row in PASSES if not given.passes or row[0] in given.passes.split(",")]
        for at, (name, mode, conditional) in enumerate(wanted):
            publishers.ask(f"/mode?mode={mode}&pass={at}")
            base = floor(publishers, conditional=conditional)
            publishers.ask(f"/mode?mode={mode}&pass={at}")
            cost = program.check()
            counts = publishers.ask("/stats")
            outcomes = [one["outcome"] for one in json.loads(cost.said)]
            found = ", ".join(f"{outcomes.count(one)} {one}" for one in sorted(set(outcomes)))
            grown, stored = program.stored - stored, program.stored
            alerts = f"{counts['told']} told in {counts.get('webhooks', 0)} webhooks"
            asked = f"{counts['requests']} requests, {counts.get('304', 0)} answered 304"
            more = f"{found}; {alerts}; {asked}; {grown / given.sources / 1_000:.1f} kB stored each"
            print(line(name, cost, base, given.sources, more), flush=True)
            print(line("  floor", base, base, given.sources, ""), flush=True)
        idle = program.start()
        print(f"start with nothing due: {idle.cpu_s:.2f} s CPU, {idle.peak_mib:.0f} MiB")


if __name__ == "__main__":
    main()
