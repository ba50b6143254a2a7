"""What the policy's own dates did while its words changed."""

from __future__ import annotations

from datetime import date

import pytest
from assess_pages import DATED, INTERVAL, assessed, of_rule, page, rules

from monitor.assess import Interval
from monitor.model import Deadline

MOVED = DATED.replace("January 5", "March 1")
WORDS = "We keep the address that you give us when you register an account."
OTHER = "We keep the address that you give us when you register an account, and your name."


@pytest.mark.parametrize(
    ("old", "new", "words", "expected"),
    [
        (DATED, DATED, OTHER, "silent"),
        (DATED, MOVED, OTHER, "announced"),
        (DATED, MOVED, WORDS, "date_only"),
        (DATED, "", OTHER, "date_removed"),
        ("", DATED, OTHER, "date_added"),
        ("", "", OTHER, "none"),
        (MOVED, DATED, OTHER, "backdated"),
        (DATED.replace("2026", "2025"), DATED, OTHER, "backdated"),
    ],
    ids=["silent", "announced", "date_only", "removed", "added", "none", "went_back", "too_late"],
)
def test_dates_tell_how_a_change_was_announced(
    old: str, new: str, words: str, expected: str
) -> None:
    """Each class, with a finding that quotes the dates it rests on, but where there are none."""
    found = assessed(page(WORDS, dated=old), page(words, dated=new))
    assert found.announcement == expected
    if expected == "none":
        assert not any(rule.startswith("announcement.") for rule in rules(found))
    else:
        finding = of_rule(found, f"announcement.{expected}")
        assert all(words in f"{old}{new}".replace("<p>", "") for words in finding.words)
        assert finding.words


def test_a_text_may_appear_some_days_after_its_date() -> None:
    """Publishing takes a while: a week is no backdating, more is."""
    old, new = page(WORDS), page(OTHER, dated=MOVED)
    for days, expected in ((8, "announced"), (9, "backdated")):
        seen = Interval(date(2026, 3, days), date(2026, 3, days + 1))
        assert assessed(old, new, seen).announcement == expected


def test_another_date_of_the_policy_that_moved_is_no_silence() -> None:
    """Parts with dates of their own and lists of changes count."""
    part = "<h2>Cookies</h2><p>Last updated: {}</p><p>We use two cookies.</p>"
    log = "<h2>Changes</h2><ul><li>January 5, 2026: first version</li>{}</ul>"
    parts = [page(WORDS, part.format("June 1, 2025")), page(OTHER, part.format("March 1, 2026"))]
    assert assessed(*parts).announcement == "announced"
    row = "<li>March 1, 2026: your name added</li>"
    logs = [page(WORDS, log.format("")), page(OTHER, log.format(row))]
    assert assessed(*logs).announcement == "announced"


def test_a_notice_of_a_coming_version_is_an_announcement() -> None:
    """It is told with the day it names, which is counted down to, and quoted from the page."""
    banner = "We are updating our privacy policy. The new version takes effect on April 15, 2026."
    found = assessed(page(WORDS), page(f"<p>{banner}</p>", WORDS))
    assert found.announcement == "announced"
    finding = of_rule(found, "effective.upcoming")
    assert finding.summary == "The page announces a text that takes effect on 2026-04-15."
    (deadline,) = found.deadlines
    assert (deadline.kind, deadline.due_on) == ("upcoming", date(2026, 4, 15))
    assert deadline.words == banner


def test_what_the_old_text_announced_is_not_silent() -> None:
    """A provision that said on which day it would change, and did."""
    old = page(f"{WORDS} As of March 2, 2026, this provision also covers your name.")
    assert assessed(old, page(OTHER)).announcement == "announced"


