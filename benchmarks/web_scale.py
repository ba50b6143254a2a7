#!/usr/bin/env python3
"""Measure what pages cost the server with ten thousand sources, and how large they are.

    .venv/bin/python benchmarks/web_scale.py --sources 10000

Every source has three versions and two changes, a twentieth fails, a twentieth changed lately; one
more has a long policy. The time is this process's CPU, all threads, for one whole request over
HTTP, the asking client's own share included; the median of many, after a first that warms it up.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import httpx

from monitor import compare, extract
from monitor.model import Capture, Changed, Check, Document, Failed, Filters, First, Source
from monitor.record import Archive
from monitor.web.opening import Opening, open_view

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FIRST_VIEW_MS, CHANGE_MS, LARGEST = 60.0, 80.0, 100_000
KINDS = ("privacy-policy", "terms-of-service", "cookie-policy", "acceptable-use")
DICE = random.Random(7)  # noqa: S311 - a made-up world


def page(number: int, sections: int = 3) -> bytes:
    """Return a policy; a few sentences differ with the number."""
    body = "".join(
        f"<h2>{n}. Service {n}</h2>"
        f"<p>Service {n} is offered under the rules above, to whoever asks for it. What you tell "
        f"service {n} is kept for {30 * number if n % 9 == 0 else 30} days after you leave.</p>"
        f"<p>Nobody but the people who run service {n} can read it, unless the law of the place "
        "where it runs says otherwise, and then only those whom that law names.</p>"
        for n in range(1, sections + 1)
    )
    moved = f"<p>Last updated: January {number}, 2026</p>"
    text = f"<p>We keep account records for {number * 10} days after an account is closed.</p>"
    return (
        "<!doctype html><html lang=en><title>Policy</title><main><h1>Policy</h1>"
        f"{moved}{text}{body}</main></html>"
    ).encode()


def read(body: bytes, source: Source, at: datetime) -> tuple[Capture, Document]:
    """Return a capture and what it says."""
    capture = Capture(source.url, source.url, at, 200, "text/html", "utf-8", (), body)
    return capture, extract(body, url=source.url, media_type="text/html")


def fill(archive: Archive, count: int) -> None:
    """Record the past of so many sources, and of one with a long policy."""
    sources = [
        Source(
            f"site{n // 2:05}-{KINDS[n % 4]}-{n}",
            f"site{n // 2:05}.example",
            KINDS[n % 4],
            KINDS[n % 4].replace("-", " ").capitalize(),
            f"https://site{n // 2:05}.example/{KINDS[n % 4]}",
            tags=("eu",) if n % 3 else ("us", "vendor"),
        )
        for n in range(count)
    ]
    long = Source("long", "Long", "terms-of-service", "Terms of service", "https://long.example/")
    archive.adopt([*sources, long], NOW - timedelta(minutes=5))
    versions = [page(number) for number in (1, 2, 3)]
    documents = [read(body, sources[0], NOW)[1] for body in versions]
    edits = [compare(documents[at], documents[at + 1]) for at in (0, 1)]
    for number, source in enumerate(sources):
        last = NOW - timedelta(days=DICE.randrange(1, 400) if number % 20 else 3, hours=1)
        ages = (last - timedelta(days=300), last - timedelta(days=100), last)
        for at, when in enumerate(ages):
            capture = Capture(
                source.url, source.url, when, 200, "text/html", "utf-8", (), versions[at]
            )
            outcome = (
                First(documents[0]) if at == 0 else Changed(documents[at], edits[at - 1], when)
            )
            archive.record(_check(source, outcome, when, capture))
        if number % 20 == 1:
            archive.record(_check(source, Failed("status", "404 Not Found", status=404), NOW, None))
    record_long(archive, long)


def record_long(archive: Archive, source: Source) -> None:
    """Record two versions of a policy of some 20,000 words."""
    pairs = [read(page(n, 300), source, NOW - timedelta(days=30 - n)) for n in (1, 2)]
    (first, old), (second, new) = pairs
    archive.record(_check(source, First(old), first.fetched_at, first))
    changed = Changed(new, compare(old, new), second.fetched_at)
    archive.record(_check(source, changed, second.fetched_at, second))


def _check(source: Source, outcome: object, at: datetime, capture: Capture | None) -> Check:
    due = NOW + timedelta(hours=DICE.randrange(1, 12))
    return Check(source, at, at, outcome, due, 1, capture, "gate")  # type: ignore[arg-type]


def measure(client: httpx.Client, path: str, times: int) -> tuple[float, int]:
    """Return median CPU milliseconds and bytes of a page."""
    size = len(client.get(path).raise_for_status().content)
    spent = []
    for _ in range(times):
        before = time.process_time()
        client.get(path)
        spent.append((time.process_time() - before) * 1000)
    return median(spent), size


def main() -> int:
    """Fill an archive, ask for every kind of page, and hold the figures to their limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--keep", type=Path, help="work on this database, made on demand")
    arguments = parser.parse_args()
    folder = tempfile.TemporaryDirectory()
    path = arguments.keep or Path(folder.name) / "web.db"
    ready = path.exists()
    failed = 0
    with Archive.open(f"sqlite:///{path}") as archive:
        if not ready:
            fill(archive, arguments.sources)
        change = archive.history(["long"])[0].id
        some = archive.lists.changes(Filters(), limit=1)[0]
        pages = {
            "/": FIRST_VIEW_MS,
            "/?page=150": FIRST_VIEW_MS,
            "/?state=failing&tag=eu&kind=privacy-policy": FIRST_VIEW_MS,
            "/?text=site04999": FIRST_VIEW_MS,
            "/changes": FIRST_VIEW_MS,
            f"/sources/{some.source}": FIRST_VIEW_MS,
            f"/changes/{change}": CHANGE_MS,
            f"/changes/{change}?view=side": CHANGE_MS,
            f"/changes/{change}?view=unified": CHANGE_MS,
            "/sources/long/compare?from=1&to=2": None,
            "/sources/long/versions/2": CHANGE_MS,
            "/feeds/all.atom": None,
            "/api/sources?limit=50": FIRST_VIEW_MS,
            "/metrics": None,
            "/readyz": None,
        }
        with (
            open_view(archive, Opening("127.0.0.1", 0), lambda: NOW) as address,
            httpx.Client(base_url=address, timeout=60) as client,
        ):
            for page_path, limit in pages.items():
                took, size = measure(client, page_path, arguments.times)
                over = (limit is not None and took > limit) or (
                    limit is not None and size > LARGEST
                )
                failed += over
                print(f"{took:7.1f} ms {size:8,} B  {page_path}{'  OVER' if over else ''}")
    folder.cleanup()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
