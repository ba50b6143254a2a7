"""Durations, cron expressions and patterns mean what people mean by them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources import cron, durations, rules


@given(st.integers(0, 366 * 86_400))
def test_a_duration_is_read_back_as_it_was_written(seconds: int) -> None:
    """Writing and reading a duration are inverse."""
    duration = timedelta(seconds=seconds)
    assert durations.parse(durations.write(duration)) == duration


@pytest.mark.parametrize("text", ["", "h", "12", "-1h", "1m1h", "1h1h", "1.5h", "1y", "٣h", "1h\n"])
def test_what_is_no_duration_is_refused_with_advice(text: str) -> None:
    """A number wants a unit; units come once, largest first."""
    with pytest.raises(ValueError, match=r"unit|write"):
        durations.parse(text)


def test_a_duration_may_have_several_parts() -> None:
    """Parts may be set apart by a blank."""
    assert durations.parse("1d 2h 30m") == timedelta(days=1, hours=2, minutes=30)
    assert durations.parse("2 w") == timedelta(weeks=2)


FIELD = st.one_of(
    st.just("*"),
    st.integers(1, 20).map(lambda step: f"*/{step}"),
    st.lists(st.integers(1, 12).map(str), min_size=1, max_size=3).map(",".join),
    st.tuples(st.integers(1, 5), st.integers(6, 12)).map(lambda pair: f"{pair[0]}-{pair[1]}"),
)
WEEKDAY = st.one_of(
    st.just("*"),
    st.integers(0, 7).map(str),
    st.sampled_from(["mon", "MON-fri", "0-6", "5-7", "*/2", "sun,3", "0-6/3"]),
)


@given(st.tuples(FIELD, FIELD, FIELD, FIELD))
def test_a_normal_expression_stays_itself_and_comes(fields: tuple[str, ...]) -> None:
    """Normalising is idempotent and its result is one that APScheduler can fire."""
    text = cron.normalise(f"{' '.join(fields)} *")
    assert cron.normalise(text) == text
    trigger = CronTrigger.from_crontab(text, timezone=UTC)
    assert trigger.get_next_fire_time(None, datetime(2026, 1, 1, tzinfo=UTC)) is not None


def crontab_days(field: str) -> set[int]:
    """Read a day-of-week field as crontab(5) does; 0 is Sunday."""
    names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    days = set()
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        first, _, last = ("0-6" if span == "*" else span).partition("-")
        low, high = (int(d) if d.isdigit() else names.index(d) for d in (first, last or first))
        days |= {day % 7 for day in range(low, high + 1, int(step or 1))}
    return days


@given(WEEKDAY)
def test_weekdays_are_those_of_crontab(field: str) -> None:
    """Sunday is 0 and 7, as everywhere but in APScheduler."""
    trigger = CronTrigger.from_crontab(cron.normalise(f"0 12 * * {field}"), timezone=UTC)
    week = {
        (start.weekday() + 1) % 7
        for day in range(4, 11)
        if (start := datetime(2026, 1, day, tzinfo=UTC))
        and trigger.get_next_fire_time(None, start) == start + timedelta(hours=12)
    }
    expected = crontab_days(field)
    if field == "*/2":  # crontab steps through 0 to 7, and 7 is no further day
        expected = {0, 2, 4, 6}
    assert week == expected


@pytest.mark.parametrize(
    ("shortcut", "fields"), [("@daily", "0 0 * * *"), ("@weekly", "0 0 * * sun")]
)
def test_shortcuts_are_five_fields(shortcut: str, fields: str) -> None:
    """The names cron gives to common times are understood."""
    assert cron.normalise(shortcut) == fields


@pytest.mark.parametrize(
    "text",
    ["", "* * * *", "* * * * * *", "60 * * * *", "a * * * *", "*/0 * * * *", "5-1 * * * *",
     "0 0 31 4,6 *", "0 0 1 * 1", "-1 * * * *", "1--2 * * * *", "@reboot", "0 0 * * 8", "٣ * * * *",
     "1, * * * *", "0 0 0 * *", "0 0 * foo *"],
)  # fmt: skip
def test_what_is_no_cron_expression_is_refused(text: str) -> None:
    """Wrong fields and times that never come are refused when they are read."""
    with pytest.raises(cron.CronError):
        cron.normalise(text)


@given(st.text(alphabet="0123456789*/,- monsujaf@", max_size=30))
def test_any_text_is_normal_or_refused(text: str) -> None:
    """No text makes the cron reader fail otherwise, and what passes can be scheduled."""
    try:
        normal = cron.normalise(text)
    except cron.CronError:
        return
    CronTrigger.from_crontab(normal, timezone=UTC)


def test_a_range_can_be_written_as_text_too() -> None:
    """The text form a range is kept in is accepted as it is."""
    text = rules.cut_range({"from": 'A "b"', "to": "ü"})
    assert rules.cut(text) == text == 'from "A \\"b\\"" to "ü"'
    assert rules.cut(rules.cut_range({"from": "x"})) == 'from "x"'
