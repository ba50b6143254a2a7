"""What a check keeps of its reasons, what people think of changes, and the figures of both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from record_samples import ACME, NOW, at, capture, change, check, comparison, document, first

from monitor.model import (
    Blocked,
    Explanation,
    Failed,
    Passage,
    Pending,
    QuietStretch,
    Review,
    Rules,
    SourceScore,
    Unchanged,
    Variant,
)

if TYPE_CHECKING:
    from monitor.record import Archive


def _quiet(archive: Archive, *hours: float) -> None:
    for hour in hours:
        archive.record(check(Unchanged("body"), at(hour), capture("one", at(hour))))


def test_check_keeps_what_decided_it(archive: Archive) -> None:
    """Stage, rule, verdict, words, version and change of each check are read back."""
    first(archive)
    old, new = document("one"), document("two")
    archive.record(
        check(
            Pending("one-sided", at(1)),
            at(1),
            capture("two", at(1)),
            difference=comparison(old, new),
        )
    )
    gone = (Passage("two", "two"), Passage("x", "long " * 100))
    archive.record(
        check(Unchanged("gate", "vanished: one-sided"), at(2), capture("one", at(2)), flipped=gone)
    )
    change(archive, "one", "three", at(3))
    changed, vanished, pending, began = archive.checks("acme")
    assert began.explanation == Explanation("extract", "first")
    assert began.version == 1
    assert pending.explanation == Explanation(
        "confirmation", "once", "changed", ("[-one-]{+two+}",)
    )
    assert (vanished.explanation.stage, vanished.explanation.rule) == ("gate", "vanished")
    assert [len(words) for words in vanished.explanation.words] == [3, 200]
    assert changed.explanation == Explanation("compare", "clear", "changed", ("[-one-]{+three+}",))
    assert (changed.version, changed.change) == (2, 1)


def test_quiet_checks_are_counted_by_stretch(archive: Archive) -> None:
    """Checks that found nothing are counted between those that did, within the time asked for."""
    first(archive)
    _quiet(archive, 1, 2)
    archive.record(check(Failed("dns", "x"), at(3)))
    _quiet(archive, 4)
    told = archive.quiet("acme")
    assert [stretch.checks for stretch in told] == [1, 2]
    # A check begins a second before it ends.
    assert told[1] == QuietStretch("acme", 2, at(1 - 1 / 3600), at(2 - 1 / 3600))
    assert [s.checks for s in archive.quiet("acme", since=at(1.5), until=at(3))] == [1]
    assert [row.outcome for row in archive.checks("acme", None, telling=True)] == [
        "failed",
        "first",
    ]
    assert archive.checks("acme", None, since=at(3.5)) == archive.checks("acme", 1)


def test_a_change_has_the_latest_verdict(archive: Archive) -> None:
    """A review is read with its change wherever that is read; an unknown change has none."""
    first(archive)
    change(archive, "one", "two", at(1))
    assert archive.review(1, Review("real", "", at(2)))
    assert archive.review(1, Review("noise", "a counter", at(3)))
    assert not archive.review(2, Review("real", "", at(3)))
    (found,) = archive.history(["acme"])
    assert found.review == Review("noise", "a counter", at(3))
    assert archive.change(1) == found


def test_scores_count_everything_once(archive: Archive) -> None:
    """However many checks, changes and passages a source has, none is counted twice."""
    other = replace(ACME, id="other")
    archive.adopt([ACME, other], NOW)
    first(archive)
    _quiet(archive, 1)
    change(archive, "one", "two", at(2))
    change(archive, "two", "three", at(3))
    passages = tuple(Passage(key, key) for key in "abc")
    archive.record(check(Variant(2), at(4), capture("two", at(4)), flipped=passages))
    archive.record(check(Pending("x", at(5)), at(5), capture("four", at(5))))
    archive.record(check(Blocked("login", "a login"), at(6), capture("login", at(6))))
    archive.record(check(Failed("dns", "x"), at(7)))
    archive.record(check(Unchanged("validators"), at(8)))
    archive.review(1, Review("real", "", at(9)))
    score, empty = archive.scores()
    assert score == SourceScore(
        source="acme",
        checks=9,
        captures=7,
        alerts=2,
        real=1,
        noise=0,
        pending=1,
        variants=1,
        quarantined=1,
        volatile=3,
    )
    assert (score.unreviewed, score.precision) == (1, 1.0)
    assert empty == SourceScore("other", 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert (empty.precision, empty.alerts_per_thousand) == (None, None)


def test_kept_captures_are_listed_with_their_rules(archive: Archive) -> None:
    """Each tells why it is kept, under which rules it was read, and how long its text was seen."""
    first(archive)
    ruled = replace(ACME, rules=Rules(ignore=("x",)))
    archive.record(check(Blocked("login", "a login"), at(1), capture("login", at(1)), source=ruled))
    _quiet(archive, 2)
    blocked, version = archive.kept("acme")
    assert (blocked.role, blocked.reason) == ("quarantine", "login: a login")
    assert blocked.rules == ruled.rules
    assert blocked.seen_until is None
    assert (version.role, version.rules, version.seen_until) == ("version", Rules(), at(2))
    assert archive.kept("acme", "quarantine") == (blocked,)
    assert archive.kept("acme", limit=1) == (blocked,)
    assert archive.kept_capture("acme", blocked.number) == capture("login", at(1))
    assert archive.kept_capture("other", blocked.number) is None


def test_trouble_is_dated_from_its_first_check(archive: Archive) -> None:
    """Since when a source cannot be read is known until it can."""
    first(archive)
    for hour in (1, 2):
        archive.record(check(Failed("dns", "x"), at(hour)))
    assert archive.state("acme").troubled_at == at(1 - 1 / 3600)
    _quiet(archive, 3)
    assert archive.state("acme").troubled_at is None
