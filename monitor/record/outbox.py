"""Deliveries that are not yet in a final state; at least once, always under the same key."""

# ruff: noqa: S608 - statements are put together from this package's own words; values are parameters

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

from monitor.model import ChannelTrouble
from monitor.record import rows, troubles
from monitor.record.engine import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from monitor.model import (
        Attempt,
        ChannelOutage,
        Delivery,
        DeliveryState,
        EventType,
        Route,
    )
    from monitor.record.engine import Connection, Database, Row

_ANSWER_LIMIT = 2000
"""Characters of a receiving server's answer that are kept."""
MOST_IN_A_DIGEST = 50
"""Deliveries in one message; what is more goes into the next one."""
_FREE = "(lease_expires_at IS NULL OR lease_expires_at <= :now)"


def add(
    connection: Connection,
    *,
    instance: str,
    event: EventType,
    route: Route,
    source_id: int | None,
    about: Mapping[str, int],
    now: datetime,
    reminder: int = 0,
) -> int:
    """Owe a channel the news of one event, in the transaction that records the event."""
    what = "-".join(f"{name}{number}" for name, number in about.items())
    seed = f"{instance}/{event}{reminder or ''}/{what}/{route.channel}"
    return connection.insert(
        "deliveries",
        key=key(seed),
        channel=route.channel,
        event=event,
        source_id=source_id,
        state="pending",
        created_at=now,
        next_attempt_at=route.due_at,
        reminder=reminder,
        **about,
    )


def key(seed: str) -> str:
    """Make the key of a message from what it is about."""
    return f"msg_{hashlib.sha256(seed.encode()).hexdigest()[:32]}"


