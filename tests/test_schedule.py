"""When a source is due: intervals, cron lines across daylight saving, retries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Rhythm, Schedule
from monitor.schedule import LONGEST_RETRY, next_due, retry_due

NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)
STILL = timedelta()


def _dice() -> Random:
    return Random(7)  # noqa: S311 - jitter


def test_an_interval_counts_from_the_check() -> None:
    """Without jitter the next check is one interval later."""
    schedule = Schedule(every=timedelta(hours=6), jitter=STILL)
    assert next_due(schedule, NOON, _dice()) == NOON + timedelta(hours=6)


@given(jitter=st.timedeltas(timedelta(), timedelta(hours=2)), seed=st.integers())
def test_jitter_only_delays_and_is_bounded(jitter: timedelta, seed: int) -> None:
    """Jitter never makes a check early, nor later than it says."""
    schedule = Schedule(every=timedelta(hours=6), jitter=jitter)
    due = next_due(schedule, NOON, Random(seed))  # noqa: S311 - jitter
    assert timedelta(hours=6) <= due - NOON <= timedelta(hours=6) + jitter


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # Clocks in Berlin go from 02:00 to 03:00 on 29 March 2026, and back on 25 October.
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC)),
        (datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 3, 28, 6, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 6, tzinfo=UTC)),
    ],
)
def test_cron_keeps_the_local_hour_across_daylight_saving(
    now: datetime, expected: datetime
) -> None:
    """Seven o'clock in Berlin stays seven o'clock in Berlin."""
    schedule = Schedule(None, "0 7 * * *", "Europe/Berlin", STILL)
    assert next_due(schedule, now, _dice()) == expected


def test_cron_is_strictly_later() -> None:
    """A check made on the minute is not due again in the same minute."""
    schedule = Schedule(None, "0 12 * * *", "UTC", STILL)
    assert next_due(schedule, NOON, _dice()) == NOON + timedelta(days=1)


def test_retries_back_off_but_never_past_the_schedule() -> None:
    """The wait doubles from about five minutes, and the regular check is a ceiling."""
    schedule = Schedule(every=timedelta(hours=12), jitter=STILL)
    waits = [retry_due(schedule, NOON, number, _dice()) - NOON for number in range(1, 12)]
    assert waits == sorted(waits)
    assert timedelta(minutes=3) < waits[0] < timedelta(minutes=7)
    assert waits[-1] == timedelta(hours=12)


@given(failures=st.integers(1, 10_000), seed=st.integers())
def test_a_retry_is_always_ahead_and_bounded(failures: int, seed: int) -> None:
    """Whatever happened before, the next look is later than now and within about a day."""
    dice = Random(seed)  # noqa: S311 - jitter
    due = retry_due(Schedule(every=timedelta(days=30)), NOON, failures, dice)
    assert NOON < due <= NOON + 1.25 * LONGEST_RETRY


def test_retry_after_is_a_lower_bound() -> None:
    """What the server asks for wins over our own patience, and over the schedule."""
    schedule = Schedule(every=timedelta(hours=1), jitter=STILL)
    due = retry_due(schedule, NOON, 1, _dice(), retry_after=timedelta(hours=3))
    assert due == NOON + timedelta(hours=3)


def _adaptive() -> Schedule:
    bounds = {"least": timedelta(hours=6), "most": timedelta(days=7)}
    return Schedule(every=None, jitter=STILL, **bounds)


def test_a_new_policy_is_looked_at_daily() -> None:
    """Before anything is known, a month is supposed to pass between two changes."""
    assert next_due(_adaptive(), NOON, _dice()) == NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "changes", "every"),
    [
        (0, 0, timedelta(days=1)),
        (60, 0, timedelta(days=3)),
        (700, 0, timedelta(days=7)),
        (330, 11, timedelta(days=1)),
        (365, 200, timedelta(hours=6)),
    ],
)
def test_what_changes_often_is_looked_at_often(days: int, changes: int, every: timedelta) -> None:
    """Thirty looks between two changes, within the bounds."""
    rhythm = Rhythm(NOON - timedelta(days=days), changes)
    assert next_due(_adaptive(), NOON, _dice(), rhythm) == NOON + every


@given(days=st.integers(-10, 10_000), changes=st.integers(0, 5_000))
def test_an_adaptive_schedule_keeps_its_bounds(days: int, changes: int) -> None:
    """Whatever is known, and whatever the clock says of it."""
    rhythm = Rhythm(NOON - timedelta(days=days), changes)
    wait = next_due(_adaptive(), NOON, _dice(), rhythm) - NOON
    assert timedelta(hours=6) <= wait <= timedelta(days=7)
