"""What a difference means, given what the source has shown before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pages import page
from watching_line import REST

from monitor.judgement import STAYED
from monitor.model import Changed, Pending, Unchanged

if TYPE_CHECKING:
    from watching_line import Line

DAY = timedelta(days=1)
BODY = page("english").replace(b"</main>", REST)
EDITED = page("english", changed=True).replace(b"</main>", REST)
TEASER = b"<p>Join thousands of happy readers of our magazine and save on your first order.</p>"


def _with(*additions: bytes) -> bytes:
    return BODY.replace(b"</main>", b"".join(additions) + b"</main>")


def test_a_return_to_an_earlier_text_is_a_variant_followed_up_once(line: Line) -> None:
    """A→B→A→B→A is one alert and one follow-up, not four alerts."""
    line.serve(BODY)
    line.check()
    for body in (EDITED, BODY, EDITED, BODY):
        line.serve(body)
        line.check()
    assert line.told == ["policy.silent_change"] * 2 + ["policy.returned"] * 2
    assert len(line.archive.history(["acme"])) == 1
    assert line.archive.state("acme").version == 1


def test_a_variant_that_stays_is_told_after_all(line: Line) -> None:
    """Silence about known states never hides that one of them is now the policy."""
    line.serve(BODY)
    line.check()
    for body in (EDITED, BODY, EDITED):
        line.serve(body)
        line.check()
    assert line.archive.state("acme").told_version == 1
    outcome = line.check(STAYED)
    assert isinstance(outcome, Changed)
    (newest, _) = line.archive.history(["acme"])
    assert (newest.from_version, newest.to_version) == (1, 3)
    assert line.check() == Unchanged("body")
    assert line.told.count("policy.silent_change") == 4


def test_a_return_after_weeks_is_a_change(line: Line) -> None:
    """Only states seen within days are variants; an old text that comes back is news."""
    line.serve(BODY)
    line.check()
    line.serve(EDITED)
    line.check()
    for _ in range(4):
        line.check(5 * DAY)
    line.serve(BODY)
    assert isinstance(line.check(), Changed)


def test_a_passage_that_comes_and_goes_is_learned(line: Line) -> None:
    """After two turns a teaser is doubted: it neither alerts nor rides along with a change."""
    line.serve(BODY)
    line.check()
    for body in (_with(TEASER), BODY, _with(TEASER), BODY):
        line.serve(body)
        line.check()
    (learned,) = line.archive.volatile("acme")
    assert "happy readers" in learned.passage.sample

    line.serve(_with(TEASER))
    assert isinstance(line.check(), Pending)
    assert isinstance(line.check(), Pending)
    line.serve(EDITED.replace(b"</main>", TEASER + b"</main>"))
    line.check()
    outcome = line.check()
    assert isinstance(outcome, Changed)
    text = outcome.comparison.unified()
    assert "precise location" in text
    assert "happy readers" not in [row[1:] for row in text.split("\n") if row.startswith("+")]


def test_a_volatile_passage_that_stays_is_told(line: Line) -> None:
    """What has stayed for days is the policy, however often it came and went before."""
    line.serve(BODY)
    line.check()
    for body in (_with(TEASER), BODY, _with(TEASER), BODY, _with(TEASER)):
        line.serve(body)
        line.check()
    outcome = line.check(STAYED)
    assert isinstance(outcome, Changed)
    assert "happy readers" in outcome.comparison.unified()


def test_forgetting_makes_a_passage_wording_again(line: Line) -> None:
    """After a reset the passage is confirmed like any other."""
    line.serve(BODY)
    line.check()
    for body in (_with(TEASER), BODY, _with(TEASER), BODY):
        line.serve(body)
        line.check()
    line.archive.forget_volatile("acme")
    line.serve(_with(TEASER))
    line.check()
    assert isinstance(line.check(), Changed)


def test_a_collapse_needs_three_captures_that_agree(line: Line) -> None:
    """A page that lost most of its text is believed only when it keeps showing that."""
    line.serve(BODY)
    line.check()
    line.serve(page("english"))
    assert isinstance(line.check(), Pending)
    assert isinstance(line.check(), Pending)
    assert isinstance(line.check(), Changed)


def test_a_glitch_in_between_starts_the_count_again(line: Line) -> None:
    """Captures that agree have to follow each other."""
    small = page("english")
    line.serve(BODY)
    line.check()
    for body in (small, small, BODY, small, small):
        line.serve(body)
        assert isinstance(line.check(), Pending | Unchanged)
