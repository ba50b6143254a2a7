"""A day that a policy announces is told before it comes and when it comes, once each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar
from pages import page
from surroundings import Answer
from watching_line import REST, START, Line, opened

from monitor.model import Deadline, EmailConfig, Source, Upcoming, Wants
from monitor.remind import remind, reminder_due
from monitor.render.calendar import calendar

if TYPE_CHECKING:
    from pathlib import Path

    from surroundings import Program, Site

DAY = timedelta(days=1)
DATED = b"Last updated: January 5, 2026"
BOTH = ["policy.effective"] * 2


def _announce(line: Line, effective: str, *, change: bool = True) -> None:
    """Publish a policy that takes effect on a day, as a change or as the first version."""
    old = page("english").replace(b"</main>", REST)
    new = page("english", changed=True).replace(b"</main>", REST)
    dates = DATED + f". Effective date: {effective}".encode()
    if change:
        line.serve(old)
        line.check()
    line.serve((new if change else old).replace(DATED, dates))
    line.check()


def _remind(line: Line, at: datetime) -> int:
    line.now = at
    return remind(line.archive, [line.source], {}, at)


def test_a_day_is_told_a_week_before_and_when_it_comes(line: Line) -> None:
    """Once each, to every channel, however often it is asked."""
    _announce(line, "April 1, 2026")
    (change,) = line.archive.history(["acme"])
    assert "2026-04-01" in change.summary
    assert "effective.notice" in [finding.rule for finding in change.findings]
    assert _remind(line, datetime(2026, 3, 24, 23, tzinfo=UTC)) == 0
    assert [_remind(line, datetime(2026, 3, 25, hour, tzinfo=UTC)) for hour in (0, 1)] == [1, 0]
    assert line.told[2:] == BOTH
    assert [_remind(line, datetime(2026, 4, 1, hour, tzinfo=UTC)) for hour in (0, 9)] == [1, 0]
    assert line.told[2:] == BOTH + BOTH
    told = line.archive.outbox.deliveries()[:4]
    assert [one.reminder for one in told] == [2, 2, 1, 1]
    assert len({one.key for one in told}) == 4


def test_a_first_version_has_a_clock_too(line: Line) -> None:
    """What a source says of the future when it is first read is to come, though no change."""
    _announce(line, "April 1, 2026", change=False)
    (coming,) = line.archive.deadlines.upcoming()
    assert (coming.change, coming.version) == (None, 1)
    assert _remind(line, datetime(2026, 4, 1, 8, tzinfo=UTC)) == 1


def test_what_the_alert_said_is_not_repeated_at_once(line: Line) -> None:
    """Seen three days before, only the day itself is told; seen after it, nothing is."""
    _announce(line, "March 4, 2026")
    assert _remind(line, START + 2 * DAY) == 0
    assert _remind(line, datetime(2026, 3, 4, 1, tzinfo=UTC)) == 1
    (coming,) = line.archive.deadlines.upcoming()
    late = replace(coming, seen_at=datetime(2026, 3, 5, tzinfo=UTC))
    assert reminder_due(late, line.source, datetime(2026, 3, 5, 1, tzinfo=UTC)) == 0


def test_a_day_that_passed_in_downtime_is_told_late_and_once(site: Site, tmp_path: Path) -> None:
    """A restart after the day tells it; the week before is not made up for; long after, nothing."""
    with opened(site, tmp_path) as line:
        _announce(line, "April 1, 2026")
        line.archive.outbox.claim(owner="x", now=line.now + DAY, lease=DAY, limit=9)
    with opened(site, tmp_path) as line:
        assert _remind(line, datetime(2026, 4, 3, tzinfo=UTC)) == 1
        assert line.archive.outbox.deliveries()[0].reminder == 2
        assert _remind(line, datetime(2026, 3, 26, tzinfo=UTC)) == 0  # the clock went back
        assert _remind(line, datetime(2026, 4, 3, tzinfo=UTC)) == 0
    coming = Upcoming(1, "acme", 2, 1, Deadline("effective", date(2026, 4, 1)), START)
    assert reminder_due(coming, line.source, datetime(2026, 4, 9, tzinfo=UTC)) == 0


def test_a_day_that_is_no_longer_stated_is_not_told(line: Line) -> None:
    """Where the publisher puts it off, the new day counts and the old one does not."""
    _announce(line, "April 1, 2026")
    body = line.site.answers["/policy"].body
    line.serve(body.replace(b"April 1, 2026", b"May 1, 2026"))
    line.check()
    line.check(timedelta(minutes=6))
    assert [one.deadline.due_on for one in line.archive.deadlines.upcoming()] == [date(2026, 5, 1)]
    assert _remind(line, datetime(2026, 4, 1, 8, tzinfo=UTC)) == 0
    assert _remind(line, datetime(2026, 5, 1, 8, tzinfo=UTC)) == 1


def test_objections_have_a_last_day(line: Line) -> None:
    """It is told before it comes, and stands in the findings; muted sources tell nobody."""
    line.source = replace(line.source, objection_days=14, remind_before=2 * DAY)
    _announce(line, "March 3, 2026")
    (change,) = line.archive.history(["acme"])
    assert "until 2026-03-16" in change.findings[-1].summary
    at = datetime(2026, 3, 14, 6, tzinfo=UTC)
    line.source = replace(line.source, mute_until=at + DAY)
    assert _remind(line, at) == 0
    line.source = replace(line.source, mute_until=None)
    assert _remind(line, at) == 1
    assert line.told[-2:] == ["policy.objection"] * 2
    assert _remind(line, at + 2 * DAY) == 0


def test_channels_choose_reminders_like_other_events(line: Line) -> None:
    """By event, and by the findings of the change that brought the day."""
    _announce(line, "April 1, 2026")
    mail = EmailConfig("mail", "h", "a@b.example", ("c@d.example",))
    wants = {
        "mail": replace(mail, wants=Wants(events=("policy.changed",))),
        "hook": replace(mail, name="hook", wants=Wants(findings=("effective.*",))),
    }
    at = datetime(2026, 4, 1, 8, tzinfo=UTC)
    assert remind(line.archive, [line.source], wants, at) == 1
    (told,) = [row for row in line.archive.outbox.deliveries() if row.event == "policy.effective"]
    assert told.channel == "hook"


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_days_begin_where_the_source_says(zone: str) -> None:
    """The day is that of the source's time zone."""
    source = Source("a", "A", "terms", "Terms", "https://a.example/")
    source = replace(source, schedule=replace(source.schedule, timezone=zone))
    coming = Upcoming(1, "a", 2, 1, Deadline("effective", date(2026, 4, 1)), START)
    begins = {"UTC": 0, "Pacific/Auckland": -13, "America/Los_Angeles": 7}[zone]
    midnight = datetime(2026, 4, 1, tzinfo=UTC) + timedelta(hours=begins)
    assert reminder_due(coming, source, midnight - timedelta(seconds=1)) == 1
    assert reminder_due(coming, source, midnight) == 2


