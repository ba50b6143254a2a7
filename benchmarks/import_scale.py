#!/usr/bin/env python3
"""Measure what importing a large WARC file takes: captures a second, and memory as it grows.

    .venv/bin/python benchmarks/import_scale.py --captures 40000 --jobs 2

Writes a file of small pages, a tenth of them revisits, one in a thousand edited; imports a quarter
of it and then all of it into new databases, and compares the peak memory of both. With --alone it
imports the whole file only, and compares the peak with what it held after a twentieth of the time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

URL = "https://www.example.org/privacy"
START = datetime(2001, 1, 1, tzinfo=UTC)
ALLOWED_KB = 24 * 1024
"""How much more memory four times the captures may take."""
STEPS = 20
"""Times the memory held is told."""


def page(number: int) -> bytes:
    """Return a small policy whose bytes always differ, and its words once in a thousand times."""
    sections = "".join(
        f"<h2>{n}. Service {n}</h2><p>Service number {n} is offered under the rules above.</p>"
        for n in range(1, 20)
    )
    return (
        f"<!doctype html><html lang=en><head><title>Privacy Policy</title>"
        f"<script nonce={number:x}></script></head><body><main><h1>Privacy Policy</h1>"
        f"<p>We keep account records for {30 + number // 1000} days after they are closed.</p>"
        f"{sections}</main></body></html>"
    ).encode()


def write(path: Path, captures: int) -> None:
    """Write the file, newest first."""
    with path.open("wb") as file:
        writer = WARCWriter(file)
        for number in reversed(range(captures)):
            at = {"WARC-Date": f"{START + number * timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"}
            again = number % 10 == 1
            body = page(number - 1 if again else number)
            typed = [("Content-Type", "text/html")]
            headers = StatusAndHeaders("200 OK", typed, protocol="HTTP/1.1")
            record = writer.create_warc_record(
                URL,
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=headers,
                warc_headers_dict=at,
            )
            if again:
                writer.ensure_digest(record)
                digest = record.rec_headers.get_header("WARC-Payload-Digest")
                record = writer.create_revisit_record(
                    URL, digest, URL, "", http_headers=headers, warc_headers_dict=at
                )
            writer.write_record(record)


def measure(folder: Path, captures: int, jobs: int) -> tuple[int, int]:
    """Import one file and print what it took; return the memory early on and at most, in kB."""
    path = folder / f"{captures}.warc.gz"
    write(path, captures)
    config = folder / "sources.toml"
    config.write_text(f'[[source]]\nid = "acme"\nname = "Privacy"\nurl = "{URL}"\n', "utf-8")
    database = f"sqlite:///{folder / str(captures)}.db"
    options = ["--config", str(config), "--database", database]
    command = ["import", "warc", str(path), "--source", "acme", "--jobs", str(jobs)]
    began = time.monotonic()
    child = subprocess.Popen([sys.executable, "-m", "monitor", *options, *command])
    held: list[tuple[float, int]] = []
    watching = Thread(target=_watch, args=(child.pid, began, held), daemon=True)
    watching.start()
    _, code, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(code)
    took = time.monotonic() - began
    if child.returncode:
        sys.exit(f"the import ended with {child.returncode}")
    cpu = used.ru_utime + used.ru_stime
    print(
        f"{captures} captures: {took:.1f} s, {captures / took:.0f} a second, "
        f"{captures / cpu:.0f} a CPU second of this process, peak {used.ru_maxrss} kB"
    )
    for at, resident in held[:: max(1, len(held) // STEPS)]:
        print(f"{at:8.0f} s {resident:8} kB resident")
    return held[len(held) // STEPS][1], used.ru_maxrss


def _watch(process: int, began: float, held: list[tuple[float, int]]) -> None:
    """Note what a process holds, every second until it is gone."""
    while True:
        try:
            pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
        except (OSError, IndexError):
            return
        held.append((time.monotonic() - began, pages * os.sysconf("SC_PAGE_SIZE") // 1024))
        time.sleep(1)


def main() -> None:
    """Measure twice and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--captures", type=int, default=40_000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--alone", action="store_true", help="import the whole file only")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small = 0 if given.alone else measure(Path(folder), given.captures // 4, given.jobs)[1]
        early, large = measure(Path(folder), given.captures, given.jobs)
    small = small or early
    print(f"grown by {large - small} kB, {ALLOWED_KB} kB allowed")
    sys.exit(large - small > ALLOWED_KB)


if __name__ == "__main__":
    main()
