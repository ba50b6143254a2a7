"""Any interleaving of recording, claiming, crashing, settling and retrying loses nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from record_samples import NOW, change, first

from monitor.model import Attempt, Delivery
from monitor.record import Archive

LEASE = timedelta(minutes=5)
CHANNELS = ("mail", "hook", "chat")
OWNERS = ("one", "two")


class OutboxMachine(RuleBasedStateMachine):
    """Two couriers, one of whom may die at any time, work on one outbox."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.url = f"sqlite:///{Path(self.folder.name) / 'monitor.db'}"
        self.archive = Archive.open(self.url)
        self.now = NOW
        self.text = 0
        self.keys: dict[int, str] = {}
        self.held: dict[str, dict[int, Delivery]] = {owner: {} for owner in OWNERS}
        self.lease_ends: dict[int, object] = {}
        self.holder: dict[int, str] = {}
        self.sent: set[int] = set()
        self.given_up: set[int] = set()
        first(self.archive, "0")

    def teardown(self) -> None:
        """Close the archive and remove it."""
        self.archive.close()
        self.folder.cleanup()

    @rule(channels=st.sets(st.sampled_from(CHANNELS)))
    def record(self, channels: set[str]) -> None:
        """Find a change; each channel is owed one delivery."""
        known = set(self.keys)
        recorded = change(
            self.archive, str(self.text), str(self.text + 1), self.now, channels=sorted(channels)
        )
        self.text += 1
        fresh = [one for one in self.archive.outbox.deliveries(limit=999) if one.id not in known]
        assert recorded.deliveries == len(fresh) == len(channels)
        self.keys |= {one.id: one.key for one in fresh}

    @rule(owner=st.sampled_from(OWNERS), limit=st.integers(1, 4))
    def claim(self, owner: str, limit: int) -> None:
        """Take some; none that another's lease still covers."""
        taken = self.archive.outbox.claim(owner=owner, now=self.now, lease=LEASE, limit=limit)
        for one in taken:
            assert one.id not in self.sent | self.given_up
            assert one.id not in self.lease_ends or self.lease_ends[one.id] <= self.now
            self.held[owner][one.id] = one
            self.lease_ends[one.id] = self.now + LEASE
            self.holder[one.id] = owner

    @precondition(lambda self: any(self.held.values()))
    @rule(owner=st.sampled_from(OWNERS), how=st.sampled_from(["sent", "pending", "failed"]))
    def settle(self, owner: str, how: str) -> None:
        """Report on one taken before, in time or long after its lease."""
        if not self.held[owner]:
            return
        number = min(self.held[owner])
        del self.held[owner][number]
        holds = self.holder.get(number) == owner
        self.archive.outbox.settle(
            number,
            attempt=Attempt(self.now, how == "sent", how),
            state=how,  # type: ignore[arg-type]  # sampled
            next_attempt_at=self.now + timedelta(minutes=1) if how == "pending" else None,
            owner=owner,
        )
        if how == "sent":
            self.sent.add(number)
            self.given_up.discard(number)
        found = self.archive.outbox.delivery(number)
        assert found is not None
        if holds or how == "sent":
            self.lease_ends.pop(number, None)
            self.holder.pop(number, None)
        if found.state == "failed":
            self.given_up.add(number)

    @rule(owner=st.sampled_from(OWNERS))
    def crash(self, owner: str) -> None:
        """Die with everything held; the archive is opened anew."""
        self.held[owner].clear()
        self.archive.close()
        self.archive = Archive.open(self.url)

    @rule(minutes=st.sampled_from([1, 6]))
    def wait(self, minutes: int) -> None:
        """Time passes, perhaps longer than a lease."""
        self.now += timedelta(minutes=minutes)

    @rule()
    def retry(self) -> None:
        """Somebody puts everything given up back."""
        count = self.archive.outbox.retry(None, self.now)
        assert count == len(self.given_up)
        self.given_up.clear()

    @invariant()
    def nothing_is_lost(self) -> None:
        """Each delivery ever owed is sent, given up or still to come, under its first key."""
        found = {one.id: one for one in self.archive.outbox.deliveries(limit=999)}
        assert {number: one.key for number, one in found.items()} == self.keys
        assert {n for n, one in found.items() if one.state == "sent"} == self.sent
        assert {n for n, one in found.items() if one.state == "failed"} == self.given_up
        waiting = set(found) - self.sent - self.given_up
        assert self.archive.outbox.pending_count() == len(waiting)
        assert (self.archive.outbox.next_due(self.now) is not None) == bool(waiting)


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
TestOutbox.__doc__ = (
    "No interleaving loses a delivery, sends one twice in a lease or changes a key."
)