@pytest.mark.parametrize("day", ["April 1, 2026", "March 3, 2026"])
def test_days_of_notice_are_counted_from_what_was_seen(day: str) -> None:
    """From the first capture that shows the text; a range where nobody looked for days."""
    dated = DATED.replace("</p>", f". Effective: {day}</p>")
    new = page(OTHER, dated=dated)
    found = assessed(page(WORDS), new)
    left = 30 if "April" in day else 1
    told = f"{left} day{'s' if left > 1 else ''} after it was first seen."
    assert of_rule(found, "effective.notice").summary.endswith(told)
    (deadline,) = found.deadlines
    assert deadline == Deadline("effective", deadline.due_on, f"Effective: {day}")
    seldom = assessed(page(WORDS), new, Interval(date(2026, 2, 20), date(2026, 3, 2)))
    assert f"{left} to {left + 10} days" in of_rule(seldom, "effective.notice").summary


def test_a_text_in_force_before_it_was_seen() -> None:
    """It is said with the day on which the old text was still there; nothing is counted down."""
    dated = DATED.replace("</p>", ". Effective: February 1, 2026</p>")
    found = assessed(page(WORDS), page(OTHER, dated=dated))
    assert "still seen on 2026-03-01" in of_rule(found, "effective.in_force").summary
    assert found.deadlines == ()


PROMISE = "We will notify you by e-mail at least {} before changes to this policy take effect."


@pytest.mark.parametrize(
    ("promised", "rule", "told"),
    [
        ("30 days", "notice.short", "promises 30 days of notice; it gave 14 days"),
        ("two weeks", "notice.kept", "promises 14 days of notice; it gave 14 days"),
    ],
)
def test_a_promise_of_notice_is_held_against_what_was_observed(
    promised: str, rule: str, told: str
) -> None:
    """With both quotes: the promise of the old text, and the date of the new one."""
    dated = DATED.replace("</p>", ". Effective: March 16, 2026</p>")
    found = assessed(page(WORDS, PROMISE.format(promised)), page(OTHER, dated=dated))
    finding = of_rule(found, rule)
    assert told in finding.summary
    assert finding.words == (PROMISE.format(promised), "Effective: March 16, 2026")


@pytest.mark.parametrize(
    ("heading", "promises"), [("7. Changes to this policy", True), ("Changes of prices", False)]
)
def test_a_heading_may_say_what_a_promise_is_about(heading: str, *, promises: bool) -> None:
    """Where the sentence itself does not name the policy."""
    promise = "<p>We will notify you at least 30 days before a change takes effect.</p>"
    dated = DATED.replace("</p>", ". Effective: March 16, 2026</p>")
    section = f"<h2>{heading}</h2>{promise}"
    found = assessed(page(WORDS, section), page(OTHER, section, dated=dated))
    assert ("notice.short" in rules(found)) is promises


def test_a_promise_that_changed_is_told() -> None:
    """A shorter notice is news of its own."""
    old, new = (page(WORDS, PROMISE.format(days)) for days in ("30 days", "10 days"))
    assert of_rule(assessed(old, new), "notice.promise").summary == (
        "The promise of notice changed, from 30 days to 10 days."
    )


def test_a_silent_change_that_matters_breaks_a_promise() -> None:
    """Where notice is promised and nothing announced a new recipient; not where a comma moved."""
    promise = PROMISE.format("a reasonable time")
    old = page(WORDS, promise)
    found = assessed(old, page(f"{WORDS} We share it with our advertising partners.", promise))
    assert "notice.unannounced" in rules(found)
    assert "notice.unannounced" not in rules(assessed(old, page(OTHER, promise)))


def test_the_same_change_is_assessed_the_same() -> None:
    """Same in, same out; and what only moved is no words that came or went."""
    old, new = page(WORDS, "We sell nothing."), page("We sell nothing.", WORDS)
    assert assessed(old, new) == assessed(old, new)
    assert not [rule for rule in rules(assessed(old, new)) if rule.startswith("significance.")]
    assert assessed(old, new, INTERVAL, objection_days=14).deadlines == (
        Deadline("objection", date(2026, 3, 16)),
    )
