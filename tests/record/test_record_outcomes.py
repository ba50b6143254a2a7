"""What a check leaves behind, outcome by outcome."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from record_samples import (
    ACME,
    HOUR,
    NOW,
    at,
    capture,
    change,
    check,
    comparison,
    document,
    first,
)

from monitor.errors import ArchiveError
from monitor.model import (
    Assessment,
    Blocked,
    Changed,
    Failed,
    First,
    KnownState,
    Passage,
    Pending,
    PendingDifference,
    Recorded,
    Rederived,
    Rules,
    Schedule,
    SectionChange,
    Unchanged,
    Validators,
    Variant,
)
from monitor.record import Archive, contents, snapshots


def test_first_makes_a_version_and_tells_nobody(archive: Archive) -> None:
    """The first capture becomes version 1, and is no change."""
    recorded = first(archive, channels=("mail",))

    assert recorded == Recorded(version=1, change=None, deliveries=0)
    version = archive.version("acme")
    assert version is not None
    assert (version.number, version.cause, version.fetched_at) == (1, "source", NOW)
    assert version.document == document("one")
    assert archive.history(["acme"]) == ()
    assert archive.capture("acme", version.snapshot) == capture("one", NOW)
    state = archive.state("acme")
    assert (state.version, state.checks, state.failures) == (1, 1, 0)
    assert state.validators == Validators('"v"')
    assert state.last_unchanged_at == state.last_full_at == state.last_success_at == NOW


def test_change_is_recorded_with_its_deliveries(archive: Archive) -> None:
    """A change says between which times it happened, what it was, and who is to be told."""
    first(archive)
    archive.record(check(Unchanged("validators"), at(12)))
    recorded = change(archive, "one", "two", at(24))

    assert (recorded.version, recorded.deliveries) == (2, 2)
    assert recorded.change is not None
    found = archive.change(recorded.change)
    assert found is not None
    assert archive.history(["acme"]) == (found,)
    assert (found.from_version, found.to_version) == (1, 2)
    assert found.last_seen_unchanged_at == at(12) - HOUR / 3600
    assert (found.first_seen_at, found.confirmed_at) == (at(24), at(24))
    assert found.sections == (SectionChange(("Terms",), "edited", 1, 1),)
    assert found.old_dates.last_updated is None
    assert found.new_dates.last_updated is not None
    assert found.findings[0].words == ("2026-03-01",)
    assert (found.alert, found.imported, found.site) == (True, False, "Acme")
    expected = comparison(document("one"), document("two", "2026-03-01"))
    assert archive.comparison(found.id) == expected
    waiting = archive.outbox.deliveries()
    assert [(one.channel, one.change, one.event) for one in waiting] == [
        ("hook", found.id, "policy.changed"),
        ("mail", found.id, "policy.changed"),
    ]


def test_a_silent_change_is_told_as_one(archive: Archive) -> None:
    """It has an event of its own, so that it can be routed apart; nobody is told twice."""
    first(archive)
    before, after = document("one"), document("two")
    outcome = Changed(after, comparison(before, after), at(1), Assessment("silent"))
    archive.record(check(outcome, at(1), capture("two", at(1)), channels=("mail", "hook")))
    told = [(one.channel, one.event) for one in archive.outbox.deliveries()]
    assert told == [("hook", "policy.silent_change"), ("mail", "policy.silent_change")]


def test_comparison_keeps_lines_that_are_not_the_documents(archive: Archive) -> None:
    """Where lines were left out of the comparison, it is read back as it was."""
    first(archive)
    before, after = document("one"), document("two")
    found = replace(comparison(before, after), old_lines=("one",), new_lines=("two",))
    recorded = archive.record(check(Changed(after, found, at(1)), at(1), capture("two", at(1))))

    assert recorded.change is not None
    assert archive.comparison(recorded.change) == found


def test_rederived_is_a_version_and_never_a_change(archive: Archive) -> None:
    """A document that our own newer extractor reads differently is told to nobody."""
    first(archive)
    rules = Rules(remove=("nav",))
    ours = check(
        Rederived(document("ONE"), "rules"), at(1), extractor=2, channels=("mail",),
        source=replace(ACME, rules=rules),
    )  # fmt: skip

    assert archive.record(ours) == Recorded(version=2, change=None, deliveries=0)
    version = archive.version("acme")
    assert version is not None
    assert (version.cause, version.extractor, version.fetched_at) == ("rules", 2, NOW)
    state = archive.state("acme")
    assert (state.extractor, state.rules, state.version) == (2, rules.revision, 2)
    # The page is to be read under the new rules, so no equality with it is remembered.
    assert (state.validators, state.body_digest, state.gate) == (Validators(), None, None)
    assert state.last_outcome == "rederived"


def test_change_under_other_rules_is_unattributed(archive: Archive) -> None:
    """Where page and rules may both have moved, the version says so; the change is told."""
    first(archive)
    recorded = change(archive, "one", "two", at(1), extractor=2)

    version = archive.version("acme")
    assert version is not None
    assert version.cause == "unattributed"
    assert recorded.deliveries == 2


def test_rederived_alike_writes_no_version(archive: Archive) -> None:
    """An upgrade that reads the same document leaves no version, and is not tried again."""
    first(archive)
    recorded = archive.record(check(Rederived(document("one"), "extractor"), at(1), extractor=2))

    assert recorded.version is None
    assert archive.state("acme").extractor == 2
    assert len(archive.versions("acme")) == 1


@pytest.mark.parametrize("by", ["body", "gate", "text"])
def test_unchanged_moves_the_times_and_keeps_no_body(archive: Archive, by: str) -> None:
    """A capture that says the same only renews what is known of the source."""
    first(archive)
    seen = capture("one, in other markup", at(12), etag='"w"')
    archive.record(check(Unchanged(by), at(12), seen, gate="other", extractor=2))  # type: ignore[arg-type]  # parametrised

    state = archive.state("acme")
    assert (state.last_unchanged_at, state.last_full_at) == (at(12), at(12))
    assert (state.body_digest, state.gate) == (seen.digest, "other")
    assert state.validators == Validators('"w"')
    assert state.extractor == (2 if by == "text" else 1)
    with pytest.raises(ArchiveError, match="no body"):
        archive.body(seen.digest)


def test_not_modified_keeps_validators_and_body(archive: Archive) -> None:
    """A 304 renews the time the text was last seen, not the last full body."""
    first(archive)
    archive.record(check(Unchanged("validators"), at(12)))

    state = archive.state("acme")
    assert state.last_outcome == "not_modified"
    assert state.validators == Validators('"v"')
    assert state.last_full_at == NOW
    assert state.last_unchanged_at == at(12) - HOUR / 3600
    assert archive.checks("acme", limit=1)[0].http_status == 304


def test_pending_keeps_the_captures_that_a_change_would_rest_on(archive: Archive) -> None:
    """The first one and the next; later ones that show the difference are not piled up."""
    first(archive)
    one, two, three = capture("two", at(1)), capture("two, n1", at(2)), capture("two, n2", at(3))
    for number, shown in enumerate((one, two, three), 1):
        archive.record(check(Pending("one-sided", at(1)), at(number), shown))

    state = archive.state("acme")
    assert state.pending == PendingDifference(one.digest, at(1), "one-sided", captures=3)
    assert [archive.body(shown.digest) for shown in (one, two)] == [one.body, two.body]
    assert state.validators == Validators()
    assert state.last_unchanged_at == NOW
    assert state.last_success_at == at(3)
    with pytest.raises(ArchiveError):
        archive.body(three.digest)

    archive.record(check(Unchanged("gate", "vanished: one-sided"), at(4), capture("one", at(4))))
    assert [kept.role for kept in archive.kept("acme")] == ["version"]
    for shown in (one, two):
        with pytest.raises(ArchiveError):
            archive.body(shown.digest)


def test_pending_that_may_stay_for_days_keeps_one_capture(archive: Archive) -> None:
    """Passages that come and go would fill the disk."""
    first(archive)
    one, two = capture("two", at(1)), capture("two, nonce", at(2))
    for number, shown in enumerate((one, two), 1):
        archive.record(check(Pending("volatile", at(1), soon=False), at(number), shown))
    assert [kept.digest for kept in archive.kept("acme", "pending")] == [one.digest]


def test_pending_that_vanishes_leaves_a_trace_on_the_check(archive: Archive) -> None:
    """What was seen once and never again stays a line in the checks, and takes no space."""
    first(archive)
    seen = capture("two", at(1))
    archive.record(check(Pending("one-sided", at(1)), at(1), seen))
    archive.record(check(Unchanged("gate", "vanished: one-sided"), at(2), capture("one", at(2))))

    assert archive.state("acme").pending is None
    rows = [(row.outcome, row.detail) for row in archive.checks("acme")]
    assert rows[:2] == [("unchanged", "vanished: one-sided"), ("pending", "one-sided")]
    with pytest.raises(ArchiveError):
        archive.body(seen.digest)


def test_another_difference_takes_the_place_of_the_pending_one(archive: Archive) -> None:
    """A page that never shows the same difference twice keeps one capture, not all."""
    first(archive)
    for hour in (1, 2, 3):
        archive.record(check(Pending("rotates", at(hour)), at(hour), capture(str(hour), at(hour))))

    pending = archive.state("acme").pending
    assert pending == PendingDifference(capture("3", at(3)).digest, at(3), "rotates")
    with pytest.raises(ArchiveError):
        archive.body(capture("2", at(2)).digest)


def test_confirmed_difference_keeps_both_captures(archive: Archive) -> None:
    """The capture that first showed a change stays, beside the one that confirmed it."""
    first(archive)
    early = capture("two, early", at(1))
    archive.record(check(Pending("one-sided", at(1)), at(1), early))
    change(archive, "one", "two", at(2))

    assert archive.state("acme").pending is None
    assert archive.capture("acme", early.digest) == early
    assert archive.body(capture("two", at(2)).digest)


def test_unconfirmed_rest_of_a_change_stays_pending(archive: Archive) -> None:
    """What a capture shows beyond the change it confirms waits for a capture of its own."""
    first(archive)
    before, after = document("one"), document("two")
    outcome = Changed(after, comparison(before, after), at(1), rest="more differs")
    shown = capture("two and more", at(2))
    archive.record(check(outcome, at(2), shown))

    state = archive.state("acme")
    assert state.pending == PendingDifference(shown.digest, at(2), "more differs")
    assert (state.version, state.body_digest, state.gate) == (2, None, None)
    assert state.validators == Validators()
    archive.record(check(Unchanged("text"), at(3), capture("two", at(3))))
    assert archive.state("acme").pending is None
    assert archive.body(shown.digest) == shown.body


def test_variant_is_noted_and_remembered(archive: Archive) -> None:
    """A text shown before is that version again, and the change it undoes is followed up once."""
    first(archive)
    change(archive, "one", "two", at(24))
    seen = capture("one", at(36))
    recorded = archive.record(check(Variant(1), at(36), seen, channels=("mail",)))

    assert recorded == Recorded(None, None, 1, returned=True)
    state = archive.state("acme")
    assert (state.version, state.last_unchanged_at, state.last_success_at) == (1, at(36), at(36))
    assert (state.told_version, state.turned_at) == (1, at(36))
    again = check(Variant(2), at(40), capture("two", at(40)), channels=("mail",))
    back = check(Variant(1), at(44), capture("one", at(44)), channels=("mail",))
    assert [archive.record(one).deliveries for one in (again, back)] == [0, 0]
    one, two = document("one").digest, document("two").digest
    assert archive.recent_states("acme", NOW) == (
        KnownState(1, one, at(44)),
        KnownState(2, two, at(40)),
    )
    assert archive.recent_states("acme", at(42)) == (KnownState(1, one, at(44)),)
    assert archive.capture("acme", seen.digest).fetched_at == at(36)


def test_blocked_is_quarantined_once(archive: Archive) -> None:
    """A page that is no policy is kept as evidence, and its ETag is never asked with."""
    first(archive)
    wall = capture("Are you human?", at(12), etag='"wall"')
    for hour in (12, 24):
        archive.record(check(Blocked("blocked", "a challenge"), at(hour), wall))

    state = archive.state("acme")
    assert (state.failures, state.version, state.last_outcome) == (2, 1, "blocked")
    assert state.validators == Validators()
    assert state.last_success_at == NOW
    assert archive.capture("acme", wall.digest) == wall
    assert archive.checks("acme")[0].detail == "blocked: a challenge"


def test_failures_count_until_a_success(archive: Archive) -> None:
    """Failures in a row are counted, and leave what is known of the policy alone."""
    first(archive)
    for hour in (12, 24):
        archive.record(check(Failed("status", "503 Service Unavailable", status=503), at(hour)))
    failing = archive.state("acme")
    archive.record(check(Unchanged("validators"), at(36)))

    assert (failing.failures, failing.validators) == (2, Validators('"v"'))
    assert archive.state("acme").failures == 0
    row = archive.checks("acme")[1]
    assert (row.detail, row.http_status) == ("status: 503 Service Unavailable", 503)
    assert row.duration == HOUR / 3600


def test_outage_opens_once_and_closes(archive: Archive) -> None:
    """Opening and closing are told to every channel, once each."""
    first(archive)
    broken = Failed("dns", "no such host")
    opened = archive.record(check(broken, at(1), channels=("mail", "hook"), open_outage="failing"))
    again = archive.record(check(broken, at(2), channels=("mail",), open_outage="failing"))
    outage = archive.state("acme").outage
    closed = archive.record(
        check(Unchanged("validators"), at(3), channels=("mail",), close_outage=True)
    )

    assert (opened.deliveries, again.deliveries, closed.deliveries) == (2, 0, 1)
    assert outage is not None
    assert (outage.kind, outage.detail, outage.opened_at) == ("failing", "dns: no such host", at(1))
    assert archive.state("acme").outage is None
    assert archive.outages("acme") == (replace(outage, closed_at=at(3)),)
    assert archive.outage(outage.id) == replace(outage, closed_at=at(3))
    assert archive.outages(open_only=True) == ()
    assert [(one.event, one.outage) for one in archive.outbox.deliveries()] == [
        ("source.recovered", outage.id),
        ("source.failing", outage.id),
        ("source.failing", outage.id),
    ]


def test_import_leaves_the_schedule_and_validators_alone(archive: Archive) -> None:
    """History from elsewhere is recorded, would have been told, and does not ask the server."""
    archive.adopt([ACME], NOW)
    first(archive, imported=True, when=at(-48))
    recorded = change(archive, "one", "two", at(-24), imported=True, channels=())

    state = archive.state("acme")
    assert (state.next_check_at, state.last_full_at) == (NOW, None)
    assert state.validators == Validators()
    assert recorded.change is not None
    found = archive.change(recorded.change)
    assert found is not None
    assert (found.imported, found.alert) == (True, True)
    assert archive.outbox.pending_count() == 0


def test_check_against_an_older_version_is_refused(archive: Archive) -> None:
    """Of two processes that found the same change, the second writes nothing."""
    first(archive)
    change(archive, "one", "two", at(1), base=1)
    before = archive.state("acme")
    with pytest.raises(ArchiveError, match="another process recorded version 2"):
        change(archive, "one", "two", at(1), base=1)
    with pytest.raises(ArchiveError, match="another process"):
        first(archive)

    assert archive.state("acme") == before
    assert len(archive.history(["acme"])) == 1
    assert archive.outbox.pending_count() == 2


def test_change_of_a_source_without_a_version_is_refused(archive: Archive) -> None:
    """A change needs something it changes."""
    with pytest.raises(ArchiveError):
        change(archive, "one", "two", NOW)

    assert archive.states() == ()


def test_record_ends_the_lease(archive: Archive) -> None:
    """A recorded check gives the source back; not where somebody else holds it by then."""
    archive.adopt([ACME], NOW)
    archive.claim("acme", owner="me", now=NOW, lease=HOUR)
    archive.record(check(Failed("dns", ""), NOW), owner="somebody late")
    assert not archive.claim("acme", owner="other", now=NOW, lease=HOUR)
    archive.record(check(Failed("dns", ""), NOW), owner="me")

    assert archive.claim("acme", owner="other", now=NOW, lease=HOUR)


def test_due_time_is_the_checks_while_the_source_is_watched(archive: Archive) -> None:
    """A source that was dropped during a check is not scheduled by it."""
    archive.adopt([ACME], NOW)
    archive.record(check(Failed("dns", ""), NOW))
    assert archive.state("acme").next_check_at == at(12)
    archive.adopt([], NOW)
    archive.record(check(Failed("dns", ""), NOW))

    assert archive.state("acme").next_check_at is None


def test_schedule_edited_during_a_check_stands(archive: Archive) -> None:
    """The due time of a new schedule is not pushed back by a check under the old one."""
    archive.adopt([ACME], NOW)
    archive.adopt([replace(ACME, schedule=Schedule(every=HOUR))], NOW)
    archive.record(check(Failed("dns", ""), NOW))

    assert archive.state("acme").next_check_at == NOW


def test_surrogates_and_nul_are_no_trouble(archive: Archive) -> None:
    """Whatever a hostile page holds is stored or replaced, not a crash."""
    found = capture("one", NOW)
    hostile = replace(found, headers=(("X-Odd", "a\x00b"),), media_type="text/html\x00")
    odd = replace(document("nul \x00"), title="half \ud800 of a pair")
    archive.record(check(First(odd), NOW, hostile))
    archive.record(check(Blocked("blocked", "says \x00 \udfff"), at(1), capture("two", at(1))))

    version = archive.version("acme")
    assert version is not None
    assert version.document == odd
    assert archive.versions("acme")[0].title == "half \N{REPLACEMENT CHARACTER} of a pair"
    assert archive.capture("acme", version.snapshot).headers == hostile.headers


def test_body_somebody_is_about_to_show_is_not_dropped(archive: Archive, url: str) -> None:
    """Two sources may show the same bytes, one of them for the last time, at the same moment."""
    first(archive)
    shared = capture("two", at(1))
    archive.record(check(Pending("one-sided", at(1)), at(1), shared))
    vanished = check(Unchanged("gate"), at(2), capture("one", at(2)))
    other = replace(ACME, id="other")
    archive.adopt([other], NOW)
    with Archive.open(url) as elsewhere, ThreadPoolExecutor(1) as pool:
        with archive._database.write() as connection:
            contents.put(connection, shared.body)
            dropping = pool.submit(elsewhere.record, vanished)
            number = connection.value("SELECT id FROM sources WHERE slug = 'other'")
            snapshots.keep(connection, number, shared, "version", "", ACME.rules)
        dropping.result(timeout=60)

    assert archive.state("acme").pending is None
    assert archive.capture("other", shared.digest) == shared


def test_a_variant_that_stayed_is_told_after_all(archive: Archive) -> None:
    """A change may start from what people were told last, and is seen by a 304 as well."""
    first(archive)
    change(archive, "one", "two", at(24))
    archive.record(check(Variant(1), at(36), capture("one", at(36)), channels=("mail",)))
    archive.record(check(Variant(2), at(48), capture("two", at(48))))
    again = comparison(document("one"), document("two"))
    told = Changed(document("two"), again, at(48), from_version=1)
    recorded = archive.record(check(told, at(120)))

    assert recorded.version == 3
    (newest, _) = archive.history(["acme"])
    assert (newest.from_version, newest.to_version, newest.first_seen_at) == (1, 3, at(48))
    assert archive.state("acme").told_version == 3
    assert archive.comparison(newest.id).edits == again.edits


def test_a_change_after_a_variant_starts_from_what_was_shown(archive: Archive) -> None:
    """The next version follows the one on show, and its number follows the newest."""
    first(archive)
    change(archive, "one", "two", at(24))
    archive.record(check(Variant(1), at(36), capture("one", at(36))))
    change(archive, "one", "three", at(48))

    (newest, _) = archive.history(["acme"])
    assert (newest.from_version, newest.to_version) == (1, 3)


def test_passages_that_come_and_go_are_counted(archive: Archive) -> None:
    """Each coming or going counts once, and can be forgotten by command."""
    first(archive)
    passage = Passage("new offer today", "New offer today!")
    for hour in (1, 2):
        seen = check(Unchanged("text"), at(hour), capture("one", at(hour)))
        archive.record(replace(seen, flipped=(passage,)))

    (known,) = archive.volatile("acme")
    assert (known.passage, known.flips) == (passage, 2)
    assert archive.forget_volatile("acme") == 1
    assert archive.volatile("acme") == ()
