"""What a difference means, given what the source has shown before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pages import page
from watching_line import REST

from monitor.judgement import STAYED
from monitor.model import Blocked, Changed, Pending, Unchanged

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


OFFERS = (
    b"Join us at the fair in Lisbon this autumn",
    b"Half price for everybody who comes today",
    b"Our app is out; take it with you",
    b"Maria doubled what she sells with it",
    b"Two hundred people now work here",
)


def _offer(number: int) -> bytes:
    return b"<p>%s.</p><p>See all</p>" % OFFERS[number % len(OFFERS)]


def test_a_place_where_something_rotates_is_learned(line: Line) -> None:
    """What always shows another thing never alerts, and hides no edit beside it."""
    line.serve(_with(_offer(1)))
    line.check()
    for number in range(2, 6):
        line.serve(_with(_offer(number)))
        assert isinstance(line.check(), Pending)
    assert any("what follows" in each.passage.sample for each in line.archive.volatile("acme"))

    line.serve(EDITED.replace(b"</main>", _offer(6) + b"</main>"))
    outcome = line.check()
    assert isinstance(outcome, Changed)
    text = outcome.comparison.unified()
    assert "precise location" in text
    rotated = {f"{sign}{offer.decode()}." for sign in "+-" for offer in OFFERS}
    assert rotated.isdisjoint(text.split("\n"))


def test_a_count_in_a_sentence_is_learned(line: Line) -> None:
    """A number that is another one in each capture is told of in none."""
    members = b"<p>%d people have joined us since we opened our doors.</p>"
    for number in (4711, 4714, 4720, 4723, 4731, 4744):
        line.serve(_with(members % number))
        assert not isinstance(line.check(), Changed)


def test_a_passage_lost_where_something_rotates_is_told_after_days(line: Line) -> None:
    """A place that rotates delays what happens in it, and never hides it."""
    policy = b"<p>We never sell what you tell us to anybody.</p>"
    line.serve(_with(policy, _offer(1)))
    line.check()
    began = line.now
    for number in range(2, 20):
        line.serve(_with(_offer(number)))
        if isinstance(outcome := line.check(), Changed):
            break
    assert isinstance(outcome, Changed)
    assert "never sell" in outcome.comparison.unified()
    assert line.now - began <= 2 * STAYED


def test_a_collapse_is_believed_though_a_part_rotates(line: Line) -> None:
    """Three captures agree on what is gone, whatever else each of them shows."""
    half = BODY.partition(b"<h2>8.")[0]
    line.serve(BODY)
    line.check()
    for number in range(2):
        line.serve(half + _offer(number) + b"</main>")
        assert isinstance(line.check(), Pending)
    line.serve(half + _offer(2) + b"</main>")
    assert isinstance(line.check(), Changed)


def test_nothing_is_learned_from_another_page(line: Line) -> None:
    """A page shown by mistake makes no passage of the policy a doubtful one."""
    line.serve(BODY)
    line.check()
    for body in (page("english"), BODY, page("english"), BODY):
        line.serve(body)
        line.check()
    assert line.archive.volatile("acme") == ()


def test_a_home_page_is_no_version(line: Line) -> None:
    """What talks about other things than the policy did is quarantined, however often it comes."""
    shop = b"".join(
        b"<h2>%s</h2><p>Send beautiful invoices in seconds and see at a glance who paid.</p>"
        b"<p>Our dashboard brings orders, customers and reports together on one screen.</p>" % name
        for name in (b"Invoices", b"Reports", b"Reminders", b"Teams", b"Prices", b"Stories")
    )
    line.serve(BODY)
    line.check()
    for _ in range(4):
        line.serve(b"<title>Acme</title><main><h1>Invoices made easy</h1>" + shop + b"</main>")
        outcome = line.check()
        assert isinstance(outcome, Blocked)
        assert outcome.reason == "another_page"
    line.serve(BODY)
    assert isinstance(line.check(), Unchanged)