class Outbox:
    """Hands out what is to be sent and takes back how it went; one transaction a call."""

    def __init__(self, database: Database, instance: str = "") -> None:
        self._database = database
        self._instance = instance

    def claim(
        self,
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        channel: str | None = None,
        gather: bool = False,
    ) -> tuple[Delivery, ...]:
        """Take deliveries that are due and that nobody holds, the longest due first.

        Nobody else is given them until the lease ends. A holder that dies without settling loses
        nothing: its deliveries can be claimed again, under the same keys.

        With `gather`, all of a channel that are due are put together into one batch. A batch is
        for ever claimed as a whole and by itself, also without `gather`.
        """
        with self._database.write() as connection:
            found = connection.rows(
                "SELECT id, key, batch_id FROM deliveries "
                "WHERE state = 'pending' AND next_attempt_at <= :now "
                f"AND {_FREE}{' AND channel = :channel' if channel else ''} "
                f"ORDER BY next_attempt_at, id LIMIT :limit{connection.skip_locked}",
                now=now,
                limit=MOST_IN_A_DIGEST if gather else limit,
                **({"channel": channel} if channel else {}),
            )
            if not found:
                return ()
            batch = found[0]["batch_id"]
            single = [row for row in found if row["batch_id"] is None]
            if batch is None and gather:
                assert channel is not None
                batch = _gather(connection, channel, single, now)
            where, named = _these(batch, single)
            connection.run(
                "UPDATE deliveries SET lease_owner = :owner, lease_expires_at = :expires "
                f"WHERE {where} AND state = 'pending' AND {_FREE}",
                owner=owner,
                expires=now + lease,
                now=now,
                **named,
            )
            return _load(
                connection,
                f"WHERE d.{where} AND d.state = 'pending' AND d.lease_owner = :owner "
                "AND d.lease_expires_at = :expires ORDER BY d.next_attempt_at, d.id",
                named | {"owner": owner, "expires": now + lease},
            )

    def settle(
        self,
        delivery_id: int,
        *,
        attempt: Attempt,
        state: DeliveryState,
        next_attempt_at: datetime | None,
        owner: str | None = None,
    ) -> None:
        """Note an attempt, its outcome and the next try, and end the lease.

        A delivery that is sent stays sent. With `owner`, an attempt that outlived its lease does
        not disturb whoever holds the delivery now; that it was accepted counts all the same.
        """
        self.settle_all(
            (delivery_id,),
            attempt=attempt,
            state=state,
            next_attempt_at=next_attempt_at,
            owner=owner,
        )

    def settle_all(
        self,
        delivery_ids: Sequence[int],
        *,
        attempt: Attempt,
        state: DeliveryState,
        next_attempt_at: datetime | None,
        owner: str | None = None,
        witnesses: Sequence[Route] = (),
    ) -> None:
        """Settle what went as one message: all of it, or nothing.

        Where its channel thereby proves to fail, or to work again, the `witnesses` are told: of a
        failure those that do not fail themselves, of its end those that were told of it.
        """
        columns = {
            "state": state,
            "next_attempt_at": next_attempt_at if state == "pending" else None,
            "lease_owner": None,
            "lease_expires_at": None,
        }
        with self._database.write() as connection:
            for number in delivery_ids:
                if _note(connection, number, attempt, state, owner):
                    connection.update("deliveries", number, **columns)
            self._tell_trouble(connection, delivery_ids[0], attempt, state, witnesses)

    def _tell_trouble(
        self,
        connection: Connection,
        delivery_id: int,
        attempt: Attempt,
        state: DeliveryState,
        witnesses: Sequence[Route],
    ) -> None:
        sent = connection.value("SELECT channel FROM deliveries WHERE id = :id", id=delivery_id)
        told = troubles.note(connection, sent, attempt, state)
        if told is None:
            return
        event, trouble = told
        known = troubles.listening(connection, trouble, event)
        for route in witnesses:
            if route.channel != sent and (route.channel in known) == (event == "channel.recovered"):
                add(
                    connection,
                    instance=self._instance,
                    event=event,
                    route=route,
                    source_id=None,
                    about={"trouble_id": trouble},
                    now=attempt.at,
                )

    def outages(self) -> tuple[ChannelOutage, ...]:
        """Return the channels that fail, for good or for an hour and more, by name."""
        with self._database.read() as connection:
            return troubles.told(connection)

    def outage(self, number: int) -> ChannelOutage | None:
        """Return one outage of a channel, also when it is over."""
        with self._database.read() as connection:
            return troubles.by_id(connection, number)

    def retry(self, ids: Sequence[int] | None, now: datetime) -> int:
        """Put deliveries that were given up back into the outbox, all of them for `None`.

        One that went with a digest takes the whole of that along. Returns how many there were.
        """
        marks, named = listed("id", ids or ())
        batches = f"SELECT batch_id FROM deliveries WHERE id IN {marks}"
        chosen = "" if ids is None else f" AND (id IN {marks} OR batch_id IN ({batches}))"
        if ids is not None and not ids:
            return 0
        with self._database.write() as connection:
            return connection.run(
                "UPDATE deliveries SET state = 'pending', next_attempt_at = :now, "
                f"lease_owner = NULL, lease_expires_at = NULL WHERE state = 'failed'{chosen}",
                now=now,
                **named,
            )

    def deliveries(
        self, *, state: DeliveryState | None = None, limit: int = 50
    ) -> tuple[Delivery, ...]:
        """Return deliveries with their attempts, newest first."""
        where = "WHERE d.state = :state " if state else ""
        values: dict[str, object] = {"limit": limit} | ({"state": state} if state else {})
        with self._database.read() as connection:
            return _load(connection, f"{where}ORDER BY d.id DESC LIMIT :limit", values)

    def delivery(self, delivery_id: int) -> Delivery | None:
        """Return one delivery with its attempts."""
        with self._database.read() as connection:
            return next(iter(_load(connection, "WHERE d.id = :id", {"id": delivery_id})), None)

    def pending_count(self) -> int:
        """Count the deliveries still to be sent."""
        return self._count("pending")

    def failed_count(self) -> int:
        """Count the deliveries given up."""
        return self._count("failed")

    def partly_refused(self) -> tuple[Delivery, ...]:
        """Return the last delivery sent to each channel that did not reach all its recipients.

        Over with the next one that does.
        """
        with self._database.read() as connection:
            return _load(
                connection,
                "WHERE d.id IN (SELECT MAX(id) FROM deliveries WHERE state = 'sent' "
                "GROUP BY channel) "
                "AND EXISTS (SELECT 1 FROM attempts a WHERE a.delivery_id = d.id) AND NOT EXISTS "
                "(SELECT 1 FROM attempts a WHERE a.delivery_id = d.id AND a.ok) "
                "ORDER BY d.channel",
                {},
            )

    def due_channels(self, now: datetime) -> tuple[str, ...]:
        """Return the channels that have a delivery to claim, by name."""
        with self._database.read() as connection:
            rows = connection.rows(
                "SELECT DISTINCT channel FROM deliveries WHERE state = 'pending' "
                f"AND next_attempt_at <= :now AND {_FREE} ORDER BY channel",
                now=now,
            )
            return tuple(row["channel"] for row in rows)

    def next_due(self, now: datetime) -> datetime | None:
        """Return when there will be something to claim, `now` at the earliest; `None` for never."""
        with self._database.read() as connection:
            row = connection.row(
                "SELECT MIN(CASE WHEN lease_expires_at > next_attempt_at THEN lease_expires_at "
                "ELSE next_attempt_at END) AS due_at FROM deliveries WHERE state = 'pending'"
            )
        due = row["due_at"] if row else None
        return max(due, now) if due else None

    def troubles(self) -> tuple[ChannelTrouble, ...]:
        """Return the channels with deliveries that were refused and are not sent yet, by name."""
        with self._database.read() as connection:
            found = connection.rows(
                "SELECT d.channel, d.id, d.state, a.tried_at, a.answer FROM deliveries d "
                "JOIN attempts a ON a.delivery_id = d.id "
                "WHERE d.state <> 'sent' ORDER BY d.channel, a.tried_at, a.id"
            )
        channels: dict[str, list[Row]] = defaultdict(list)
        for row in found:
            channels[row["channel"]].append(row)
        return tuple(_trouble(channel, tried) for channel, tried in channels.items())

    def _count(self, state: DeliveryState) -> int:
        with self._database.read() as connection:
            return int(
                connection.value(
                    "SELECT COUNT(*) FROM deliveries WHERE state <> 'sent' AND state = :state",
                    state=state,
                )
            )


