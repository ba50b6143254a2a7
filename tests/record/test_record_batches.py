"""Batches and channels in trouble, on every database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from record_samples import at, change, first

from monitor.model import Attempt, Route

if TYPE_CHECKING:
    from monitor.model import Delivery
    from monitor.record import Archive

LEASE = timedelta(minutes=5)
BOTH = (Route("mail", at(3)), Route("hook", at(3)))


def _gather(archive: Archive, owner: str, hours: float = 3) -> tuple[Delivery, ...]:
    return archive.outbox.claim(
        owner=owner, now=at(hours), lease=LEASE, limit=1, channel="mail", gather=True
    )


def _owe(archive: Archive) -> None:
    first(archive)
    change(archive, "one", "two", at(1))
    change(archive, "two", "three", at(2))


def test_only_one_of_many_gets_a_batch(archive: Archive) -> None:
    """However many gather at once, each delivery is in one batch and with one of them."""
    _owe(archive)
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda number: _gather(archive, f"o{number}"), range(6)))
    held = [one for batch in taken for one in batch]
    assert len(held) == len({one.id for one in held}) == 2
    again = _gather(archive, "later", 4)
    assert {one.batch for one in again} <= {one.batch for one in held}


def test_a_batch_is_settled_whole_and_kept_apart_from_the_rest(archive: Archive) -> None:
    """Its members stay together when tried again; other channels are not concerned."""
    _owe(archive)
    held = _gather(archive, "me")
    refused = Attempt(at(3), ok=False, answer="503")
    numbers = [one.id for one in held]
    archive.outbox.settle_all(
        numbers, attempt=refused, state="pending", next_attempt_at=at(4), owner="me"
    )
    change(archive, "three", "four", at(3))
    assert [one.batch == held[0].batch for one in _gather(archive, "me", 5)] == [False]
    again = _gather(archive, "me", 5)
    assert [one.id for one in again] == numbers
    assert [one.key for one in again] == [one.key for one in held]
    assert {one.batch for one in archive.outbox.deliveries() if one.channel == "hook"} == {None}


def test_trouble_of_a_channel_is_a_delivery_about_no_source(archive: Archive) -> None:
    """It is owed to the others once, and the news of its end to who had the first."""
    _owe(archive)
    (number, *_) = [one.id for one in _gather(archive, "me")]
    gone = Attempt(at(3), ok=False, answer="410")
    for _ in range(2):
        archive.outbox.settle_all(
            [number], attempt=gone, state="failed", next_attempt_at=None, witnesses=BOTH
        )
    (told,) = [one for one in archive.outbox.deliveries() if one.trouble]
    assert (told.event, told.channel, told.source) == ("channel.failing", "hook", "")
    taken = Attempt(at(5), ok=True, answer="ok")
    archive.outbox.settle_all(
        [number], attempt=taken, state="sent", next_attempt_at=None, witnesses=BOTH
    )
    events = [(one.event, one.channel) for one in archive.outbox.deliveries() if one.trouble]
    assert events == [("channel.recovered", "hook"), ("channel.failing", "hook")]
    over = archive.outbox.outage(told.trouble or 0)
    assert over is not None
    assert (over.opened_at, over.closed_at) == (at(3), at(5))