def test_a_calendar_reads_back_and_stays_the_same() -> None:
    """One whole-day event a deadline, under a name that never changes; hostile text stays text."""
    source = Source("a", "A\r\nX:1", "terms", "Terms, all; of\\them", "https://a.example/")
    words = "Effective\nEND:VCALENDAR, 1 April 2026"
    deadlines = (
        Upcoming(1, "a", 2, 7, Deadline("effective", date(2026, 4, 1), words), START),
        Upcoming(2, "a", 2, 7, Deadline("objection", date(2026, 3, 15)), START),
        Upcoming(3, "unknown", 2, 7, Deadline("objection", date(2026, 3, 15)), START),
    )
    file = calendar(deadlines, {"a": source})
    assert file == calendar(deadlines, {"a": source})
    events = Calendar.from_ical(file).walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [date(2026, 4, 1), date(2026, 3, 15)]
    assert len({str(event["uid"]) for event in events}) == 2
    assert "END:VCALENDAR, 1 April 2026" in events[0]["description"]
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))


def test_days_to_come_are_listed_and_written_to_a_calendar(
    program: Program, site: Site, tmp_path: Path
) -> None:
    """`status --upcoming` lists them and `calendar` writes them, but not into a missing folder."""
    day = (datetime.now(UTC) + 100 * DAY).date()
    body = page("english").replace(DATED, DATED + f". Effective: {day:%B %d, %Y}".encode())
    site.answers["/p"] = Answer(body)
    program.write(
        f'[[source]]\nid = "acme"\nallow_private = true\nrobots = false\nurl = "{site.url("/p")}"\n'
    )
    program("check")
    (coming,) = program.json("status", "--upcoming")
    assert (coming["due_on"], coming["kind"], coming["change"]) == (str(day), "effective", None)
    assert str(day) in program("status", "acme", "--upcoming")
    program("calendar", "--output", str(tmp_path / "days.ics"))
    assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}".encode() in (tmp_path / "days.ics").read_bytes()
    assert "SUMMARY:" in program("calendar", "acme")
    program("calendar", "--output", str(tmp_path / "no" / "days.ics"), expect=2)
