"""Retention: what may go goes, and nothing else; what stays is whole, and the chain says so."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_samples import ACME, at, capture, change, check, comparison, document, first

from monitor.model import Attempt, Blocked, Changed, Pending, Pruned, Unchanged, Variant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.model import Source
    from monitor.record import Archive

MONTH = 24 * 31
STEPS = ("change", "held", "block", "quiet", "prune", "back")
ALL = replace(ACME, keep="all")


def _keeping(months: int | None = None, versions: int | None = None) -> Source:
    age = timedelta(days=31 * months) if months else None
    return replace(ACME, keep_for=age, keep_versions=versions)


def _held_back(archive: Archive, old: str, new: str, when: float) -> None:
    """Record a change that two captures held back."""
    archive.record(check(Pending("one-sided", at(when)), at(when), capture(new, at(when))))
    told = Changed(document(new), comparison(document(old), document(new)), at(when))
    seen = capture(new, at(when + 1), etag=None)
    archive.record(check(told, at(when + 1), seen, channels=("mail",)))


@pytest.fixture
def years(archive: Archive) -> Archive:
    """Live through a version a month for ten months, with block pages, all told."""
    first(archive, "0")
    for month in range(1, 10):
        _held_back(archive, str(month - 1), str(month), month * MONTH)
        blocked = capture(f"Who? {month}", at(month * MONTH + 9))
        archive.record(check(Blocked("challenge", "x"), at(month * MONTH + 9), blocked))
        archive.record(check(Unchanged("body"), at(month * MONTH + 20)))
    for delivery in archive.outbox.deliveries(limit=99):
        sent = Attempt(at(0), True, "250 OK")  # noqa: FBT003 - that it went well
        archive.outbox.settle(delivery.id, attempt=sent, state="sent", next_attempt_at=None)
    return archive


def _whole(archive: Archive) -> Iterator[str]:
    """Name whatever is not as it should be after a pruning."""
    verified = archive.evidence.verify("acme")
    yield from (one.what for one in verified.breaks)
    numbers = [one.number for one in archive.versions("acme")]
    for one in archive.history(["acme"]):
        if not {one.from_version, one.to_version} <= set(numbers):
            yield f"change {one.id} lacks a version"
        if not archive.comparison(one.id).edits:
            yield f"change {one.id} lacks its words"
    for number in numbers:
        version = archive.version("acme", number)
        if version is None or not archive.body(version.snapshot):
            yield f"version {number} lacks its capture"
    with archive._database.read() as connection:
        unused = connection.value(
            "SELECT COUNT(*) FROM contents c WHERE NOT EXISTS "
            "(SELECT 1 FROM snapshots n WHERE n.body = c.id) "
            "AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.document = c.id)"
        )
    if unused:
        yield f"{unused} contents are shown by nothing"


def test_nothing_goes_unless_it_is_asked_for(years: Archive) -> None:
    """Without a retention all is kept for ever; an unknown source has nothing to prune."""
    before = years.upkeep.size()
    assert years.upkeep.prune(ACME, at(99 * MONTH)) == Pruned("acme")
    assert years.upkeep.prune(replace(_keeping(1), id="nobody"), at(0)) == Pruned("nobody")
    assert years.upkeep.size() == before
    assert len(years.versions("acme")) == 10


def test_by_age(years: Archive) -> None:
    """What was last seen before goes, with its changes; what a listed change stands on stays."""
    now = at(10 * MONTH)
    found = years.upkeep.prune(_keeping(months=3), now)
    assert [one.number for one in years.versions("acme")] == [7, 8, 9, 10]
    assert [one.first_seen_at for one in years.history(["acme"])] == [
        at(month * MONTH) for month in (9, 8, 7)
    ]
    assert (found.versions, found.changes) == (6, 6)
    roles = [one.role for one in years.kept("acme")]
    assert (roles.count("pending"), roles.count("quarantine")) == (3, 3)
    assert len(roles) + found.captures == 1 + 3 * 9
    assert list(_whole(years)) == []
    assert years.past.search('"terms"')[0].from_version == 1
    assert [hit.text for hit in years.past.search("6 OR 7")] == []
    assert [len(years.past.search(text)) for text in ("0", "5", "6", "9")] == [0, 0, 1, 1]
    assert years.upkeep.prune(_keeping(months=3), now) == Pruned("acme")


def test_by_count(years: Archive) -> None:
    """The newest so many versions stay, and the changes between them."""
    found = years.upkeep.prune(_keeping(versions=2), at(11 * MONTH))
    assert [one.number for one in years.versions("acme")] == [9, 10]
    assert [one.to_version for one in years.history(["acme"])] == [10]
    assert found.freed > 0
    assert list(_whole(years)) == []


def test_the_last_version_and_what_is_recent_stay(years: Archive) -> None:
    """Whatever a retention says."""
    years.upkeep.prune(_keeping(months=1, versions=1), at(9 * MONTH + 30))
    assert [one.number for one in years.versions("acme")] == [9, 10]
    years.upkeep.prune(_keeping(months=1, versions=1), at(99 * MONTH))
    assert [one.number for one in years.versions("acme")] == [10]
    assert years.history(["acme"]) == ()
    assert list(_whole(years)) == []
    assert change(years, "9", "10", at(99 * MONTH)).version == 11


def test_a_version_on_show_again_stays(years: Archive) -> None:
    """A return to an early version keeps it, and all after it."""
    archive = years
    archive.record(check(Variant(2), at(10 * MONTH), capture("1", at(10 * MONTH))))
    archive.upkeep.prune(_keeping(months=1), at(99 * MONTH))
    assert [one.number for one in archive.versions("acme")] == list(range(2, 11))
    assert list(_whole(archive)) == []


def test_what_is_still_to_be_told_stays(archive: Archive) -> None:
    """A change is not taken from under a delivery that waits."""
    first(archive)
    change(archive, "one", "two", at(MONTH))
    change(archive, "two", "three", at(2 * MONTH))
    assert archive.upkeep.prune(_keeping(months=1), at(9 * MONTH)).versions == 0
    assert len(archive.history(["acme"])) == 2


def test_dry_run_tells_and_touches_nothing(years: Archive) -> None:
    """What would go is what goes."""
    now = at(10 * MONTH)
    before = (years.evidence.chain("acme"), years.kept("acme"), years.history(["acme"]))
    told = years.upkeep.prune(_keeping(months=3), now, dry_run=True)
    after = (years.evidence.chain("acme"), years.kept("acme"), years.history(["acme"]))
    assert after == before
    assert years.upkeep.prune(_keeping(months=3), now) == told


def test_chain_says_what_was_pruned(years: Archive) -> None:
    """A link says which went and when; taking away more than it says breaks the chain."""
    years.upkeep.prune(_keeping(months=3), at(10 * MONTH))
    links = years.evidence.chain("acme")
    assert links[-1].kind == "pruned"
    said = json.loads(links[-1].text or "")
    told = {number for start, end in said["links"] for number in range(start, end + 1)}
    assert said["at"] == "2027-01-05T09:30:00.000000Z"
    assert told == {link.number for link in links if link.text is None}
    assert years.evidence.verify("acme").pruned == len(told)
    with years._database.write() as connection:
        connection.run("UPDATE links SET snapshot_id = NULL WHERE number = :n", n=links[-2].number)
    assert any("no pruning accounts" in one.what for one in years.evidence.verify("acme").breaks)


@given(
    steps=st.lists(
        st.sampled_from(["change", "held", "block", "quiet", "prune", "back"]), max_size=12
    ),
    months=st.integers(1, 4),
    versions=st.one_of(st.none(), st.integers(1, 3)),
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_story_stays_whole(
    sqlite_archive: Archive, steps: list[str], months: int, versions: int | None
) -> None:
    """However a history went, and whenever it was pruned, what is left is whole."""
    archive = sqlite_archive
    source = replace(_keeping(months, versions), id=f"s{len(archive.states())}")
    archive_story(archive, source, steps)
    verified = archive.evidence.verify(source.id)
    assert verified.breaks == ()
    numbers = {one.number for one in archive.versions(source.id)}
    assert archive.state(source.id).version in numbers
    for one in archive.history([source.id]):
        assert {one.from_version, one.to_version} <= numbers
        assert archive.comparison(one.id).new_lines


def archive_story(archive: Archive, source: Source, steps: list[str]) -> None:
    """Record a history step by step, a month each."""
    texts = ["0"]
    first(archive, "0", source=source)

    def seen(text: str, when: datetime) -> dict[str, object]:
        return {"source": source, "found": capture(text, when)}

    for month, step in enumerate(steps, 1):
        when = at(month * MONTH)
        current = archive.state(source.id).version or 1
        if step in {"change", "held"}:
            old, new = texts[current - 1], str(month)
            if step == "held":
                archive.record(check(Pending("x", when), when, **seen(new, when)))
            told = Changed(document(new), comparison(document(old), document(new)), when)
            archive.record(check(told, when + timedelta(hours=1), **seen(new, when)))
            texts.append(new)
        elif step == "block":
            archive.record(check(Blocked("challenge", "x"), when, **seen(f"Who? {month}", when)))
        elif step == "back" and current > 1:
            back = archive.versions(source.id)[0].number
            archive.record(check(Variant(back), when, **seen(texts[back - 1], when)))
        elif step == "prune":
            archive.upkeep.prune(source, when)
        else:
            archive.record(check(Unchanged("body"), when, source=source))


def test_a_source_may_keep_everything(archive: Archive) -> None:
    """What shows nothing new is kept once for its bytes, what vanished too, and all is linked."""
    first(archive, source=ALL)
    same = capture("one", at(1))
    archive.record(check(Unchanged("body"), at(1), same, source=ALL))
    noisy = capture("one ", at(2))
    archive.record(check(Unchanged("gate"), at(2), noisy, source=ALL))
    archive.record(check(Unchanged("text"), at(3), replace(noisy, fetched_at=at(3)), source=ALL))
    odd = capture("odd", at(4))
    archive.record(check(Pending("x", at(4)), at(4), odd, source=ALL))
    archive.record(check(Unchanged("gate", "vanished: x"), at(5), noisy, source=ALL))
    archive.record(check(Unchanged("validators"), at(6), source=ALL))

    kept = archive.kept("acme")
    assert [(one.role, one.fetched_at) for one in kept] == [
        ("seen", at(4)), ("seen", at(2)), ("version", at(0)),
    ]  # fmt: skip
    assert archive.kept_capture("acme", kept[0].number) == odd
    verified = archive.evidence.verify("acme")
    assert (verified.links, verified.breaks) == (4, ())
