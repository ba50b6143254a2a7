"""When channels are told: quiet hours end on time, digests come once, whatever clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Pace
from monitor.pacing import awake, due, is_quiet

ZONES = ("UTC", "Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia")
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone
NIGHT = (time(22), time(7))


def at(text: str, zone: str = "Europe/Paris") -> datetime:
    """Read a local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-06-01T12:00", "2026-06-01T12:00"),
        ("2026-06-01T22:00", "2026-06-02T07:00"),
        ("2026-06-02T06:59", "2026-06-02T07:00"),
        ("2026-06-02T07:00", "2026-06-02T07:00"),
        # A night of nine hours less one, and plus one.
        ("2026-03-28T23:00", "2026-03-29T07:00"),
        ("2026-10-24T23:00", "2026-10-25T07:00"),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(now: str, end: str) -> None:
    """Over midnight, and in the nights when clocks are changed."""
    pace = Pace(quiet=NIGHT, timezone="Europe/Paris")
    assert awake(pace, at(now)) == at(end)


@pytest.mark.parametrize(
    ("pace", "now", "slot"),
    [
        (Pace(digest="hourly"), "2026-06-01T12:00", "2026-06-01T13:00"),
        (Pace(digest="daily"), "2026-06-01T07:59", "2026-06-01T08:00"),
        (Pace(digest="daily"), "2026-06-01T08:00", "2026-06-02T08:00"),
        (Pace(digest="daily", at=time(17, 30)), "2026-06-01T08:00", "2026-06-01T17:30"),
        # Monday before and after eight, and a Tuesday.
        (Pace(digest="weekly"), "2026-06-01T07:00", "2026-06-01T08:00"),
        (Pace(digest="weekly"), "2026-06-01T09:00", "2026-06-08T08:00"),
        (Pace(digest="weekly"), "2026-06-02T07:00", "2026-06-08T08:00"),
        # 02:30 is skipped on this day and comes twice on that.
        (Pace(digest="daily", at=time(2, 30)), "2026-03-29T01:00", "2026-03-29T03:30"),
        (Pace(digest="daily", at=time(2, 30)), "2026-10-25T02:45", "2026-10-26T02:30"),
        (Pace(digest="hourly", quiet=NIGHT), "2026-06-01T21:30", "2026-06-02T07:00"),
    ],
)
def test_digests_come_at_their_time(pace: Pace, now: str, slot: str) -> None:
    """Each at the next time named, later where that is in quiet hours."""
    paris = Pace(pace.quiet, pace.digest, pace.at, "Europe/Paris")
    assert due(paris, at(now)) == at(slot)


def test_where_nothing_is_set_nobody_waits() -> None:
    """Without a pace, news is due at once."""
    now = datetime(2026, 6, 1, 23, tzinfo=UTC)
    assert due(Pace(), now) == now


@given(INSTANTS, CLOCKS, CLOCKS, st.sampled_from(ZONES))
def test_nothing_is_sent_early_and_nothing_waits_for_ever(
    now: datetime, start: time, until: time, zone: str
) -> None:
    """Quiet hours end within a day and a change of clocks, outside of themselves."""
    pace = Pace(quiet=(start, until), timezone=zone)
    end = awake(pace, now)
    assert now <= end <= now + timedelta(hours=26)
    assert not is_quiet(pace, end)


OFTEN = [("hourly", 1), ("daily", 25), ("weekly", 170)]


@given(INSTANTS, CLOCKS, st.sampled_from(ZONES), st.sampled_from(OFTEN))
def test_a_digest_is_never_far(
    now: datetime, clock: time, zone: str, often: tuple[str, int]
) -> None:
    """The next digest is later than now, and no further away than its period."""
    name, hours = often
    pace = Pace(digest=name, at=clock, timezone=zone)  # type: ignore[arg-type]  # one of the three
    assert now < due(pace, now) <= now + timedelta(hours=hours)
