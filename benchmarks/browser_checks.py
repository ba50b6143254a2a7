"""What a page costs that needs a browser: CPU of all processes, and memory over many checks.

    .venv/bin/python benchmarks/browser_checks.py --checks 200

A single-page application of one megabyte is served on 127.0.0.1 and had again and again, two pages
at once, by one browser; in the end the browser is left alone until it has gone.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from monitor.fetch import Fetcher, Limits
from monitor.model import Source

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
MEGABYTE = 1024 * 1024
GONE_AFTER_S = 70
SHELL = b"<html lang=en><body><div id=root></div><script src=/app.js></script></body></html>"
SCRIPT = (
    b"var library = [];\n"
    + b"library.push(function (a, b) { return a + b; });\n" * 20_000
    + b"""setTimeout(function () {
  var text = '<main><h1>Privacy Policy</h1>';
  for (var n = 0; n < 200; n++) text += '<h2>' + n + '. Part</h2><p>We keep what you tell us ' +
    'only for as long as it is needed for what you told it for. That is rule ' + n + '.</p>';
  document.getElementById('root').innerHTML = text + '</main>';
}, 50);"""
)


class Publisher(BaseHTTPRequestHandler):
    """Serves the application."""

    def do_GET(self) -> None:
        """Answer."""
        body, kind = (SCRIPT, "text/javascript") if self.path == "/app.js" else (SHELL, "text/html")
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


def tree() -> tuple[float, float, int]:
    """Return CPU seconds, resident megabytes and number of this process and all below it."""
    stats: dict[int, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
    ours, cpu, pages = {os.getpid()}, 0, 0
    for number in sorted(stats):
        if int(stats[number][1]) in ours:
            ours.add(number)
    for number in ours:
        cpu += sum(int(ticks) for ticks in stats[number][11:15])
        pages += int(stats[number][21])
    return cpu / TICKS, pages * PAGE / MEGABYTE, len(ours)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checks", type=int, default=200)
    checks = parser.parse_args().checks
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/policy"
    source = Source("app", "App", "privacy-policy", "Policy", url, allow_private=True, robots=False)
    limits = Limits(host_spacing=timedelta())
    print(f"application: {len(SCRIPT) / MEGABYTE:.2f} MiB of script")
    with Fetcher(limits, clock=lambda: datetime.now(UTC)) as fetcher:
        print(f"before: {tree()[1]:.0f} MiB, {tree()[2]} processes")
        began = tree()[0]
        fetcher.render(source)
        print(f"first check, start of the browser included: {tree()[0] - began:.2f} s of CPU")
        with ThreadPoolExecutor(2) as pool:
            for done in range(0, checks, 50):
                began, at = tree()[0], time.monotonic()
                several = min(50, checks - done)
                captures = list(pool.map(lambda _: fetcher.render(source), range(several)))
                assert all(b"That is rule 199." in capture.body for capture in captures)
                cpu, memory, processes = tree()
                print(
                    f"{done + several} checks: {(cpu - began) / several:.2f} s of CPU each, "
                    f"{(time.monotonic() - at) / several:.2f} s apart, {memory:.0f} MiB, "
                    f"{processes} processes"
                )
        time.sleep(GONE_AFTER_S)
        print(f"{GONE_AFTER_S} s later: {tree()[1]:.0f} MiB, {tree()[2]} processes")


if __name__ == "__main__":
    main()