def _gather(connection: Connection, channel: str, single: list[Row], now: datetime) -> int:
    """Make a batch of these, whose key follows from theirs."""
    seed = "/".join(sorted(row["key"] for row in single))
    batch = connection.insert("batches", key=key(seed), channel=channel, created_at=now)
    marks, named = listed("id", [row["id"] for row in single])
    connection.run(
        f"UPDATE deliveries SET batch_id = :batch WHERE id IN {marks}", batch=batch, **named
    )
    return batch


def _these(batch: int | None, single: list[Row]) -> tuple[str, dict[str, object]]:
    if batch is not None:
        return "batch_id = :batch", {"batch": batch}
    marks, named = listed("id", [row["id"] for row in single])
    return f"id IN {marks}", named


def _note(
    connection: Connection,
    delivery_id: int,
    attempt: Attempt,
    state: DeliveryState,
    owner: str | None,
) -> bool:
    """Write an attempt; tell whether the delivery now is in the state it led to."""
    row = connection.row(
        f"SELECT state, lease_owner FROM deliveries WHERE id = :id{connection.for_update}",
        id=delivery_id,
    )
    connection.run(
        "INSERT INTO attempts (delivery_id, tried_at, ok, answer) "
        "VALUES (:delivery_id, :tried_at, :ok, :answer)",
        delivery_id=delivery_id,
        tried_at=attempt.at,
        ok=attempt.ok,
        answer=attempt.answer[:_ANSWER_LIMIT],
    )
    assert row is not None
    outlived = owner is not None and row["lease_owner"] != owner
    return row["state"] != "sent" and (state == "sent" or not outlived)


def _trouble(channel: str, tried: list[Row]) -> ChannelTrouble:
    states = {row["id"]: row["state"] for row in tried}
    return ChannelTrouble(
        channel=channel,
        failed=sum(state == "failed" for state in states.values()),
        retrying=sum(state == "pending" for state in states.values()),
        since=tried[0]["tried_at"],
        answer=tried[-1]["answer"],
    )


def _load(
    connection: Connection, condition: str, values: Mapping[str, object]
) -> tuple[Delivery, ...]:
    found = connection.rows(f"{rows.DELIVERY} {condition}", **values)
    if not found:
        return ()
    marks, named = listed("delivery", [row["id"] for row in found])
    attempts: dict[int, list[Row]] = defaultdict(list)
    for tried in connection.rows(
        "SELECT delivery_id, tried_at, ok, answer FROM attempts "
        f"WHERE delivery_id IN {marks} ORDER BY id",
        **named,
    ):
        attempts[tried["delivery_id"]].append(tried)
    return tuple(rows.delivery(row, attempts[row["id"]]) for row in found)
