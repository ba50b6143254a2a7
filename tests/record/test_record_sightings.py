"""What was in force at a time, how sure that is, and when nobody looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from record_samples import ACME, HOUR, NOW, at, capture, change, check, comparison, document, first

from monitor.model import Changed, Failed, Pending, Rederived, Schedule, Unchanged, Variant

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import InForce
    from monitor.record import Archive

DAILY = replace(ACME, schedule=Schedule(every=24 * HOUR, jitter=timedelta()))
SECOND = timedelta(seconds=1)


def _quiet(archive: Archive, *hours: float) -> None:
    for hour in hours:
        archive.record(check(Unchanged("body"), at(hour) + SECOND, source=DAILY))


def _shown(archive: Archive, when: datetime) -> InForce:
    found = archive.past.in_force("acme", when, at(9999))
    assert found is not None
    return found


def test_what_was_seen_before_and_after_was_in_force(archive: Archive) -> None:
    """Between two checks that saw the same nothing else is likely to have stood."""
    first(archive, "one", at(0), source=DAILY)
    _quiet(archive, 24, 48)
    found = _shown(archive, at(30))
    assert (found.version.number, found.certainty, found.gap) == (1, "certain", None)
    assert (found.seen_at, found.next_seen_at) == (at(24), at(48))
    assert archive.past.in_force("acme", at(-2), at(99)) is None
    assert archive.past.in_force("nobody", at(1), at(99)) is None


def test_between_old_and_new_either_may_have_stood(archive: Archive) -> None:
    """In the interval of uncertainty the answer names both versions."""
    first(archive, "one", at(0), source=DAILY)
    _quiet(archive, 24)
    archive.record(check(Pending("x", at(48)), at(48), capture("two", at(48)), source=DAILY))
    before, after = document("one"), document("two")
    told = Changed(after, comparison(before, after), at(48))
    archive.record(check(told, at(49), capture("two", at(49)), source=DAILY))
    doubtful, sure = _shown(archive, at(30)), _shown(archive, at(48.5))
    assert (doubtful.version.number, doubtful.certainty) == (1, "changing")
    assert (doubtful.seen_at, doubtful.next_version) == (at(24), 2)
    # The capture that held the change back had seen it.
    assert (sure.version.number, sure.certainty) == (2, "certain")


def test_after_the_last_check_nothing_is_known(archive: Archive) -> None:
    """The newest sight stands, and the answer says that it is the last one."""
    first(archive, "one", at(0), source=DAILY)
    _quiet(archive, 24)
    found = archive.past.in_force("acme", at(30), at(40))
    assert found is not None
    assert (found.certainty, found.next_seen_at, found.gap) == ("open", None, None)
    late = archive.past.in_force("acme", at(30), at(24 * 10))
    assert late is not None
    assert late.gap is not None
    assert (late.gap.since, late.gap.until) == (at(24), None)


def test_reading_anew_is_no_change_of_the_policy(archive: Archive) -> None:
    """Two versions that differ by our own doing are the same words to the past."""
    first(archive, "one", at(0), source=DAILY)
    archive.record(check(Rederived(document("One"), "extractor"), at(20), source=DAILY))
    _quiet(archive, 24)
    found = _shown(archive, at(10))
    assert (found.version.number, found.certainty, found.next_version) == (1, "certain", 2)


def test_a_variant_stands_while_it_is_shown(archive: Archive) -> None:
    """A return to an earlier version counts from when it was seen."""
    first(archive, "one", at(0), source=DAILY)
    change(archive, "one", "two", at(24), source=DAILY)
    archive.record(check(Variant(1), at(48), capture("one", at(48)), source=DAILY))
    _quiet(archive, 72)
    assert _shown(archive, at(30)).certainty == "changing"
    assert _shown(archive, at(30)).next_version == 1
    assert (_shown(archive, at(60)).version.number, _shown(archive, at(60)).certainty) == (
        1,
        "certain",
    )


def test_a_source_never_seen_has_no_gaps(archive: Archive) -> None:
    """Where nothing was ever seen, there is nothing a gap could lie between."""
    archive.adopt([ACME], NOW)
    archive.record(check(Failed("dns", "no such name"), NOW))
    assert archive.past.gaps("acme", at(400)) == ()


def test_gaps_are_times_without_a_sight(archive: Archive) -> None:
    """Longer than twice as planned; checks that failed in between are counted."""
    first(archive, "one", at(0), source=DAILY)
    _quiet(archive, 24, 48, 72)
    for hour in (96, 120):
        archive.record(check(Failed("dns", "x"), at(hour), source=DAILY))
    _quiet(archive, 144, 168)
    (gap,) = archive.past.gaps("acme", at(170))
    assert (gap.since, gap.until, gap.failed) == (at(72), at(144), 2)
    *_, last = archive.past.gaps("acme", at(400))
    assert (last.since, last.until, last.failed) == (at(168), None, 0)
    found = _shown(archive, at(100))
    assert (found.certainty, found.gap) == ("certain", gap)


def test_history_from_elsewhere_is_measured_by_itself(archive: Archive) -> None:
    """Captures a week apart are no gaps where that was usual; three months are one."""
    first(archive, "one", NOW, source=DAILY)
    week = 24 * 7
    _quiet(archive, *(week * number for number in range(1, 9)), week * 20)
    (gap,) = archive.past.gaps("acme", at(week * 20 + 1))
    assert (gap.since, gap.until) == (at(week * 8), at(week * 20))
