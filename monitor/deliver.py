"""Drains the outbox: claim with a lease → render → send → settle.

At least once: a delivery whose settlement is lost is sent again under the same key.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from monitor.errors import DeliveryError
from monitor.model import Attempt, Pace, Route, Source
from monitor.pacing import awake, is_quiet
from monitor.pacing import due as pacing_due
from monitor.render import News, compose, compose_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from random import Random
    from types import TracebackType

    from monitor.model import Delivery, DeliveryState, Message
    from monitor.notify.channel import Channel
    from monitor.record import Archive

LEASE = timedelta(minutes=5)
"""Longer than any one delivery takes; they are claimed one at a time, so that none outlives it."""

CHANNELS_AT_ONCE = 8

_AT_ONCE = Pace()
_ITSELF = Source("monitor", "Policy monitor", "policy", "channels", "https://example.org/")
"""Stands for a source where a delivery is about a channel."""

# Standard Webhooks 1.0 recommends this schedule: about 28 hours in all.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)


@dataclass(frozen=True, slots=True)
class Courier:
    """Sends what the outbox holds; safe to run in several threads or programs at once."""

    archive: Archive
    channels: Mapping[str, Channel]
    sources: Callable[[str], Source]
    """Gives the source a delivery is about, also when it is no longer configured."""
    clock: Callable[[], datetime]
    dice: Random
    owner: str
    paces: Mapping[str, Pace] = field(default_factory=dict)
    """When each channel may be told; one that is not here, at any time."""
    web: str = ""
    """Where the web view stands; messages link to it unless it is empty."""

    def drain(self, *, told: Callable[[Delivery], None] = lambda _: None) -> None:
        """Try every delivery that is due once, each channel in a thread of its own.

        `told` is called from those threads with each delivery as it stands after its try.
        Raises `ArchiveError` where the outbox cannot be read or written.
        """
        with Round(self, told=told) as round_:
            while round_.start():
                round_.wait()

    def due(self) -> tuple[str, ...]:
        """Return the channels that have something to send, and may."""
        now = self.clock()
        waiting = self.archive.outbox.due_channels(now)
        return tuple(name for name in waiting if not is_quiet(self._pace(name), now))

    def deliver(self, channel: str) -> tuple[Delivery, ...]:
        """Send the next message of a channel; return the deliveries it holds as they stand then.

        More than one where the channel gathers them into digests; none where nothing is due.
        """
        outbox, now, pace = self.archive.outbox, self.clock(), self._pace(channel)
        if is_quiet(pace, now):
            return ()
        claimed = outbox.claim(
            owner=self.owner,
            now=now,
            lease=LEASE,
            limit=1,
            channel=channel,
            gather=pace.digest is not None,
        )
        if claimed:
            self._try(claimed)
        after = (outbox.delivery(one.id) for one in claimed)
        return tuple(one for one in after if one is not None)

    def close(self) -> None:
        """Close the channels; nothing is sent afterwards."""
        for channel in self.channels.values():
            channel.close()

    def session(self, channel: str) -> AbstractContextManager[None]:
        """Keep a channel's connections from one delivery to the next."""
        known = self.channels.get(channel)
        return known.session() if known else nullcontext()

    def message(self, *claimed: Delivery) -> Message:
        """Render the message of deliveries that are sent together, from what the archive holds."""
        batch, news = claimed[0].batch, [self._news(one) for one in claimed]
        if batch is not None:
            return compose_digest(news, key=batch, web=self.web)
        return compose(*news, web=self.web)

    def _news(self, delivery: Delivery) -> News:
        archive = self.archive
        upcoming = archive.deadlines.by_id(delivery.deadline) if delivery.deadline else None
        about = upcoming.change if upcoming else delivery.change
        change = archive.change(about) if about else None
        number = delivery.version
        return News(
            delivery,
            self.sources(delivery.source) if delivery.source else _ITSELF,
            change=change,
            comparison=archive.comparison(change.id) if delivery.change and change else None,
            outage=archive.outage(delivery.outage) if delivery.outage else None,
            version=archive.version(delivery.source, number) if number else None,
            trouble=archive.outbox.outage(delivery.trouble) if delivery.trouble else None,
            upcoming=upcoming,
        )

    def _try(self, claimed: Sequence[Delivery]) -> None:
        due: datetime | None = None
        state: DeliveryState = "sent"
        ok = True
        try:
            answer = self._channel(claimed[0]).send(self.message(*claimed))
        except DeliveryError as error:
            answer, due, ok = str(error), self._retry_at(claimed[0], error), False
            state = "sent" if error.partly else "pending" if due else "failed"
        self.archive.outbox.settle_all(
            [one.id for one in claimed],
            attempt=Attempt(self.clock(), ok=ok, answer=answer),
            state=state,
            next_attempt_at=due,
            owner=self.owner,
            witnesses=self._witnesses(),
        )

    def _witnesses(self) -> tuple[Route, ...]:
        """Return the channels that can tell of others, and when they may."""
        now = self.clock()
        return tuple(Route(name, pacing_due(self._pace(name), now)) for name in self.channels)

    def _channel(self, delivery: Delivery) -> Channel:
        channel = self.channels.get(delivery.channel)
        if channel is None:
            message = f"no channel named {delivery.channel!r} is configured"
            raise DeliveryError(message, permanent=True)
        return channel

    def _retry_at(self, delivery: Delivery, error: DeliveryError) -> datetime | None:
        # What was given up and is tried again by hand has all its tries once more.
        tries = len(delivery.attempts) % (len(WAITS) + 1)
        if error.permanent or tries == len(WAITS):
            return None
        wait = WAITS[tries] * (0.8 + 0.4 * self.dice.random())
        at = self.clock() + max(wait, error.retry_after or timedelta())
        return awake(self._pace(delivery.channel), at)

    def _pace(self, channel: str) -> Pace:
        return self.paces.get(channel, _AT_ONCE)


