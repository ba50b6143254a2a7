"""Outages, written: opened, told again while they last, closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.record import notes

if TYPE_CHECKING:
    from monitor.model import Check, EventType, Outage, OutageKind
    from monitor.record.engine import Connection

_OPENED: dict[OutageKind, EventType] = {
    "failing": "source.failing",
    "blocked": "source.blocked",
    "gone": "source.gone",
}


def write(
    connection: Connection, source_id: int, check: Check, opened: Outage | None
) -> tuple[EventType, int, int] | None:
    """Open an outage, close it or note one more reminder, as the check says.

    Returns the event to tell, the outage and the number of the reminder, 0 for other events.
    """
    if check.open_outage and opened is None:
        return _OPENED[check.open_outage], _open(connection, source_id, check), 0
    if opened is None:
        return None
    if check.close_outage:
        connection.update("outages", opened.id, closed_at=check.finished_at)
        _withdraw_reminders(connection, opened.id)
        return "source.recovered", opened.id, 0
    if check.remind_outage:
        number = opened.reminders + 1
        connection.update("outages", opened.id, reminders=number, reminded_at=check.finished_at)
        return "source.reminder", opened.id, number
    return None


def _open(connection: Connection, source_id: int, check: Check) -> int:
    return connection.insert(
        "outages",
        source_id=source_id,
        opened_at=check.finished_at,
        closed_at=None,
        kind=check.open_outage,
        detail=notes.note(check)[1],
    )


def _withdraw_reminders(connection: Connection, outage: int) -> None:
    """Owe nobody a reminder of what is over; one that is being sent at this moment stays."""
    unsent = (
        "SELECT id FROM deliveries WHERE outage_id = :outage AND event = 'source.reminder' "
        "AND state = 'pending' AND lease_owner IS NULL AND batch_id IS NULL"
    )
    numbers = [row["id"] for row in connection.rows(unsent + connection.for_update, outage=outage)]
    for table, column in (("attempts", "delivery_id"), ("deliveries", "id")):
        connection.run_many(
            f"DELETE FROM {table} WHERE {column} = :number",  # noqa: S608 - our own words
            ({"number": number} for number in numbers),
        )
