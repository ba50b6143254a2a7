"""An outage that lasts is told again, once an interval, and never after it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pages import page
from surroundings import Answer
from watching_line import Line, opened

if TYPE_CHECKING:
    from pathlib import Path

    from surroundings import Site

DAY = timedelta(days=1)
OPENED = ["source.failing"] * 2
REMINDED = ["source.reminder"] * 2
LOGIN = b"<title>Sign in</title><h1>Sign in</h1><form><input type=password></form>"


def _break(line: Line) -> None:
    """Let the source fail until its outage is open."""
    line.check()
    line.site.answers["/policy"] = Answer(b"broken", 500)
    line.check()
    line.check()
    assert line.told == OPENED


def test_an_outage_is_told_again_once_an_interval(line: Line) -> None:
    """A week after the outage was told it is told again to each channel, then after each week."""
    _break(line)
    for _ in range(6):
        line.check(DAY)
    assert line.told == OPENED
    line.check(DAY)
    assert line.told == OPENED + REMINDED
    for _ in range(6):
        line.check(DAY)
    assert line.told == OPENED + REMINDED
    line.check(DAY)
    assert line.told == OPENED + 2 * REMINDED
    assert len({row.key for row in line.archive.outbox.deliveries()}) == 6


def test_downtime_is_followed_by_one_reminder(line: Line) -> None:
    """Intervals that passed while nothing ran are not made up for."""
    _break(line)
    line.check(60 * DAY)
    line.check(DAY)
    assert line.told == OPENED + REMINDED


def test_a_restart_neither_repeats_nor_forgets_a_reminder(site: Site, tmp_path: Path) -> None:
    """When the next one is due is in the archive."""
    with opened(site, tmp_path) as line:
        _break(line)
        line.check(7 * DAY)
        told, now = line.told, line.now
        assert told == OPENED + REMINDED
    with opened(site, tmp_path) as line:
        line.now = now
        line.site.answers["/policy"] = Answer(b"broken", 500)
        line.check(DAY)
        assert line.told == told
        line.check(6 * DAY)
        assert line.told == told + REMINDED


def test_nothing_is_told_again_after_recovery(line: Line) -> None:
    """What recovers is told once; a later outage counts its own intervals."""
    _break(line)
    line.check(6 * DAY)
    line.serve(page("english"))
    line.check(2 * DAY)
    recovered = [*OPENED, "source.recovered", "source.recovered"]
    assert line.told == recovered
    line.check(30 * DAY)
    line.serve(LOGIN)
    line.check()
    line.check()
    assert line.told == [*recovered, "source.blocked", "source.blocked"]
    line.check(6 * DAY)
    line.check(DAY)
    assert line.told[-2:] == REMINDED


def test_a_source_may_ask_for_no_reminders(line: Line) -> None:
    """Zero means never."""
    line.source = replace(line.source, remind_after=timedelta())
    _break(line)
    line.check(400 * DAY)
    assert line.told == OPENED