class Round:
    """Drains the outbox with one thread a channel, so that a slow receiver delays only its own."""

    def __init__(
        self, courier: Courier, *, told: Callable[[Delivery], None] = lambda _: None
    ) -> None:
        self._courier = courier
        self._told = told
        self._pool = ThreadPoolExecutor(CHANNELS_AT_ONCE, thread_name_prefix="deliver")
        self._running: dict[str, Future[None]] = {}
        self._retired: list[Channel] = []
        """Channels of couriers before, which deliveries under way may still use."""
        self._stopping = False

    def __enter__(self) -> Self:
        """Return the round itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Begin no further delivery, and let those under way end."""
        self._stopping = True
        self._pool.shutdown(wait=True)

    def start(self, courier: Courier | None = None) -> int:
        """Begin draining every channel that has something to send; return how many are at it.

        What another `courier` does not send through is closed as soon as it is idle.
        Raises what a channel's thread raised: `ArchiveError`, or a defect.
        """
        if courier is not None and courier is not self._courier:
            kept = {id(channel) for channel in courier.channels.values()}
            before = self._courier.channels.values()
            self._retired += [channel for channel in before if id(channel) not in kept]
            self._courier = courier
        for channel, future in tuple(self._running.items()):
            if future.done():
                del self._running[channel]
                future.result()
        self._close_retired()
        for channel in self._courier.due():
            if channel not in self._running and not self._stopping:
                self._running[channel] = self._pool.submit(self._drain, self._courier, channel)
        return len(self._running)

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until no channel is being drained."""
        wait(tuple(self._running.values()), timeout_s)

    def stop(self, timeout_s: float) -> int:
        """Begin no further delivery; return how many are still under way after the timeout.

        Connections of theirs end with their message, all others now.
        """
        self._stopping = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.wait(timeout_s)
        for channel in (*self._retired, *self._courier.channels.values()):
            channel.close()
        return sum(not future.done() for future in self._running.values())

    def _close_retired(self) -> None:
        idle = [channel for channel in self._retired if channel.name not in self._running]
        self._retired = [channel for channel in self._retired if channel.name in self._running]
        for channel in idle:
            channel.close()

    def _drain(self, courier: Courier, channel: str) -> None:
        with courier.session(channel):
            while not self._stopping and (tried := courier.deliver(channel)):
                for one in tried:
                    self._told(one)
