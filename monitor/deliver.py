"""Drains the outbox: claim with a lease → render → send → settle.

At least once: a delivery whose settlement is lost is sent again under the same key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.errors import DeliveryError
from monitor.model import Attempt
from monitor.render import compose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from random import Random

    from monitor.model import Delivery, DeliveryState, Message, Source
    from monitor.notify.channel import Channel
    from monitor.record import Archive

LEASE = timedelta(minutes=5)
"""Longer than any one delivery takes; they are claimed one at a time, so that none outlives it."""

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

    def drain(self, *, stop: Callable[[], bool] = lambda: False) -> tuple[Delivery, ...]:
        """Try every delivery that is due once; return those tried, as they stood before.

        No further one is begun once `stop` says so.
        Raises `ArchiveError` where the outbox cannot be read or written.
        """
        tried: list[Delivery] = []
        while not stop():
            claimed = self.archive.outbox.claim(
                owner=self.owner, now=self.clock(), lease=LEASE, limit=1
            )
            if not claimed:
                break
            self._try(claimed[0])
            tried += claimed
        return tuple(tried)

    def message(self, delivery: Delivery) -> Message:
        """Render the message of a delivery from what the archive holds."""
        change = self.archive.change(delivery.change) if delivery.change else None
        return compose(
            delivery,
            source=self.sources(delivery.source),
            change=change,
            comparison=self.archive.comparison(change.id) if change else None,
            outage=self.archive.outage(delivery.outage) if delivery.outage else None,
        )

    def _try(self, delivery: Delivery) -> None:
        settle = self.archive.outbox.settle
        try:
            answer = self._channel(delivery).send(self.message(delivery))
        except DeliveryError as error:
            attempt = Attempt(self.clock(), ok=False, answer=str(error))
            due = self._retry_at(delivery, error)
            after: DeliveryState = "pending" if due else "failed"
            settle(delivery.id, attempt=attempt, state=after, next_attempt_at=due, owner=self.owner)
        else:
            attempt = Attempt(self.clock(), ok=True, answer=answer)
            settle(
                delivery.id, attempt=attempt, state="sent", next_attempt_at=None, owner=self.owner
            )

    def _channel(self, delivery: Delivery) -> Channel:
        channel = self.channels.get(delivery.channel)
        if channel is None:
            message = f"no channel named {delivery.channel!r} is configured"
            raise DeliveryError(message, permanent=True)
        return channel

    def _retry_at(self, delivery: Delivery, error: DeliveryError) -> datetime | None:
        tries = len(delivery.attempts)
        if error.permanent or tries >= len(WAITS):
            return None
        wait = WAITS[tries] * (0.8 + 0.4 * self.dice.random())
        return self.clock() + max(wait, error.retry_after or timedelta())
