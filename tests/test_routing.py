"""Who is told: a channel gets what matches all it asks for, of the sources that notify it."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import EventType, Finding, Source, Wants
from monitor.routing import chosen, concerns

SOURCE = Source(
    "acme", "Acme Ltd", "privacy-policy", "Privacy policy", "https://acme.example/",
    tags=("vendor", "EU"), notify=("mail", "hook"),
)  # fmt: skip
SILENT = Finding("announcement.silent", "The date did not move.")
EVENTS: tuple[EventType, ...] = get_args(EventType)
WANTS = st.builds(
    Wants,
    sites=st.sets(st.sampled_from(["acme*", "other"])).map(tuple),
    kinds=st.sets(st.sampled_from(["privacy-*", "terms"])).map(tuple),
    tags=st.sets(st.sampled_from(["eu", "us"])).map(tuple),
    languages=st.sets(st.sampled_from(["en", "de"])).map(tuple),
    findings=st.sets(st.sampled_from(["announcement.*", "rights.*"])).map(tuple),
    events=st.sets(st.sampled_from(EVENTS)).map(tuple),
    first=st.booleans(),
)


def told(wants: Wants, event: EventType = "policy.changed", **more: object) -> bool:
    """Tell whether a channel that wants this is told."""
    return "mail" in chosen({"mail": wants}, SOURCE, event, **more)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    "wants",
    [
        Wants(),
        Wants(sites=("acme*",)),
        Wants(sites=("other", "ACME LTD"), kinds=("privacy-*",)),
        Wants(tags=("us", "eu")),
        Wants(languages=("en",)),
        Wants(findings=("announcement.*",)),
        Wants(events=("policy.changed",)),
    ],
)
def test_what_matches_is_told(wants: Wants) -> None:
    """Names and globs match without regard to case, and one value of each kind is enough."""
    assert told(wants, language="en-GB", findings=(SILENT,))


@pytest.mark.parametrize(
    "wants",
    [
        Wants(sites=("acme",)),
        Wants(sites=("acme*",), kinds=("terms-*",)),
        Wants(tags=("us",)),
        Wants(languages=("e", "de")),
        Wants(findings=("rights.*",)),
        Wants(events=("source.failing",)),
    ],
)
def test_what_does_not_match_is_not(wants: Wants) -> None:
    """All that is set has to match."""
    assert not told(wants, language="en-GB", findings=(SILENT,))


def test_a_language_nobody_knows_excludes_nobody() -> None:
    """Rather one message too many; what the source declares counts as known."""
    german = Wants(languages=("de",))
    assert told(german, "source.failing")
    declared = replace(SOURCE, rules=replace(SOURCE.rules, language="en"))
    assert not concerns(german, declared)


def test_first_versions_are_told_only_where_asked_for() -> None:
    """`first` adds them, also to a channel that lists other events."""
    assert not told(Wants(), "policy.first_seen")
    assert told(Wants(first=True), "policy.first_seen")
    assert told(Wants(first=True, events=("policy.changed",)), "policy.first_seen")
    assert not told(Wants(first=True, kinds=("terms-*",)), "policy.first_seen")


def test_nobody_is_told_whom_the_source_does_not_notify() -> None:
    """Filters only take away; a channel that has none is told of everything else."""
    assert chosen({"fax": Wants()}, SOURCE, "policy.changed") == ("mail", "hook")
    assert chosen({"fax": Wants()}, SOURCE, "policy.first_seen") == ()


@pytest.mark.parametrize(
    ("general", "special"),
    [("policy.changed", "policy.silent_change"), ("source.failing", "source.gone")],
)
def test_a_special_event_is_told_as_its_kind(general: EventType, special: EventType) -> None:
    """Who asks for the general one misses nothing; who asks for the special one gets only that."""
    assert told(Wants(events=(general,)), special)
    assert told(Wants(events=(special,)), special)
    assert not told(Wants(events=(special,)), general)


@given(WANTS, WANTS, st.sampled_from(EVENTS))
def test_a_filter_more_never_tells_more(one: Wants, other: Wants, event: EventType) -> None:
    """What passes two filters set together has passed each of them alone."""
    keys = ("sites", "kinds", "tags", "languages", "findings")
    both = replace(one, **{key: getattr(other, key) for key in keys if not getattr(one, key)})
    facts = {"language": "en", "findings": (SILENT,)}
    if told(both, event, **facts):
        assert told(one, event, **facts)
