"""Lists over all sources and changes: filtered, sorted and cut to a page, on either database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

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

from monitor.model import (
    Assessment,
    Blocked,
    Changed,
    Failed,
    Filters,
    Finding,
    Neighbours,
    Pending,
    Source,
    Unchanged,
    condition,
)

if TYPE_CHECKING:
    from monitor.record import Archive

IDS = ("failing", "blocked", "overdue", "drifted", "pending", "changed", "new", "fine", "off")
LATE = at(2000)


def _source(ident: str) -> Source:
    tags = ("eu", 'a "quoted" 100%_tag') if ident == "drifted" else ("eu-west",)
    return replace(
        ACME,
        id=ident,
        site=f"{ident.title()} Ltd",
        url=f"https://{ident}.example/",
        tags=tags,
        enabled=ident != "off",
    )


def _fill(archive: Archive) -> None:
    """Record a source in every standing there is."""
    sources = {ident: _source(ident) for ident in IDS}
    archive.adopt([*sources.values()], LATE + HOUR)
    for ident in IDS:
        if ident in {"new", "off"}:
            continue
        first(archive, f"text of {ident}", at(1), source=sources[ident])
    due = {"next_check_at": LATE + HOUR}
    outcomes = {
        "failing": Failed("dns", "no such name"),
        "blocked": Blocked("blocked", "a challenge"),
        "pending": Pending("one section edited", LATE),
        "drifted": Unchanged("text"),
        "fine": Unchanged("body"),
    }
    for ident, outcome in outcomes.items():
        found = None if ident in {"failing", "fine"} else capture(f"capture of {ident}", LATE)
        drift = ".gone matches nothing: automatic" if ident == "drifted" else ""
        archive.record(check(outcome, LATE, found, source=sources[ident], drift=drift, **due))
    change(archive, "text of changed", "other text", LATE - 24 * HOUR, source=sources["changed"], **due)  # fmt: skip # noqa: E501
    archive.record(
        check(Unchanged("body"), LATE, source=sources["overdue"], next_check_at=LATE - HOUR)
    )


def test_what_needs_a_person_comes_first(archive: Archive) -> None:
    """Sources are in the order of their standings, which are those of the command line."""
    _fill(archive)
    page = archive.lists.sources(Filters(), LATE)
    assert [row.source.id for row in page.rows] == list(IDS)
    assert page.tally == dict.fromkeys(
        ("failing", "blocked", "overdue", "drifted", "pending", "changed", "new", "fine", "not watched"), 1  # noqa: E501
    )  # fmt: skip
    assert page.total == 9
    for row in page.rows:
        same = {"changed": "fine"}.get(row.standing, row.standing)
        assert condition(row.state, LATE) == same
    (changed,) = archive.lists.sources(Filters(standing="changed"), LATE).rows
    assert changed.last_change is not None
    assert changed.changed_at == (LATE - 24 * HOUR,)


def test_pages_follow_each_other(archive: Archive) -> None:
    """Every source is on one page, and the tally is of all pages."""
    _fill(archive)
    seen: list[str] = []
    for offset in range(0, 12, 4):
        page = archive.lists.sources(Filters(), LATE, limit=4, offset=offset)
        assert page.total == 9
        seen += [row.source.id for row in page.rows]
    assert seen == list(IDS)


def test_filters_mean_exactly_what_they_say(archive: Archive) -> None:
    """What is special to the database is nothing special in a filter."""
    _fill(archive)
    meant: dict[Filters, list[str]] = {
        Filters(site="Failing Ltd"): ["failing"],
        Filters(site="failing ltd"): [],
        Filters(kind="privacy-policy", standing="blocked"): ["blocked"],
        Filters(tag="eu"): ["drifted"],
        Filters(tag='a "quoted" 100%_tag'): ["drifted"],
        Filters(tag="a%tag"): [],
        Filters(language="en", text="NEW"): [],
        Filters(text="new.example"): ["new"],
        Filters(text="fine ltd"): ["fine"],
        Filters(text="%"): [],
        Filters(text="_"): [],
        Filters(finding="announcement.announced"): ["changed"],
        Filters(finding="announcement"): [],
        Filters(standing="no such"): [],
    }
    for filters, idents in meant.items():
        found = [row.source.id for row in archive.lists.sources(filters, LATE).rows]
        assert found == idents, filters


def test_language_is_that_of_the_current_version(archive: Archive) -> None:
    """A regional tag is found by its language, and never the other way round."""
    first(archive)
    other = replace(document("zwei"), language="de-AT")
    changed = Changed(other, comparison(document("one"), other), at(1))
    archive.record(check(changed, at(1), capture("zwei", at(1))))
    for language, count in (("de", 1), ("de-AT", 1), ("de-A", 0), ("en", 0), ("d_", 0)):
        page = archive.lists.sources(Filters(language=language), at(2))
        assert page.total == count, language
    assert archive.lists.choices().languages == ("de-AT",)


def test_choices_are_what_there_is(archive: Archive) -> None:
    """Each value to filter by is offered once."""
    _fill(archive)
    choices = archive.lists.choices()
    assert choices.kinds == ("privacy-policy",)
    assert set(choices.tags) == {"eu", "eu-west", 'a "quoted" 100%_tag'}
    assert len(choices.sites) == len(IDS)
    assert choices.findings == ("announcement.announced",)


def test_changes_of_all_sources(archive: Archive) -> None:
    """They come newest first, between times, and only those that have the finding asked for."""
    first(archive)
    numbers = [
        change(archive, old, new, at(hour)).change
        for hour, (old, new) in enumerate((("one", "two"), ("two", "three"), ("three", "four")), 1)
    ]
    one, two, three = (number for number in numbers if number)
    lists = archive.lists
    assert [found.id for found in lists.changes(Filters())] == [three, two, one]
    assert [found.id for found in lists.changes(Filters(), since=at(2))] == [three, two]
    assert [found.id for found in lists.changes(Filters(), until=at(2))] == [one]
    assert [found.id for found in lists.changes(Filters(), limit=1, offset=1)] == [two]
    assert lists.neighbours(two) == Neighbours(one, three)
    assert lists.neighbours(one) == Neighbours(None, two)
    assert lists.neighbours(99) == Neighbours()
    finding = Finding("period.longer", "Longer.", ("30",))
    assert archive.assess(two, Assessment("silent", (finding, finding), "", 0.1))
    found = lists.changes(Filters(finding="period.longer"))
    assert [one.id for one in found] == [two]
    announced = lists.changes(Filters(finding="announcement.announced"))
    assert [one.id for one in announced] == [three, one]
    assert not archive.assess(99, Assessment())


def test_gauges_count_the_whole(archive: Archive) -> None:
    """Numbers for metrics, and times of single sources only where there are few."""
    _fill(archive)
    gauges = archive.lists.gauges(LATE, most=8)
    assert (gauges.sources, gauges.failing, gauges.blocked) == (8, 1, 1)
    assert (gauges.overdue, gauges.pending, gauges.quarantined) == (1, 1, 1)
    assert (gauges.outages, gauges.outbox_pending, gauges.outbox_failed) == (0, 2, 0)
    assert gauges.oldest_due_at == LATE - HOUR
    assert set(gauges.last_success_at) == set(IDS) - {"new", "off"}
    assert archive.lists.gauges(LATE, most=7).last_success_at == {}


def test_sources_by_name(archive: Archive) -> None:
    """A source is found by its id as last configured, without its headers."""
    archive.adopt([replace(ACME, headers=(("Cookie", "secret"),))], NOW)
    assert archive.lists.source("acme") == ACME
    assert archive.lists.source("acm") is None
    assert archive.lists.named(["acme", "none"]) == {"acme": ACME}
    assert archive.lists.named([]) == {}
