"""Draw `docs/web-*.png`: the web view over a handful of publishers that do not exist.

Run it with ``python docs/make_web_pictures.py`` where Chromium is installed. What is shown went
through the program's own line; only the pages and the times are made up.
"""

# ruff: noqa: INP001 - a program beside the documents, not a package

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import sync_playwright

from monitor.fetch import Fetcher
from monitor.model import Blocked, Capture, Check, Failed, Source, Unchanged
from monitor.pipeline import Pipeline
from monitor.record import Archive
from monitor.web.opening import Opening, open_view

HERE = Path(__file__).parent
NOW = datetime(2026, 4, 14, 9, 35, tzinfo=UTC)
DAY = timedelta(days=1)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip # noqa: E501
PUBLISHERS = (
    ("Harborline Bank", "terms-of-service", "Terms of service", ("finance", "eu")),
    ("Meridian Maps", "privacy-policy", "Privacy policy", ("vendor", "us")),
    ("Northwind Hosting", "data-processing", "Data processing agreement", ("vendor", "eu")),
    ("Parcelpost", "privacy-policy", "Privacy policy", ("vendor", "eu")),
    ("Quillmetrics", "cookie-policy", "Cookie policy", ("us",)),
    ("Tidepool Health", "privacy-policy", "Privacy policy", ("health",)),
    ("Windfall Games", "terms-of-service", "Terms of service", ("us",)),
)
PAGE = "<html lang=en><title>{name}</title><main><h1>{name}</h1><p>Last updated: {date}</p>{body}</main></html>"  # noqa: E501
CLAUSES = (
    "<h2>1. What this covers</h2><p>This text applies to everybody who uses {site}, from the first visit on, in every country in which it is offered.</p>",  # noqa: E501
    "<h2>2. Keeping of records</h2><p>We keep records of use for {days} days, and accounts until they are closed.</p>",  # noqa: E501
    "<h2>3. Payment</h2><p>Invoices are due within {due} days. What is paid late bears interest at the rate that the law provides.</p>",  # noqa: E501
    "<h2>4. Ending</h2><p>Either side may end the contract with {notice} days' notice, in writing or by e-mail.</p>",  # noqa: E501
)


def lanternfish() -> list[tuple[datetime, bytes]]:
    """Return the editions of the demo's policy, and some before them."""
    package = files("monitor.demo")
    frame = package.joinpath("frame.html").read_text("utf-8")
    first, second = (package.joinpath(f"policy-{n}.html").read_text("utf-8") for n in (1, 2))
    oldest = first.replace("March 3, 2026", "May 20, 2024").replace("30 days", "14 days")
    older = oldest.replace("May 20, 2024", "February 1, 2025").replace(
        "<tr><td>Parcelpost</td><td>Delivery</td><td>Germany</td></tr>", ""
    )
    quiet = older.replace("We answer within 14 days.", "We answer within a month.")
    days = (690, 440, 250, 41, 0.5)
    texts = (oldest, older, quiet, first, second)
    return [
        (NOW - day * DAY, frame.replace("{policy}", text).encode())
        for day, text in zip(days, texts, strict=True)
    ]


def others(dice: random.Random) -> list[tuple[Source, list[tuple[datetime, bytes]]]]:
    """Return publishers with a few versions each."""
    found = []
    for site, kind, name, tags in PUBLISHERS:
        ident = f"{site.split()[0].lower()}-{kind}"
        source = Source(ident, site, kind, name, f"https://{ident}.example/", tags=tags)
        days = sorted((dice.randrange(20, 600) for _ in range(dice.randrange(1, 6))), reverse=True)
        if site == "Tidepool Health":
            days[-1] = 6
        texts = []
        for number, day in enumerate([700, *days]):
            told = {"site": site, "days": 30 * (number + 1), "due": 14, "notice": 30 + number // 2}
            body = "".join(clause.format(**told) for clause in CLAUSES)
            date = f"{NOW - day * DAY:%B %d, %Y}"
            texts.append((NOW - day * DAY, PAGE.format(name=name, date=date, body=body).encode()))
        found.append((source, texts))
    return found


def fill(archive: Archive) -> None:
    """Send every page down the line, and let two publishers have trouble."""
    dice = random.Random(11)  # noqa: S311 - a made-up world
    lantern = Source("lanternfish-privacy", "Lanternfish", "privacy-policy", "Privacy policy", "https://lanternfish.example/privacy", tags=("lamps",))  # fmt: skip # noqa: E501
    world = [(lantern, lanternfish()), *others(dice)]
    archive.adopt([source for source, _ in world], NOW - DAY / 2)
    with Fetcher(clock=lambda: NOW) as fetcher:
        pipeline = Pipeline(fetcher, archive, lambda: NOW, dice, "pictures")
        for source, texts in world:
            for at, body in texts:
                for later in (timedelta(0), timedelta(minutes=5)):
                    pipeline.ingest(source, _capture(source, body, at + later))
    trouble = {3: Failed("dns", "the name does not resolve"), 5: Blocked("blocked", "a challenge")}
    for number, (source, _) in enumerate(world):
        archive.record(_last(source, trouble.get(number, Unchanged("body")), number))


def _capture(source: Source, body: bytes, at: datetime) -> Capture:
    return Capture(source.url, source.url, at, 200, "text/html", "utf-8", (), body)


def _last(source: Source, outcome: Failed | Blocked | Unchanged, number: int) -> Check:
    captured = isinstance(outcome, Blocked)
    capture = _capture(source, b"<p>Just a moment", NOW) if captured else None
    due = NOW + timedelta(hours=1 + number)
    return Check(source, NOW, NOW, outcome, due, 1, capture)


def main() -> int:
    """Draw all pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is not installed", file=sys.stderr)  # noqa: T201 - a program
        return 2
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        archive = stack.enter_context(Archive.open(f"sqlite:///{folder}/pictures.db"))
        fill(archive)
        opening = Opening("127.0.0.1", 0)
        address = stack.enter_context(open_view(archive, opening, lambda: NOW))
        started = stack.enter_context(sync_playwright())
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        change = archive.history(["lanternfish-privacy"])[0].id
        for name, path, scheme, height in (
            ("overview", "", "light", 860),
            ("change", f"changes/{change}", "light", 1180),
            ("source", "sources/lanternfish-privacy", "dark", 860),
        ):
            size = {"width": 1180, "height": height}
            page = browser.new_context(
                viewport=size, color_scheme=scheme, timezone_id="UTC"
            ).new_page()
            page.goto(address + path)
            page.screenshot(path=HERE / f"web-{name}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
