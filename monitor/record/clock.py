"""Mends what a clock that was ahead left behind: times to wait for that lie far in the future."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.record.engine import Connection

AHEAD = timedelta(minutes=10)
"""How far the clocks of programs on one database may differ before one of them is wrong."""
LONGEST_LEASE = timedelta(days=1)


def forget_future(connection: Connection, now: datetime) -> int:
    """Make due now what was put off at a time that is yet to come; return how much that was."""
    late = {"now": now, "later": now + AHEAD}
    # Unsettled deliveries have an index of their own; those ever sent may be very many.
    for table, unsettled in (("sources", ""), ("deliveries", " AND state = 'pending'")):
        connection.run(
            f"UPDATE {table} SET lease_owner = NULL, lease_expires_at = NULL "  # noqa: S608 - ours
            f"WHERE lease_expires_at > :latest{unsettled}",
            latest=now + LONGEST_LEASE,
        )
    checks = connection.run(
        "UPDATE sources SET next_check_at = :now "
        "WHERE next_check_at > :now AND last_checked_at > :later",
        **late,
    )
    # The last try says when the next was chosen; before the first, the news itself does.
    tries = connection.run(
        "UPDATE deliveries SET next_attempt_at = :now "
        "WHERE state = 'pending' AND next_attempt_at > :now AND COALESCE("
        "(SELECT MAX(a.tried_at) FROM attempts a WHERE a.delivery_id = deliveries.id), "
        "created_at) > :later",
        **late,
    )
    return checks + tries
