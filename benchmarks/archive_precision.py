"""How right the alerts of an archive were, as far as people have reviewed them.

Run it on your own: python benchmarks/archive_precision.py [DATABASE]

DATABASE is the path of an SQLite file or an address; what MONITOR_DATABASE names, or the default,
if left out. To review an alert: monitor review CHANGE real|noise
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

from monitor.errors import MonitorError
from monitor.model.review import total
from monitor.record import Archive
from monitor.settings import Settings

if TYPE_CHECKING:
    from monitor.model import SourceScore

COLUMNS = (
    "checks", "alerts", "reviewed", "precision", "per 1,000", "pending", "variant", "volatile",
    "blocked",
)  # fmt: skip


def main() -> int:
    """Print the figures of every source that was ever checked, and of all of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("database", nargs="?", help="path of an SQLite file, or an address")
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args()
    try:
        settings = Settings.from_environ(os.environ).override(database=given.database)
        with Archive.open(settings.database, create=False) as archive:
            scores = tuple(score for score in archive.scores() if score.checks)
    except MonitorError as error:
        print(error, file=sys.stderr)
        return 2
    if given.json:
        found = [figures(score) for score in (*scores, total(scores, "all"))]
        print(json.dumps(found, indent=2))
        return 0
    width = max([len(score.source) for score in scores] + [6])
    print(f"{'source':<{width}} " + " ".join(f"{name:>9}" for name in COLUMNS))
    for score in (*scores, total(scores, "all")):
        print(f"{score.source:<{width}} " + " ".join(f"{cell:>9}" for cell in row(score)))
    return 0


def row(score: SourceScore) -> tuple[str, ...]:
    """Write one source's figures in the order of the columns."""
    precision, rate = score.precision, score.alerts_per_thousand
    return (
        f"{score.checks}",
        f"{score.alerts}",
        f"{score.real + score.noise}",
        "–" if precision is None else f"{precision:.1%}",
        "–" if rate is None else f"{rate:.1f}",
        f"{score.pending}",
        f"{score.variants}",
        f"{score.volatile}",
        f"{score.quarantined}",
    )


def figures(score: SourceScore) -> dict[str, object]:
    """Return one source's figures for programs."""
    return {
        "source": score.source,
        "checks": score.checks,
        "captures": score.captures,
        "alerts": score.alerts,
        "reviewed": score.real + score.noise,
        "real": score.real,
        "noise": score.noise,
        "precision": score.precision,
        "alerts_per_1000_captures": score.alerts_per_thousand,
        "pending": score.pending,
        "variant": score.variants,
        "volatile": score.volatile,
        "blocked": score.quarantined,
    }


if __name__ == "__main__":
    sys.exit(main())
