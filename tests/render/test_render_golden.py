from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from monitor.model import Comparison, Edit, Finding, Hunk
from monitor.render import News, compose

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Bench

    from monitor.model import Message

LEAD = "# Privacy policy\nLast updated: 1 March 2025\n"
LONG = (
    "We share personal data only with processors who work for us under a written contract, for "
    "example to host our servers, to answer support requests and to process payments. {} You can "
    "ask us for a list of these processors at any time, and we send it to you within 30 days of "
    "your request, free of charge, to the address that you gave us when you opened the account."
)
OLD = LEAD + "\n".join(
    (
        "We are Acme & Sons <acme>.",
        "## 1. What we collect",
        "- Your name.",
        "- Your address.",
        "## 2. Sharing",
        LONG.format("We do not sell it."),
        "## 3. Retention",
        "We delete your account within 30 days.",
        "| Kind | Kept |",
        "| Logs | 7 days |",
        "## 4. Cookies",
        "We use no cookies.",
    )
)
NEW = LEAD + "\n".join(
    (
        "We are Acme & Sons <acme>.",
        "## 1. What we collect",
        "- Your name.",
        "- Your address and your location.",
        "- Your friends.",
        "## 2. Sharing",
        LONG.format("We may sell it."),
        "## 3. Retention",
        "We delete your account within 90 days.",
        "| Kind | Kept |",
        "| Logs | 30 days |",
        "## 5. Automated decisions",
        "We may decide automatically.",
        "### Appeal",
        "There is none.",
    )
)
SILENT = Finding("announcement.silent", "The words changed, “Last updated: 1 March 2025” did not.")


def _edited(bench: Bench) -> Message:
    dates = bench.dated("2025-03-01"), bench.dated("2025-03-01")
    return bench.alert(OLD, NEW, dates=dates, findings=(SILENT,))


def _dates(bench: Bench) -> Message:
    old = LEAD + "We may call you."
    new = old.replace("1 March 2025", "2 January 2026")
    dates = bench.dated("2025-03-01"), bench.dated("2026-01-02", "2026-02-01")
    return bench.alert(old, new, dates=dates)


def _capped(bench: Bench) -> Message:
    numbers = range(16)
    old = "\n".join(f"## Part {n}\nWe keep it for {n} days." for n in numbers)
    new = "\n".join(f"## Part {n}\nWe keep it for {n + 1} years." for n in numbers)
    told = " ".join(f"This is reason {n}." for n in range(200))
    return bench.alert(old, f"{new}\n{told}".replace("1 years.", f"1 years. {told}", 1))


def _moved(bench: Bench) -> Message:
    old = ("# Terms", "## 1. Fees", "Fees are due.", "## 2. Law", "Irish law.", "We may sue.")
    new = ("# Terms", "## 1. Law", "Irish law.", "You may sue.", "## 2. Prices", "Fees are due.")
    law = Edit(
        "moved",
        ("Terms", "1. Law"),
        ("Terms", "2. Law"),
        (Hunk(1, 1, (), new[1:4]), Hunk(3, 6, old[3:], ())),
    )
    fees = Edit(
        "renamed",
        ("Terms", "2. Prices"),
        ("Terms", "1. Fees"),
        (Hunk(1, 4, (old[1],), (new[4],)),),
    )
    comparison = Comparison("changed", "by the test", (law, fees), old, new)
    change = bench.changed(comparison)
    delivery = bench.delivery()
    return compose(News(delivery, bench.source, change=change, comparison=comparison))


def _first_words(bench: Bench) -> Message:
    return bench.alert("We sell nothing.\nIt is so.", "We sell everything.\nIt is so.")


CASES: dict[str, Callable[[Bench], Message]] = {
    "edited": _edited,
    "dates": _dates,
    "capped": _capped,
    "moved": _moved,
    "no-headings": _first_words,
    "returned": lambda bench: bench.alert(OLD, NEW, event="policy.returned"),
    "failing": lambda bench: bench.outage("source.failing"),
    "blocked": lambda bench: bench.outage("source.blocked", detail="challenge page"),
    "gone": lambda bench: bench.outage("source.gone", detail="status: 404 Not Found"),
    "reminder": lambda bench: bench.outage("source.reminder"),
    "recovered": lambda bench: bench.outage("source.recovered"),
    "test": lambda bench: compose(News(bench.delivery("channel.test"), bench.source)),
}


@pytest.mark.parametrize("case", CASES)
def test_rendering_is_the_one_that_was_read(
    case: str, bench: Bench, golden: Callable[[str, str], None]
) -> None:
    """Subject, text, HTML and payload are those a person has looked at and found good."""
    message = CASES[case](bench)
    golden(f"{case}.txt", f"Subject: {message.subject}\n\n{message.text}")
    golden(f"{case}.html", message.html)
    payload = json.dumps(message.payload, ensure_ascii=False, indent=1)
    # A diff of thousands of words tells a reader of the golden file nothing.
    golden(f"{case}.json", payload if len(payload) < 20_000 else payload[:2_000] + "…")
    for file in message.attachments:
        content = file.content.decode()
        golden(f"{case}.diff", content if len(content) < 20_000 else content[:2_000] + "…")


@pytest.mark.parametrize("case", CASES)
def test_same_delivery_gives_the_same_message(case: str, bench: Bench) -> None:
    """A retry after a restart sends byte for byte what the first attempt sent."""
    assert CASES[case](bench) == CASES[case](bench)
