"""Draw `docs/alert.png`: the e-mail about the demo's policy change, as a browser shows it.

Run it with ``python docs/make_alert_picture.py`` where Chromium is installed. Extraction,
comparison and rendering are the program's own; only the times are made up.
"""

# ruff: noqa: INP001 - a program beside the documents, not a package

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import monitor
from monitor.assess import Interval, assess
from monitor.model import Change, Delivery, SectionChange, Source
from monitor.render import News, compose

PICTURE = Path(__file__).parent / "alert.png"
WIDTH, HEIGHT = 760, 1130
SEEN = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)
SOURCE = Source(
    id="lanternfish-privacy",
    site="Lanternfish",
    kind="privacy-policy",
    name="Privacy policy",
    url="https://lanternfish.example/privacy",
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def html() -> str:
    """Compose the e-mail about the change between the demo's two editions."""
    package = files("monitor.demo")
    old, new = (
        monitor.extract(
            package.joinpath(f"policy-{edition}.html").read_bytes(),
            url=SOURCE.url,
            media_type="text/html",
        )
        for edition in (1, 2)
    )
    comparison = monitor.compare(old, new)
    seen_on = (SEEN - timedelta(hours=12)).date(), SEEN.date()
    meaning = assess(old, new, comparison, Interval(*seen_on))
    change = Change(
        id=1,
        source=SOURCE.id,
        site=SOURCE.site,
        kind=SOURCE.kind,
        name=SOURCE.name,
        url=SOURCE.url,
        from_version=4,
        to_version=5,
        last_seen_unchanged_at=SEEN - timedelta(hours=12),
        first_seen_at=SEEN,
        confirmed_at=SEEN + timedelta(minutes=5),
        verdict=comparison.verdict,
        reason=comparison.reason,
        sections=tuple(
            SectionChange(edit.path, edit.operation, edit.words_added, edit.words_removed)
            for edit in comparison.edits
        ),
        old_dates=old.dates,
        new_dates=new.dates,
        alert=True,
        findings=meaning.findings,
        summary=meaning.summary,
        score=meaning.score,
        announcement=meaning.announcement,
    )
    delivery = Delivery(
        id=1,
        key="lanternfish-privacy-5-mail",
        channel="mail",
        event="policy.changed",
        source=SOURCE.id,
        change=change.id,
        outage=None,
        state="pending",
        created_at=change.confirmed_at,
        next_attempt_at=None,
    )
    return compose(News(delivery, SOURCE, change, comparison)).html


def draw(page: str, picture: Path, width: int = WIDTH, height: int = HEIGHT) -> None:
    """Take a screenshot of a page with a browser that has never run before."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if browser is None:
        sys.exit("Chromium is not installed")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "mail.html"
        source.write_text(page, "utf-8")
        command = (
            browser,
            *FLAGS,
            f"--user-data-dir={folder}/profile",
            f"--window-size={width},{height}",
            f"--screenshot={picture}",
            source.as_uri(),
        )
        subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603 - our own page


if __name__ == "__main__":
    draw(html(), PICTURE)
