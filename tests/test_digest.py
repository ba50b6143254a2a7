"""Digests: one message for what has gathered, the same one on every try, nothing lost."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from surroundings import SECRET, Receiver

from monitor.deliver import LEASE, Courier
from monitor.extract.document import REVISION
from monitor.model import Check, Failed, Pace, Source, Unchanged, WebhookConfig
from monitor.notify.channel import open_channel
from monitor.record import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAILY = Pace(digest="daily", at=time(13))


class Gathering:
    """An archive in which sources fail, and a courier with a clock."""

    def __init__(self, archive: Archive, receiver: Receiver, pace: Pace) -> None:
        self.archive = archive
        self.now = START
        config = WebhookConfig("hook", receiver.url, SECRET, allow_private=True)
        self.hook = open_channel(config)
        self.sources = {
            name: Source(name, name.title(), "policy", "Policy", f"https://{name}.example/")
            for name in ("acme", "bolt", "core")
        }
        dice = random.Random(1)  # noqa: S311 - jitter
        self.courier = Courier(
            archive, {"hook": self.hook}, self.sources.__getitem__, lambda: self.now, dice, "me",
            {"hook": pace},
        )  # fmt: skip
        archive.adopt(tuple(self.sources.values()), START)

    def fail(self, name: str) -> None:
        """Open an outage of a source."""
        check = Check(
            self.sources[name], self.now, self.now, Failed("dns", "gone"), self.now, REVISION,
            channels=("hook",), open_outage="failing",
        )  # fmt: skip
        self.archive.record(check)

    def recover(self, name: str) -> None:
        """Close it again."""
        check = Check(
            self.sources[name], self.now, self.now, Unchanged("validators"), self.now, REVISION,
            channels=("hook",), close_outage=True,
        )  # fmt: skip
        self.archive.record(check)

    @property
    def states(self) -> list[str]:
        """How the deliveries stand, oldest first."""
        return [row.state for row in reversed(self.archive.outbox.deliveries(limit=100))]


@contextmanager
def gathering(folder: Path, receiver: Receiver, pace: Pace = DAILY) -> Iterator[Gathering]:
    """Open one."""
    with Archive.open(f"sqlite:///{folder / 'monitor.db'}") as archive:
        built = Gathering(archive, receiver, pace)
        yield built
        built.hook.close()


@pytest.fixture
def two(tmp_path: Path, receiver: Receiver) -> Iterator[Gathering]:
    """Owe two deliveries to a channel that gathers."""
    with gathering(tmp_path, receiver) as built:
        built.fail("acme")
        built.fail("bolt")
        yield built


def test_what_has_gathered_is_one_message(two: Gathering, receiver: Receiver) -> None:
    """Both are in it, with their own keys, and both are settled."""
    two.courier.drain()
    (got,) = receiver.verified
    assert got["type"] == "policy.digest"
    keys = [row.key for row in reversed(two.archive.outbox.deliveries())]
    assert [event["id"] for event in got["data"]["events"]] == keys
    assert two.states == ["sent", "sent"]
    assert {row.batch for row in two.archive.outbox.deliveries()} == {got["id"]}


def test_a_refused_digest_is_tried_again_unchanged(two: Gathering, receiver: Receiver) -> None:
    """What happens meanwhile goes into the next one; the key stays."""
    receiver.status = 503
    two.courier.drain()
    assert two.states == ["pending", "pending"]
    two.fail("core")
    receiver.status = 204
    two.now += timedelta(minutes=1)
    two.courier.drain()
    # Core became due first: the batch waits for its next try.
    second, first = receiver.verified
    assert [len(one["data"]["events"]) for one in (first, second)] == [2, 1]
    assert first["id"] != second["id"]
    batches = [row.batch for row in reversed(two.archive.outbox.deliveries())]
    assert batches == [first["id"], first["id"], second["id"]]
    assert two.states == ["sent"] * 3


def test_a_crash_repeats_the_same_digest(two: Gathering, receiver: Receiver) -> None:
    """What was sent and not settled is sent again under one key, also if digests are given up."""
    claim = {"owner": "dead", "now": two.now, "lease": LEASE, "limit": 1, "channel": "hook"}
    claimed = two.archive.outbox.claim(**claim, gather=True)  # type: ignore[arg-type]  # by name
    before = two.courier.message(*claimed)
    two.recover("acme")
    two.courier = replace(two.courier, paces={})
    two.now += LEASE
    two.courier.drain()
    kinds = {one["type"]: one for one in receiver.verified}
    assert len(receiver.verified) == len(kinds) == 2
    assert kinds["policy.digest"]["id"] == before.key
    assert [e["id"] for e in kinds["policy.digest"]["data"]["events"]] == [o.key for o in claimed]
    assert kinds["source.recovered"]["data"]["outage"]["closed_at"]


def test_a_digest_given_up_is_retried_whole(two: Gathering, receiver: Receiver) -> None:
    """Putting one delivery back takes the rest of its message along."""
    receiver.status = 410
    two.courier.drain()
    assert two.states == ["failed", "failed"]
    (number, *_) = [row.id for row in two.archive.outbox.deliveries()]
    assert two.archive.outbox.retry([number], two.now) == 2
    receiver.status = 204
    two.courier.drain()
    assert two.states == ["sent", "sent"]
    assert len(receiver.verified[0]["data"]["events"]) == 2


def test_nobody_else_sends_a_digest_that_is_held(two: Gathering) -> None:
    """While one holds it, another gets neither the whole nor a part; after the lease the whole."""
    claim = {"lease": LEASE, "limit": 1, "channel": "hook", "gather": True}
    outbox = two.archive.outbox
    held = outbox.claim(owner="one", now=two.now, **claim)  # type: ignore[arg-type]  # by name
    assert len(held) == 2
    assert outbox.claim(owner="two", now=two.now, **claim) == ()  # type: ignore[arg-type]  # by name
    later = outbox.claim(owner="two", now=two.now + LEASE, limit=1, lease=LEASE)
    assert [one.id for one in later] == [one.id for one in held]
    assert {one.batch for one in later} == {one.batch for one in held}


def test_quiet_hours_hold_back_what_is_due(tmp_path: Path, receiver: Receiver) -> None:
    """What was due before they began, and what is put back by hand, waits as well."""
    quiet = Pace(quiet=(time(13), time(14)))
    with gathering(tmp_path, receiver, quiet) as built:
        built.fail("acme")
        built.now = START.replace(hour=13)
        built.courier.drain()
        assert (receiver.verified, built.courier.due()) == ([], ())
        built.now = START.replace(hour=14)
        built.courier.drain()
        assert len(receiver.verified) == 1
