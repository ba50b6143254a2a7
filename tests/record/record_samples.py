"""Values the storage tests are made of: one source, its captures, documents and checks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor.model import (
    Assessment,
    Capture,
    Changed,
    Check,
    Comparison,
    Dates,
    Document,
    Edit,
    Finding,
    First,
    Hunk,
    PolicyDate,
    Run,
    Section,
    Source,
)

if TYPE_CHECKING:
    from monitor.model import Outcome
    from monitor.record import Archive, Recorded

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACME = Source(
    "acme", "Acme", "privacy-policy", "Privacy policy", "https://acme.example/privacy",
    notify=("mail", "hook"),
)  # fmt: skip


def at(hours: float) -> datetime:
    """Return a time so many hours into the story."""
    return NOW + hours * HOUR


def capture(text: str, when: datetime, *, etag: str | None = '"v"') -> Capture:
    """Make the capture of a page that says `text`."""
    headers = (("Content-Type", "text/html"), *((("ETag", etag),) if etag else ()))
    return Capture(
        ACME.url, ACME.url, when, 200, "text/html", "utf-8", headers, f"<p>{text}".encode()
    )


def document(text: str, updated: str | None = None) -> Document:
    """Make the document of that page."""
    date = PolicyDate(updated, "day", "updated", f"Updated {updated}", 0.9) if updated else None
    section = Section(("Terms",), "Terms", text, 0, 1)
    return Document("Policy", "en", (section,), f"## Terms\n{text}", Dates(updated=date))


def comparison(old: Document, new: Document) -> Comparison:
    """Set the only lines of two documents side by side."""
    before, after = old.lines[1], new.lines[1]
    runs = (Run("removed", before), Run("added", after))
    edit = Edit("edited", ("Terms",), ("Terms",), (Hunk(1, 1, (before,), (after,), runs),))
    return Comparison("changed", "one section edited", (edit,), old.lines, new.lines, clear=True)


def check(
    outcome: Outcome,
    when: datetime,
    found: Capture | None = None,
    **more: Any,
) -> Check:
    """Make a check of one second that ends in this outcome."""
    given: dict[str, Any] = {
        "source": ACME,
        "started_at": when - timedelta(seconds=1),
        "finished_at": when,
        "next_check_at": when + 12 * HOUR,
        "extractor": 1,
        "capture": found,
        "gate": "gate" if found else None,
    }
    return Check(outcome=outcome, **(given | more))


def first(archive: Archive, text: str = "one", when: datetime = NOW, **more: Any) -> Recorded:
    """Record the first version of the source."""
    return archive.record(check(First(document(text)), when, capture(text, when), **more))


def change(archive: Archive, old: str, new: str, when: datetime, **more: Any) -> Recorded:
    """Record a change of the source from one text to another."""
    before, after = document(old), document(new, "2026-03-01")
    finding = Finding("announcement.announced", "The policy's date moved too.", ("2026-03-01",))
    found = Assessment("announced", (finding,), "The date moved.", 0.25)
    outcome = Changed(after, comparison(before, after), when, found)
    channels = more.pop("channels", ("mail", "hook"))
    return archive.record(check(outcome, when, capture(new, when), channels=channels, **more))
