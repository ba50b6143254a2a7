"""Model values survive being stored."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import (
    Candidate,
    Dates,
    Document,
    Edit,
    Finding,
    Hop,
    Hunk,
    PolicyDate,
    Rules,
    Run,
    Schedule,
    Section,
    SectionChange,
    Source,
)
from monitor.record import codec

SPANS = st.timedeltas(timedelta(0), timedelta(days=9999))
SCHEDULES = st.builds(Schedule, every=st.none() | SPANS, jitter=SPANS)
NAMED = st.lists(st.text(max_size=9), max_size=3).map(tuple)
COUNTS = st.integers(0, 10**6)
# Model values as their own types tell, so that a field added later is tried too.
VALUES = {
    Schedule: SCHEDULES,
    Source: st.builds(Source, schedule=SCHEDULES, timeout=SPANS, confirm_after=SPANS),
    SectionChange: st.builds(SectionChange, NAMED, st.just("moved"), COUNTS, COUNTS),
} | {
    kind: st.from_type(kind)
    for kind in (Dates, Document, Edit, Finding, Hop, Hunk, Rules, Run, Section)
}


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
@given(values=st.data())
@settings(max_examples=25, deadline=None)
def test_round_trip(kind: type, values: st.DataObject) -> None:
    """What is stored is read back equal, field for field, whatever fields a value has."""
    value = values.draw(VALUES[kind])
    if isinstance(value, Document):
        value = replace(value, dropped=())

    # By their repr, for a confidence of NaN equals none.
    assert repr(codec.load(kind, codec.dump(value))) == repr(value)
    assert repr(codec.read(kind, codec.write(value))) == repr(value)


def test_value_from_before_a_field_was_there_has_its_default() -> None:
    """Old rows are read by newer programs, and newer rows by older ones."""
    stored = json.loads(codec.dump(Section(("A",), "A", "text", 3, 2)))
    del stored["level"]
    stored["from_the_future"] = [1]

    assert codec.load(Section, json.dumps(stored)) == Section(("A",), "A", "text", 3)


def test_candidates_are_trimmed_to_the_chosen_and_a_few() -> None:
    """A page that names hundreds of dates does not swell every version; its own are kept first."""
    date = PolicyDate("2026-01-01", "day", "bare", "", 0.5)
    passed = [Candidate(replace(date, line=line), chosen=False, why="") for line in range(300)]
    passed[200] = replace(passed[200], own=True)
    chosen = Candidate(date, chosen=True, why="")
    document = Document("", None, (), "", Dates(bare=date, candidates=(*passed, chosen)))
    kept = codec.trimmed(document).dates

    assert kept.candidates == (*passed[:11], passed[200], chosen)
    assert kept.bare == date
