"""Deliveries: handed out, taken back, tried again; never lost, always under the same key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from record_samples import ACME, HOUR, NOW, at, change, first

from monitor.model import Attempt, ChannelTrouble
from monitor.record import Archive

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.model import Delivery

LEASE = timedelta(minutes=5)
REFUSED = Attempt(at(2), ok=False, answer="503 try later")
TAKEN = Attempt(at(2), ok=True, answer="250 queued as 42")


@pytest.fixture
def owing(archive: Archive) -> Archive:
    """Return an archive that owes one change to two channels."""
    first(archive)
    change(archive, "one", "two", at(1))
    return archive


def _claim(
    archive: Archive, hours: float = 2, owner: str = "me", **more: str
) -> tuple[Delivery, ...]:
    return archive.outbox.claim(owner=owner, now=at(hours), lease=LEASE, limit=10, **more)


def test_claimed_delivery_is_not_handed_out_twice(owing: Archive) -> None:
    """A delivery belongs to whoever claimed it until the lease ends, and keeps its key."""
    mine = _claim(owing)

    assert [one.channel for one in mine] == ["mail", "hook"]
    assert _claim(owing, owner="other") == ()
    again = _claim(owing, hours=3, owner="other")
    assert [one.key for one in again] == [one.key for one in mine]


def test_claim_can_be_for_one_channel(owing: Archive) -> None:
    """A slow receiver can have a claimant of its own."""
    assert [one.channel for one in _claim(owing, channel="hook")] == ["hook"]
    assert [one.channel for one in _claim(owing)] == ["mail"]


def test_sent_is_final(owing: Archive) -> None:
    """A delivery that was accepted is never pending again, whatever a late attempt says."""
    mail, _ = _claim(owing)
    owing.outbox.settle(mail.id, attempt=TAKEN, state="sent", next_attempt_at=None)
    owing.outbox.settle(mail.id, attempt=REFUSED, state="pending", next_attempt_at=at(3))

    found = owing.outbox.delivery(mail.id)
    assert found is not None
    assert (found.state, found.next_attempt_at) == ("sent", None)
    assert found.attempts == (TAKEN, REFUSED)
    assert owing.outbox.pending_count() == 1
    assert owing.outbox.retry([mail.id], at(3)) == 0


def test_refused_delivery_waits_for_its_next_try(owing: Archive) -> None:
    """It is due at the time given, then given up, then retried by hand."""
    mail, hook = _claim(owing)
    settle = owing.outbox.settle
    settle(hook.id, attempt=TAKEN, state="sent", next_attempt_at=None)
    settle(mail.id, attempt=REFUSED, state="pending", next_attempt_at=at(4))
    assert _claim(owing, hours=3.9) == ()
    assert owing.outbox.next_due(at(3)) == at(4)
    (again,) = _claim(owing, hours=4)
    assert again.attempts == (REFUSED,)
    settle(mail.id, attempt=REFUSED, state="failed", next_attempt_at=None)

    assert _claim(owing, hours=100) == ()
    assert owing.outbox.next_due(at(100)) is None
    assert (owing.outbox.pending_count(), owing.outbox.failed_count()) == (0, 1)
    assert [one.id for one in owing.outbox.deliveries(state="failed")] == [mail.id]
    assert owing.outbox.retry([], at(100)) == 0
    assert owing.outbox.retry(None, at(100)) == 1
    (retried,) = _claim(owing, hours=100)
    assert (retried.key, len(retried.attempts)) == (mail.key, 2)


def test_next_due_counts_leases(owing: Archive) -> None:
    """What somebody holds comes back when the lease ends."""
    assert owing.outbox.next_due(at(0)) == at(1)
    assert owing.outbox.next_due(at(9)) == at(9)
    _claim(owing)
    assert owing.outbox.next_due(at(2)) == at(2) + LEASE


def test_attempt_that_outlived_its_lease_disturbs_nobody(owing: Archive) -> None:
    """A late refusal does not free what another holds; a late acceptance counts."""
    slow, _ = _claim(owing)
    heir, other = _claim(owing, hours=3, owner="heir")
    settle = owing.outbox.settle
    settle(slow.id, attempt=REFUSED, state="pending", next_attempt_at=at(3), owner="me")
    assert _claim(owing, hours=3, owner="third") == ()
    settle(other.id, attempt=TAKEN, state="sent", next_attempt_at=None, owner="me")

    assert heir.id == slow.id
    assert owing.outbox.pending_count() == 1


def test_two_claimants_share_without_overlap(owing: Archive) -> None:
    """Claims made at the same time never hand out the same delivery."""
    for number in range(2, 22):
        change(owing, str(number), str(number + 1), at(1))

    def claim(owner: int) -> list[int]:
        taken = owing.outbox.claim(owner=f"o{owner}", now=at(2), lease=LEASE, limit=5)
        return [one.id for one in taken]

    with ThreadPoolExecutor(4) as pool:
        taken = [number for batch in pool.map(claim, range(12)) for number in batch]

    assert sorted(taken) == sorted({one.id for one in owing.outbox.deliveries(limit=100)})


def test_troubles_name_the_channel_and_its_answer(owing: Archive) -> None:
    """A channel that refuses is summed up until everything owed to it is sent."""
    mail, hook = _claim(owing)
    settle = owing.outbox.settle
    settle(mail.id, attempt=REFUSED, state="failed", next_attempt_at=None)
    later = Attempt(at(3), ok=False, answer="connection refused")
    settle(hook.id, attempt=REFUSED, state="pending", next_attempt_at=at(3))
    settle(hook.id, attempt=later, state="pending", next_attempt_at=at(4))

    assert owing.outbox.troubles() == (
        ChannelTrouble("hook", 0, 1, at(2), "connection refused"),
        ChannelTrouble("mail", 1, 0, at(2), "503 try later"),
    )
    settle(hook.id, attempt=TAKEN, state="sent", next_attempt_at=None)
    owing.outbox.retry(None, at(5))
    settle(mail.id, attempt=TAKEN, state="sent", next_attempt_at=None)
    assert owing.outbox.troubles() == ()


def test_a_message_that_did_not_reach_all_is_named_until_one_does(owing: Archive) -> None:
    """It is sent, its channel works, and it needs a look all the same."""
    mail, hook = _claim(owing)
    some = Attempt(at(2), ok=False, answer="250 queued; refused for b@example.org: 550 unknown")
    owing.outbox.settle(mail.id, attempt=some, state="sent", next_attempt_at=None)
    owing.outbox.settle(hook.id, attempt=TAKEN, state="sent", next_attempt_at=None)
    (partly,) = owing.outbox.partly_refused()
    assert (partly.channel, partly.partly, partly.attempts) == ("mail", True, (some,))
    assert (owing.outbox.troubles(), owing.outbox.outages()) == ((), ())
    change(owing, "two", "three", at(5))
    mail, _ = _claim(owing, hours=6)
    owing.outbox.settle(mail.id, attempt=TAKEN, state="sent", next_attempt_at=None)
    assert owing.outbox.partly_refused() == ()


def test_channel_named_twice_is_told_once(archive: Archive) -> None:
    """One change owes one channel one delivery."""
    first(archive)
    recorded = change(archive, "one", "two", at(1), channels=("mail", "mail"))

    assert recorded.deliveries == 1


def test_keys_differ_between_installations(tmp_path: Path) -> None:
    """Two databases with the same history never use the same key."""
    keys = []
    for name in ("one.db", "two.db"):
        with Archive.open(f"sqlite:///{tmp_path / name}") as archive:
            first(archive)
            change(archive, "one", "two", at(1))
            keys += [one.key for one in archive.outbox.deliveries()]

    assert len(set(keys)) == 4
    assert all(key.isascii() and len(key) < 64 for key in keys)


def test_endless_answer_is_cut(owing: Archive) -> None:
    """A receiving server cannot fill the disk with its answers."""
    mail, _ = _claim(owing)
    long = Attempt(at(2), ok=False, answer="x" * 1_000_000)
    owing.outbox.settle(mail.id, attempt=long, state="failed", next_attempt_at=None)

    found = owing.outbox.delivery(mail.id)
    assert found is not None
    assert len(found.attempts[0].answer) == 2000
    assert owing.outbox.delivery(99) is None
    assert (ACME.id, HOUR) == (found.source, timedelta(hours=1))
    assert found.created_at > NOW
