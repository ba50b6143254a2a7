"""Deliveries: tried for a day, given up when told to, never lost, always under one key."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING

import pytest
from pages import page
from surroundings import SECRET, Receiver

from monitor.deliver import WAITS, Courier, Round
from monitor.extract.document import REVISION, extract
from monitor.model import Capture, Check, Failed, First, Source, WebhookConfig
from monitor.notify.channel import open_channel
from monitor.record import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.model import Delivery, Message, Outcome
    from monitor.notify.channel import Channel

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Post:
    """An outbox with one delivery about an outage, and a clock."""

    def __init__(self, archive: Archive, receiver: Receiver, channel: str = "hook") -> None:
        self.archive = archive
        self.now = START
        self.source = Source(
            "acme", "Acme", "privacy-policy", "Privacy policy", "https://acme.example/"
        )
        config = WebhookConfig("hook", receiver.url, SECRET, allow_private=True)
        self.hook = open_channel(config, clock=lambda: datetime.now(UTC))
        self.courier = Courier(
            archive,
            {"hook": self.hook},
            lambda _: self.source,
            lambda: self.now,
            random.Random(1),  # noqa: S311 - jitter
            "test",
        )
        archive.adopt([self.source], START)
        body = page("english")
        url = self.source.url
        capture = Capture(url, url, START, 200, "text/html", None, (), body)
        self._record(First(extract(body)), capture)
        self._record(Failed("dns", "no such host"), None, channel)

    def _record(self, outcome: Outcome, capture: Capture | None, *channels: str) -> None:
        opens = "failing" if channels else None
        check = Check(
            self.source, START, START, outcome, START, REVISION, capture,
            channels=channels, open_outage=opens,
        )  # fmt: skip
        self.archive.record(check)

    @property
    def delivery(self) -> Delivery:
        """The one delivery, as it stands."""
        (found,) = self.archive.outbox.deliveries(limit=10)
        return found


class Held:
    """A channel that waits for a word before it sends, and notes its end."""

    def __init__(self, channel: Channel, go_on: Event, closed: list[str]) -> None:
        self.name = channel.name
        self.session = channel.session
        self._channel, self._go_on, self._closed = channel, go_on, closed

    def send(self, message: Message) -> str:
        """Send once told to."""
        assert self._go_on.wait(10)
        return self._channel.send(message)

    def close(self) -> None:
        """Note the end."""
        self._closed.append(self.name)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Open an archive of its own."""
    with Archive.open(f"sqlite:///{tmp_path / 'monitor.db'}") as opened:
        yield opened


def test_an_accepted_delivery_is_sent_once(archive: Archive, receiver: Receiver) -> None:
    """What was accepted is settled with the answer, and never sent again."""
    post = Post(archive, receiver)
    post.courier.drain()
    post.courier.drain()
    assert post.delivery.state == "sent"
    assert [hook["id"] for hook in receiver.verified] == [post.delivery.key]
    post.hook.close()


def test_a_channel_is_closed_once_it_is_out_of_use(archive: Archive, receiver: Receiver) -> None:
    """Under another configuration a delivery under way ends as it began; then its channel ends."""
    post = Post(archive, receiver)
    answer = Event()
    closed: list[str] = []
    held = Held(post.hook, answer, closed)
    before = replace(post.courier, channels={"hook": held})
    round_ = Round(before)
    assert round_.start() == 1
    assert round_.start(post.courier) == 1
    assert closed == []
    answer.set()
    round_.wait()
    assert round_.start(post.courier) == 0
    assert closed == ["hook"]
    assert round_.stop(1) == 0
    assert post.delivery.state == "sent"


def test_trouble_is_retried_for_about_a_day_and_then_given_up(
    archive: Archive, receiver: Receiver
) -> None:
    """Waits grow; after the last the delivery is kept as failed, with every attempt."""
    post = Post(archive, receiver)
    receiver.status = 503
    while post.delivery.state == "pending":
        post.now = post.delivery.next_attempt_at or post.now
        post.courier.drain()
    assert timedelta(hours=20) < post.now - START < timedelta(hours=36)
    assert len(post.delivery.attempts) == len(WAITS) + 1
    assert all("503" in attempt.answer for attempt in post.delivery.attempts)
    archive.outbox.retry(None, post.now)
    post.courier.drain()
    assert post.delivery.next_attempt_at is not None
    assert post.delivery.next_attempt_at < post.now + 2 * WAITS[0]
    post.hook.close()


def test_a_delivery_given_up_can_be_sent_after_all(archive: Archive, receiver: Receiver) -> None:
    """A retry by command sends it under the same key."""
    post = Post(archive, receiver)
    receiver.status = 410
    post.courier.drain()
    assert post.delivery.state == "failed"
    key = post.delivery.key
    receiver.status = 204
    assert archive.outbox.retry([post.delivery.id], post.now) == 1
    post.courier.drain()
    assert [hook["id"] for hook in receiver.verified] == [key]
    post.hook.close()


def test_a_channel_that_is_gone_is_said(archive: Archive, receiver: Receiver) -> None:
    """A delivery to a channel nobody configures any more fails at once and says so."""
    post = Post(archive, receiver, channel="fax")
    post.courier.drain()
    news, lost = archive.outbox.deliveries()
    assert lost.state == "failed"
    assert "'fax'" in lost.attempts[-1].answer
    assert (news.event, news.channel, news.state) == ("channel.failing", "hook", "sent")
    post.hook.close()
