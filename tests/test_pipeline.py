"""What the line records, outcome by outcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pages import page
from surroundings import Answer
from watching_line import NEW_SECTION, REST, START

from monitor.errors import FetchError
from monitor.model import (
    Blocked,
    Capture,
    Changed,
    Failed,
    First,
    Pending,
    Rules,
    Unchanged,
)
from monitor.reach import FULL_GET_EVERY
from monitor.reading import LARGE, turn_to_read

if TYPE_CHECKING:
    from watching_line import Line


def test_a_first_page_is_a_version_and_no_change(line: Line) -> None:
    """The first document is recorded, and nobody is told."""
    assert isinstance(line.check(), First)
    assert line.archive.state("acme").version == 1
    assert line.told == []


def test_an_edited_sentence_is_recorded_at_once(line: Line) -> None:
    """A plain edit needs no second capture; every channel is told, in the same transaction."""
    line.serve(page("english").replace(b"</main>", REST))
    line.check()
    line.serve(page("english", changed=True).replace(b"</main>", REST))
    outcome = line.check()
    assert isinstance(outcome, Changed)
    assert line.told == ["policy.silent_change"] * 2
    (change,) = line.archive.history(["acme"])
    assert change.last_seen_unchanged_at == START + timedelta(hours=12)
    assert change.first_seen_at == change.confirmed_at == START + timedelta(hours=24)


def test_a_one_sided_difference_waits_for_a_second_capture(line: Line) -> None:
    """A new section is pending, looked at again after `confirm_after`, and then a change."""
    line.check()
    line.serve(page("english").replace(b"</main>", NEW_SECTION + b"</main>"))
    assert isinstance(line.check(), Pending)
    state = line.archive.state("acme")
    assert state.next_check_at == line.now + line.source.confirm_after
    assert line.told == []

    assert isinstance(line.check(timedelta(minutes=1)), Pending)
    seen_at = line.now - timedelta(minutes=1)

    outcome = line.check(timedelta(minutes=5))
    assert isinstance(outcome, Changed)
    (change,) = line.archive.history(["acme"])
    assert change.first_seen_at == seen_at
    assert change.confirmed_at == line.now


def test_a_difference_that_vanishes_leaves_only_a_trace(line: Line) -> None:
    """What a second capture does not show is no change, and the check says that it was there."""
    line.check()
    line.serve(page("english").replace(b"</main>", NEW_SECTION + b"</main>"))
    line.check()
    line.serve(page("english"))
    assert isinstance(line.check(), Unchanged)
    assert line.archive.state("acme").pending is None
    assert "vanished" in line.archive.checks("acme")[0].detail
    assert line.told == []


def test_what_only_the_second_capture_shows_waits_in_its_turn(line: Line) -> None:
    """Confirmed passages are told; what came with the confirmation waits, and is told later."""
    line.check()
    first = page("english").replace(b"</main>", NEW_SECTION + b"</main>")
    line.serve(first)
    line.check()
    more = b"<h2>5. Children</h2><p>We do not knowingly serve children below sixteen.</p>"
    line.serve(first.replace(b"</main>", more + b"</main>"))
    outcome = line.check()
    assert isinstance(outcome, Changed)
    assert [edit.path[-1] for edit in outcome.comparison.edits] == ["4. Training"]

    outcome = line.check()
    assert isinstance(outcome, Changed)
    assert [edit.path[-1] for edit in outcome.comparison.edits] == ["5. Children"]
    assert len(line.archive.history(["acme"])) == 2


def test_not_modified_is_asked_for_and_a_full_page_weekly(line: Line) -> None:
    """Validators are sent back; after a week the whole page is asked for all the same."""
    line.serve(page("english"), ETag='"one"')
    line.check()
    line.check()
    assert line.site.asked[-1][1]["if-none-match"] == '"one"'
    line.check(FULL_GET_EVERY)
    assert "if-none-match" not in line.site.asked[-1][1]


def test_a_304_keeps_the_policy_as_seen(line: Line) -> None:
    """A 304 is an outcome that still counts as having seen the policy."""
    line.serve(page("english"), ETag='"one"')
    line.check()
    line.site.answers["/policy"] = Answer(b"", 304, {"ETag": '"one"'})
    outcome = line.check()
    assert outcome == Unchanged("validators")
    assert line.archive.state("acme").last_unchanged_at == line.now


def test_a_login_page_is_never_a_version(line: Line) -> None:
    """A page that is not the policy is quarantined, and the policy is not reported as deleted."""
    line.check()
    line.serve(
        b"<title>Sign in</title><h1>Sign in</h1><form><input name=user><input type=password>"
        b"<button>Log in</button></form>"
    )
    assert isinstance(line.check(), Blocked)
    assert line.archive.state("acme").version == 1
    line.serve(page("english"))
    assert isinstance(line.check(), Unchanged)


def test_an_outage_opens_once_and_closes_with_a_notice(line: Line) -> None:
    """After `alert_after` failures an outage is told, once; so is the recovery."""
    line.check()
    line.site.answers["/policy"] = Answer(b"broken", 500)
    assert isinstance(line.check(), Failed)
    assert line.told == []
    line.check()
    line.check()
    assert line.told == ["source.failing"] * 2
    line.serve(page("english"))
    line.check()
    assert line.told == ["source.failing"] * 2 + ["source.recovered"] * 2


@pytest.mark.parametrize(
    ("answer", "event"),
    [
        (Answer(b"", 404), "source.gone"),
        (Answer(b"", 410), "source.gone"),
        (Answer(b"<title>404</title><h1>Page not found</h1>"), "source.gone"),
        (Answer(b"", 403), "source.failing"),
        (Answer(b"<title>Sign in</title><form><input type=password></form>"), "source.blocked"),
    ],
    ids=["404", "410", "soft 404", "403", "login"],
)
def test_an_outage_is_told_for_what_it_is(answer: Answer, event: str, line: Line) -> None:
    """A page that is not there any more needs another address, not patience."""
    line.check()
    line.site.answers["/policy"] = answer
    line.check()
    line.check()
    assert line.told == [event] * 2
    line.serve(page("english"))
    line.check()
    assert line.told == [event] * 2 + ["source.recovered"] * 2


def test_failures_back_off_and_a_dead_link_waits_for_its_schedule(line: Line) -> None:
    """Trouble that may pass is looked at sooner; what will not pass is not."""
    line.check()
    line.site.answers["/policy"] = Answer(b"", 503, {"Retry-After": "3600"})
    line.check()
    wait = line.archive.state("acme").next_check_at
    assert wait is not None
    assert wait - line.now >= timedelta(hours=1)
    del line.site.answers["/policy"]
    line.check()
    wait = line.archive.state("acme").next_check_at
    assert wait is not None
    assert wait - line.now >= timedelta(hours=12)


def test_edited_rules_make_a_version_but_no_change(line: Line) -> None:
    """Reading the page otherwise is our doing: a version with that cause, and nobody is told."""
    line.check()
    line.source = replace(line.source, rules=Rules(remove=("ul",)))
    assert isinstance(line.check(), Unchanged)
    version = line.archive.version("acme")
    assert version is not None
    assert version.cause == "rules"
    assert "Device type" not in version.document.text
    assert line.archive.history(["acme"]) == ()
    assert line.told == []


def test_imported_captures_go_the_same_way_and_tell_nobody(line: Line) -> None:
    """A capture from elsewhere makes versions and changes with its own times."""
    for day, changed in ((1, False), (2, True), (3, True)):
        body = page("english", changed=changed)
        at = datetime(2025, 1, day, tzinfo=UTC)
        url = line.source.url
        capture = Capture(url, url, at, 200, "text/html", None, (), body, claimed=False)
        line.pipeline.ingest(line.source, capture)
    (change,) = line.archive.history(["acme"])
    assert change.imported
    assert change.first_seen_at == datetime(2025, 1, 2, tzinfo=UTC)
    assert line.told == []


def test_a_selector_that_lost_its_place_is_a_named_state(line: Line) -> None:
    """A rule that fits nothing is kept in the state, until the page or the rule fits again."""
    line.source = replace(line.source, rules=Rules(select=("main",)))
    line.check()
    assert line.archive.state("acme").drift == ""
    # The visible text differs somewhere: were it equal, nobody would read the page again.
    line.serve(page("english").replace(b"main>", b"section>").replace(b"Shop", b"Store"))
    line.check()
    drift = line.archive.state("acme").drift
    assert drift == "select matches nothing: main"
    line.check()
    assert line.archive.state("acme").drift == drift
    version = line.archive.version("acme")
    assert version is not None
    assert "Write to privacy@example.org" in version.document.text
    line.source = replace(line.source, rules=Rules(select=("section",)))
    line.check()
    assert line.archive.state("acme").drift == ""


def test_large_pages_keep_none_but_large_ones_waiting(line: Line) -> None:
    """While a huge page is read, usual ones are too; a second huge one has to come again."""
    with turn_to_read(LARGE + 1):
        assert isinstance(line.check(), First)
        late = turn_to_read(LARGE + 1, patience_s=0.01)
        with pytest.raises(FetchError, match="too many large pages") as caught:
            late.__enter__()
    assert (caught.value.kind, caught.value.permanent) == ("timeout", False)
    line.serve(page("english").replace(b"</main>", REST) + b"<!-- -->" * (LARGE // 8))
    assert not isinstance(line.check(), Failed)
