#!/usr/bin/env python3
"""Measure what taking an archive elsewhere costs: CPU, memory and bytes of each export.

    .venv/bin/python benchmarks/export_scale.py --database sqlite:////path/monitor.db

Nothing is written to the archive. What was exported as JSON Lines is imported into a new one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def run(*command: str) -> tuple[float, float]:
    """Run the program; return its CPU seconds and its peak memory in MiB."""
    child = subprocess.Popen([sys.executable, "-m", "monitor", *command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)}: ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def size(path: Path) -> float:
    """Return the MiB below a path."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1024**2


def main() -> None:
    """Measure each form once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    database = parser.parse_args().database
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        exports = {
            "jsonl": ("jsonl", "--deliveries", "--output", str(folder / "x.jsonl.gz")),
            "warc": ("warc", str(folder / "x.warc.gz")),
            "git": ("git", str(folder / "git")),
            "site": ("site", str(folder / "site")),
        }
        for form, command in exports.items():
            cpu, memory = run("--database", database, "export", *command)
            path = next(folder.glob("x.jsonl.gz" if form == "jsonl" else f"*{form}*"))
            print(f"export {form:5} {cpu:7.1f} s CPU {memory:6.0f} MiB peak {size(path):7.1f} MiB")
        other = f"sqlite:///{folder}/other.db"
        cpu, memory = run("--database", other, "import", "jsonl", str(folder / "x.jsonl.gz"))
        held = size(folder / "other.db")
        print(f"import jsonl {cpu:7.1f} s CPU {memory:6.0f} MiB peak {held:7.1f} MiB")


if __name__ == "__main__":
    main()
