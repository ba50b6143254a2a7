"""A daemon that watches two hundred hostile publishers and fifty honest ones.

    PYTHONPATH=tests/faults python benchmarks/siege.py [--hostile 200] [--honest 50] [--minutes 6]

Four in five of the hostile ones take as long as they are let (no answer, a header or a byte a
second, chunks without end), the others flood, redirect without end, send bombs or break off. All
are due every minute, the hostile ones first. Prints one line of JSON: how much later than a minute
after the last visit, or than the start, the honest ones were visited, in seconds, and what the
daemon took. Ends with 1 where one was more than half a minute late after the first round.
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from hostile_publishers import HOLDING, WASTEFUL, besieging

EVERY_S = 60
LATE_S = 30
HEAD = """[defaults]
every = "1m"
jitter = "0s"
confirm_after = "0s"
allow_private = true
robots = false

[monitor]
host_spacing = "0s"
"""
SOURCE = '\n[[source]]\nid = "{ident}"\nurl = "{url}"\n'


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hostile", type=int, default=200)
    parser.add_argument("--honest", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=6)
    return parser.parse_args()


def configured(folder: Path, hostile: list[str], honest: list[str]) -> Path:
    """Write a configuration in which the hostile ones come first."""
    found = [*((f"a-{at}", url) for at, url in enumerate(hostile))]
    found += [(f"b-{at}", url) for at, url in enumerate(honest)]
    config = folder / "sources.toml"
    config.write_text(HEAD + "".join(SOURCE.format(ident=ident, url=url) for ident, url in found))
    config.chmod(0o600)
    return config


def lateness(began: float, visits: list[list[float]]) -> tuple[list[float], list[float]]:
    """Return how late the first visits were, and all others."""
    first = [times[0] - began if times else float("inf") for times in visits]
    later = [after - before - EVERY_S for times in visits for before, after in pairwise(times)]
    return first, later


def main() -> int:
    """Besiege the daemon for a while."""
    given = arguments()
    waste = given.hostile // 5
    with besieging() as publishers, tempfile.TemporaryDirectory() as name:
        hostile = publishers.open(given.hostile - waste, *HOLDING)
        hostile += publishers.open(waste, *WASTEFUL)
        honest = publishers.honest(given.honest)
        config = configured(Path(name), hostile, honest)
        database = f"sqlite:///{name}/monitor.db"
        command = [sys.executable, "-m", "monitor", "--config", str(config), "--database", database]
        began = time.monotonic()
        daemon = subprocess.Popen([*command, "run", "--no-web"], stdout=subprocess.DEVNULL)
        try:
            ended = daemon.wait(given.minutes * 60)
        except subprocess.TimeoutExpired:
            daemon.send_signal(signal.SIGTERM)
            ended = daemon.wait(30)
        visits = [publishers.visits[urlsplit(url).port or 0] for url in honest]
    first, later = lateness(began, visits)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {
        "first_median_s": round(median(first), 1),
        "first_worst_s": round(max(first), 1),
        "later": len(later),
        "late_median_s": round(median(later), 1) if later else None,
        "late_worst_s": round(max(later), 1) if later else None,
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "peak_rss_mib": used.ru_maxrss // 1024,
        "exit": ended,
    }
    print(json.dumps(figures))
    return int(ended != 0 or not later or max(later) > LATE_S)


if __name__ == "__main__":
    sys.exit(main())
