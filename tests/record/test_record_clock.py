"""What a clock that was ahead put off is due; what is to wait goes on waiting."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from record_samples import ACME, HOUR, NOW, change, first

from monitor.model import Attempt

if TYPE_CHECKING:
    from monitor.record import Archive

YEAR = timedelta(days=365)


def _retry(archive: Archive, number: int, tried: timedelta, wait: timedelta) -> None:
    attempt = Attempt(NOW + tried, ok=False, answer="503")
    again = NOW + tried + wait
    archive.outbox.settle(number, attempt=attempt, state="pending", next_attempt_at=again)


def test_what_was_put_off_in_the_future_is_due(archive: Archive) -> None:
    """A check and tries chosen by a clock a year ahead are due now, also under its leases."""
    archive.adopt([ACME], NOW + YEAR)
    first(archive, "one", NOW + YEAR)
    change(archive, "one", "two", NOW + YEAR + HOUR)
    archive.outbox.claim(owner="elsewhere", now=NOW + 2 * YEAR, lease=HOUR, limit=1)
    archive.claim(ACME.id, owner="elsewhere", now=NOW + 2 * YEAR, lease=HOUR)
    _retry(archive, 2, YEAR, HOUR)
    assert archive.due(NOW) == archive.outbox.due_channels(NOW) == ()
    assert archive.forget_future(NOW) == 3
    assert archive.due(NOW) == (ACME.id,)
    assert len(archive.outbox.claim(owner="here", now=NOW, lease=HOUR, limit=9)) == 2


def test_what_is_to_wait_goes_on_waiting(archive: Archive) -> None:
    """Waits and leases that a right clock chose stay as they are, however long."""
    archive.adopt([ACME], NOW - HOUR)
    first(archive, "one", NOW - HOUR)
    change(archive, "one", "two", NOW)
    _retry(archive, 1, timedelta(), 200 * HOUR)
    archive.outbox.claim(owner="here", now=NOW, lease=HOUR, limit=9)
    before = archive.outbox.deliveries(limit=9), archive.states()
    assert archive.forget_future(NOW) == 0
    assert (archive.outbox.deliveries(limit=9), archive.states()) == before
    assert not archive.outbox.claim(owner="another", now=NOW, lease=HOUR, limit=9)
