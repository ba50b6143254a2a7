"""Channels that refuse what they are sent: noted, told through others, and over in the end."""

# ruff: noqa: S608 - statements are put together from this package's own words; values are parameters

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.model import ChannelOutage

if TYPE_CHECKING:
    from monitor.model import Attempt, DeliveryState, EventType
    from monitor.record.engine import Connection, Row

TOLD_AFTER = timedelta(hours=1)
"""How long a channel refuses everything before that is told; at once where it is for good."""
_COLUMNS = "id, channel, opened_at, told_at, closed_at, detail"


def note(
    connection: Connection, channel: str, attempt: Attempt, state: DeliveryState
) -> tuple[EventType, int] | None:
    """Note an attempt of a channel; return what is to be told now, and of which trouble.

    A channel is in trouble from the first refusal to the next acceptance, by whomever.
    """
    found = _open(connection, channel)
    if state == "sent":
        return _close(connection, found, attempt) if found else None
    if found is None:
        number = connection.insert(
            "troubles", channel=channel, opened_at=attempt.at, detail=attempt.answer
        )
        found = {"id": number, "opened_at": attempt.at, "told_at": None}
    elif found["told_at"] is None:
        # From then on it stays: what is told under one key is told in the same words.
        connection.update("troubles", found["id"], detail=attempt.answer)
    lasts = attempt.at - found["opened_at"] >= TOLD_AFTER
    if found["told_at"] is not None or not (state == "failed" or lasts):
        return None
    connection.update("troubles", found["id"], told_at=attempt.at)
    return "channel.failing", int(found["id"])


def listening(connection: Connection, trouble: int, event: EventType) -> frozenset[str]:
    """Return who was told of the failure now over, or who must not be: it is known to fail."""
    if event == "channel.recovered":
        rows = connection.rows(
            "SELECT channel FROM deliveries WHERE trouble_id = :trouble", trouble=trouble
        )
    else:
        rows = connection.rows(
            "SELECT channel FROM troubles WHERE closed_at IS NULL AND told_at IS NOT NULL"
        )
    return frozenset(row["channel"] for row in rows)


def by_id(connection: Connection, number: int) -> ChannelOutage | None:
    """Return one trouble."""
    row = connection.row(f"SELECT {_COLUMNS} FROM troubles WHERE id = :id", id=number)
    return ChannelOutage(**row) if row else None


def told(connection: Connection) -> tuple[ChannelOutage, ...]:
    """Return the channels in a trouble that is one to tell, by name.

    One with nothing left to send is not among them: perhaps it is no longer configured.
    """
    rows = connection.rows(
        f"SELECT {_COLUMNS} FROM troubles t WHERE closed_at IS NULL AND told_at IS NOT NULL "
        "AND EXISTS (SELECT 1 FROM deliveries d WHERE d.channel = t.channel AND d.state <> 'sent') "
        "ORDER BY channel"
    )
    return tuple(ChannelOutage(**row) for row in rows)


def _open(connection: Connection, channel: str) -> Row | None:
    return connection.row(
        "SELECT id, opened_at, told_at FROM troubles "
        f"WHERE channel = :channel AND closed_at IS NULL{connection.for_update}",
        channel=channel,
    )


def _close(connection: Connection, found: Row, attempt: Attempt) -> tuple[EventType, int] | None:
    number = int(found["id"])
    if found["told_at"] is None:
        connection.run("DELETE FROM troubles WHERE id = :id", id=number)
        return None
    connection.update("troubles", number, closed_at=attempt.at)
    return "channel.recovered", number
