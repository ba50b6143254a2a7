"""No alert without a difference to show, whatever sequence of pages is captured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from pages import FRAME

from monitor.deliver import Courier
from monitor.model import CHANGES, Capture, Source
from monitor.settings import Settings
from monitor.wiring import scratch

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = Source(
    "acme", "Acme", "privacy-policy", "Privacy policy", "https://acme.example/",
    notify=("hook",), confirm_after=timedelta(),
)  # fmt: skip
PASSAGES = (
    "<p>We keep account records for 30 days after an account is closed.</p>",
    "<p>We keep account records for 60 days after an account is closed.</p>",
    "<p>We collect the address and the name you give when you register.</p>",
    "<h2>Contact</h2><p>Write to privacy@example.org with any question about this policy.</p>",
    "<h2>Partners</h2><ul><li>Northwind, for hosting.</li><li>Contoso, for e-mail.</li></ul>",
    "<p>Last updated: January 5, 2026</p>",
    "<p>Last updated: March 1, 2026</p>",
    "<p>We&nbsp;collect the   address and the name you give when you register.</p>",
    "<p><b></b></p>",
    "<p>Was this page helpful?</p>",
)
BASE = "".join(
    f"<h2>The {name} service</h2><p>The {name} service is offered under the rules above.</p>"
    for name in ("first", "second", "third", "fourth", "fifth")
)


def _page(passages: list[str], number: int) -> bytes:
    body = "".join(passages) + BASE
    return FRAME.format(
        lang="en", charset="utf-8", title="Privacy Policy", nonce=f"{number:024x}", body=body
    ).encode()


@settings(max_examples=12, deadline=None)
@given(
    pages=st.lists(
        st.lists(st.sampled_from(PASSAGES), max_size=6, unique=True), min_size=2, max_size=6
    ),
    hours=st.sampled_from([1, 100]),
)
def test_every_alert_shows_a_difference(pages: list[list[str]], hours: int) -> None:
    """Each change that is told has edits with words in them, and its message carries them."""
    with scratch(Settings.from_environ({})) as pipeline:
        pipeline.archive.adopt([SOURCE], START)
        for number, passages in enumerate(pages):
            at = START + number * timedelta(hours=hours)
            capture = Capture(
                SOURCE.url, SOURCE.url, at, 200, "text/html", "utf-8", (), _page(passages, number)
            )
            pipeline.ingest(SOURCE, capture, deliver=True)
        archive = pipeline.archive
        courier = Courier(
            archive, {}, lambda _: SOURCE, pipeline.clock, pipeline.dice, pipeline.owner
        )
        for change in archive.history([SOURCE.id]):
            comparison = archive.comparison(change.id)
            assert any(edit.hunks or edit.operation != "edited" for edit in comparison.edits)
        for delivery in archive.outbox.deliveries(limit=99):
            message = courier.message(delivery)
            if delivery.event in CHANGES:
                assert message.payload["data"]["sections"]  # type: ignore[index]  # JSON
                assert message.attachments
