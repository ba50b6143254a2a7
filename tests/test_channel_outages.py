"""A channel that fails is told of through the others: once, and once more when it is over."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from surroundings import SECRET, Receiver, receiving

from monitor.deliver import Courier
from monitor.extract.document import REVISION
from monitor.model import Check, Failed, Source, WebhookConfig
from monitor.notify.channel import open_channel
from monitor.record import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Two:
    """Two channels with a receiver each, and sources that fail one after another."""

    def __init__(self, archive: Archive, sick: Receiver, well: Receiver) -> None:
        self.archive, self.sick, self.well = archive, sick, well
        self.now = START
        self.sources: dict[str, Source] = {}
        self.channels = {
            name: open_channel(WebhookConfig(name, receiver.url, SECRET, allow_private=True))
            for name, receiver in (("sick", sick), ("well", well))
        }
        dice = random.Random(1)  # noqa: S311 - jitter
        self.courier = Courier(
            archive, self.channels, self.sources.__getitem__, lambda: self.now, dice, "me"
        )

    def owe(self, *channels: str) -> None:
        """Owe news of one more outage to channels."""
        name = f"s{len(self.sources)}"
        source = Source(name, name, "policy", "Policy", f"https://{name}.example/")
        self.sources[name] = source
        at, outcome = self.now, Failed("dns", "gone")
        check = Check(
            source, at, at, outcome, at, REVISION, channels=channels, open_outage="failing"
        )
        self.archive.record(check)

    def later(self, minutes: int) -> None:
        """Let time pass, then send what is due."""
        self.now += timedelta(minutes=minutes)
        self.courier.drain()

    def told(self, receiver: Receiver) -> list[str]:
        """Return what a channel was told about channels."""
        events = [(got["type"], got["data"]) for got in receiver.verified]
        return [f"{kind} {data['channel']}" for kind, data in events if kind.startswith("channel")]


@pytest.fixture
def two(tmp_path: Path, receiver: Receiver) -> Iterator[Two]:
    """Open an archive and both channels."""
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    with receiving() as other, Archive.open(url) as archive:
        built = Two(archive, receiver, other)
        yield built
        for channel in built.channels.values():
            channel.close()


def test_a_refusal_for_good_is_told_at_once_and_once(two: Two) -> None:
    """However much is refused; and that it works again, as soon as it takes a message."""
    two.sick.status = 410
    for _ in range(3):
        two.owe("sick")
        two.later(1)
    two.later(1)
    assert two.told(two.well) == ["channel.failing sick"]
    (outage,) = two.archive.outbox.outages()
    assert (outage.channel, outage.opened_at) == ("sick", START + timedelta(minutes=1))
    assert outage.detail.startswith("410")
    two.sick.status = 204
    two.owe("sick")
    two.later(1)
    two.later(1)
    assert two.told(two.well) == ["channel.failing sick", "channel.recovered sick"]
    assert two.told(two.sick) == []
    assert two.archive.outbox.outages() == ()


def test_what_is_told_of_a_trouble_stays_as_it_was_told(two: Two) -> None:
    """A repeat that comes after another answer, or after the end, says the same as the first."""
    two.sick.status, two.well.status = 410, 503
    two.owe("sick")
    two.later(1)
    (owed,) = (one for one in two.archive.outbox.deliveries() if one.event == "channel.failing")
    before = two.courier.message(owed)
    two.sick.status = 404
    two.owe("sick")
    two.later(1)
    assert two.courier.message(owed) == before
    two.sick.status = 204
    two.owe("sick")
    two.later(1)
    assert two.archive.outbox.outages() == ()
    assert two.courier.message(owed) == before


def test_trouble_is_told_when_it_lasts_for_an_hour(two: Two) -> None:
    """A receiver that is restarted is no news."""
    two.sick.status = 503
    two.owe("sick")
    two.later(0)
    two.later(30)
    assert two.told(two.well) == []
    two.later(60)
    two.later(1)
    assert two.told(two.well) == ["channel.failing sick"]


def test_trouble_that_passes_leaves_nothing(two: Two) -> None:
    """Another refusal much later begins anew."""
    two.sick.status = 503
    two.owe("sick")
    two.later(0)
    two.sick.status = 204
    two.later(1)
    two.sick.status = 503
    two.owe("sick")
    two.later(120)
    two.later(1)
    assert two.told(two.well) == []
    assert two.archive.outbox.outages() == ()


def test_where_all_fail_nobody_is_told_for_ever(two: Two) -> None:
    """News of channels causes no news of channels without end; the status shows both."""
    two.sick.status = two.well.status = 410
    two.owe("sick", "well")
    for _ in range(5):
        two.later(10)
    assert {one.channel for one in two.archive.outbox.outages()} == {"sick", "well"}
    assert len(two.archive.outbox.deliveries(limit=100)) <= 4
    assert two.archive.outbox.pending_count() == 0
