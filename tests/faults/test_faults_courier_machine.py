"""Two couriers on one outbox: whatever is refused, lost, crashes or overlaps, nothing is lost."""

from __future__ import annotations

import random
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from owing import SOURCE, START, begun, record

from monitor.deliver import LEASE, WAITS, Courier
from monitor.errors import DeliveryError
from monitor.model import Pace

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from monitor.model import Delivery, Message

CHANNELS = ("hook", "mail", "digest")
PACES = {"digest": Pace(digest="hourly")}
OWNERS = ("one", "two")
FATES = (
    "accepted", "accepted", "refused", "gone", "lost", "crash before", "crash after",
    "overlapped", "outlived", "outlived and refused",
)  # fmt: skip
OUTLIVED = [
    ["outlived and refused", "crash before"],
    ["outlived and refused", "refused"],
    ["outlived", "crash after"],
]
"""What a courier meets that is slower than its lease, and who then takes over."""


def sent_as(one: Delivery) -> str:
    """Return the key of the message that a delivery goes with."""
    return one.batch or one.key


class CrashError(BaseException):
    """The program ends here."""


class Wire:
    """A channel whose receiver does as the machine decides."""

    def __init__(self, name: str, machine: CourierMachine) -> None:
        self.name = name
        self._machine = machine

    def send(self, message: Message) -> str:
        """Play the next fate."""
        return self._machine.arrives(self.name, message.key)

    def session(self) -> AbstractContextManager[None]:
        """Keep nothing."""
        return nullcontext()

    def close(self) -> None:
        """Do nothing."""


class CourierMachine(RuleBasedStateMachine):
    """Two couriers with a name each, one archive, one clock."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.archive = begun(Path(self.folder.name) / "monitor.db")
        self.now = START
        self.changes = 0
        channels = {name: Wire(name, self) for name in CHANNELS}
        self.couriers = {
            owner: Courier(
                self.archive, channels, lambda _: SOURCE, lambda: self.now,
                random.Random(1), owner, PACES,  # noqa: S311 - jitter
            )
            for owner in OWNERS
        }  # fmt: skip
        self.fates: list[str] = []
        self.sender = OWNERS[0]
        self.leased: dict[str, tuple[str, datetime]] = {}
        """Who sends a message, and until when nobody else may."""
        self.accepted: set[str] = set()
        self.settled: set[str] = set()
        """What its sender knows to be accepted: nobody may send it again."""
        self.refused_for_good: set[str] = set()
        self.tries: dict[str, int] = {}
        self.seen_sent: set[str] = set()

    def teardown(self) -> None:
        """Let everything be accepted: then nothing may be left."""
        self.fates = []
        self.now += timedelta(days=3)
        # What one channel accepts may owe another the news that it recovered, with its next digest.
        while self.archive.outbox.pending_count():
            self.now += timedelta(hours=1)
            tried = [self.couriers["one"].deliver(channel) for channel in CHANNELS]
            assert any(tried)
        found = self.archive.outbox.deliveries(limit=999)
        # Besides, each channel is told where another fails.
        assert sum(one.change is not None for one in found) == self.changes * len(CHANNELS)
        for one in found:
            assert one.state in {"sent", "failed"}
            assert one.state == "failed" or sent_as(one) in self.accepted
            exhausted = len(one.attempts) > len(WAITS) or sent_as(one) in self.refused_for_good
            assert one.state == "sent" or exhausted
        self.archive.close()
        self.folder.cleanup()

    def arrives(self, channel: str, key: str) -> str:
        """Decide what a receiver does; no other courier may be at the same message."""
        assert key not in self.settled
        if key in self.leased:
            assert self.leased[key][1] <= self.now
        self.leased[key] = self.sender, self.now + LEASE
        fate = self.fates.pop(0) if self.fates else "accepted"
        if fate.startswith(("overlapped", "outlived")):
            self.now += timedelta(seconds=30) if fate == "overlapped" else LEASE
            self._other(channel)
        if fate == "crash before":
            raise CrashError
        if fate in {"refused", "gone", "outlived and refused"}:
            self._release(key)
            self.refused_for_good |= {key} if fate == "gone" else set()
            raise DeliveryError(fate, permanent=fate == "gone")
        self.accepted.add(key)
        if fate == "crash after":
            raise CrashError
        self._release(key)
        if fate == "lost":
            raise DeliveryError("no answer")
        self.settled.add(key)
        return "250 OK"

    def _release(self, key: str) -> None:
        if self.leased.get(key, ("",))[0] == self.sender:
            del self.leased[key]

    def _other(self, channel: str) -> None:
        before = self.sender
        self.sender = next(owner for owner in OWNERS if owner != before)
        with suppress(CrashError):
            self.couriers[self.sender].deliver(channel)
        self.sender = before

    @rule()
    def change(self) -> None:
        """Record a change; both channels are owed it."""
        self.changes += 1
        self.now += timedelta(minutes=1)
        record(self.archive, self.changes, self.now, CHANNELS)

    @rule(
        owner=st.sampled_from(OWNERS),
        channel=st.sampled_from(CHANNELS),
        fates=st.lists(st.sampled_from(FATES), min_size=1, max_size=3),
    )
    def deliver(self, owner: str, channel: str, fates: list[str]) -> None:
        """Try what is due; what the first try meets, and those inside of it, is given."""
        self.sender, self.fates = owner, fates
        with suppress(CrashError):
            self.couriers[owner].deliver(channel)
        self.fates = []

    @rule(channel=st.sampled_from(CHANNELS), fates=st.sampled_from(OUTLIVED))
    def outlive(self, channel: str, fates: list[str]) -> None:
        """One courier is slower than its lease; the other takes over, and is at it again soon."""
        self.change()
        self.deliver("one", channel, [*fates])
        self.wait(1)
        self.deliver("two", channel, [])

    @rule(owner=st.sampled_from(OWNERS))
    def restart(self, owner: str) -> None:
        """Give back the leases of a program that died before they run out."""
        self.archive.abandon([owner])
        self.leased = {key: held for key, held in self.leased.items() if held[0] != owner}

    @rule(minutes=st.sampled_from([1, 6, 60, 60 * 12]))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.now += timedelta(minutes=minutes)

    @rule()
    def retry(self) -> None:
        """Somebody has everything given up tried again."""
        self.archive.outbox.retry(None, self.now)

    @invariant()
    def what_is_sent_stays_sent_and_was_accepted(self) -> None:
        """Show as sent only what was accepted, and never as unsent again."""
        found = self.archive.outbox.deliveries(state="sent", limit=999)
        sent = {sent_as(one) for one in found}
        assert self.seen_sent <= sent <= self.accepted
        self.seen_sent = sent


TestCouriers = CourierMachine.TestCase
TestCouriers.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
TestCouriers.__doc__ = "No interleaving loses a delivery or has two couriers at one message."
