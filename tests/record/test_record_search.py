"""Words are found in every version of every source, alike on both databases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from record_samples import ACME, at, capture, change, check, document, first

from monitor.model import Changed, Comparison, First, Unchanged, Variant
from monitor.record.tokens import terms, tokens

if TYPE_CHECKING:
    from monitor.model import Document
    from monitor.record import Archive

LINES = {
    "acme": "We may share your data with partners for advertising purposes.",
    "strasse": "Die Verarbeitung erfolgt in der Hauptstraße, Élysée-Platz 3.",
    "wei": "我们会收集您的个人信息并与第三方共享。",
}


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    """Give one source for each of three scripts."""
    for name, line in LINES.items():
        first(archive, line, source=replace(ACME, id=name))
    return archive


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("PARTNERS share", ["acme"]),
        ('"data with partners"', ["acme"]),
        ('"partners with data"', []),
        ("partner", []),
        ("partner*", ["acme"]),
        ("hauptstrasse elysee", ["strasse"]),
        ("Hauptstraße", ["strasse"]),
        ("个人信息", ["wei"]),
        ("第三方", ["wei"]),
        ("方", ["wei"]),
        ("息个", []),
        ("第三方信息", []),
        ("terms", ["wei", "strasse", "acme"]),
        ("advertising 信息", []),
        ("“…”", []),
        ("", []),
    ],
)
def test_words_find_passages(shelf: Archive, words: str, found: list[str]) -> None:
    """Case and accents do not matter, order only in quotes; scripts without spaces work too."""
    hits = shelf.past.search(words)
    assert [hit.source for hit in hits] == found
    if words == "PARTNERS share":
        assert (hits[0].text, hits[0].path) == (LINES["acme"], ("Terms",))


def test_a_hit_says_how_long_it_stood(archive: Archive) -> None:
    """First and last sight of a passage, and whether the policy says it today."""
    first(archive, "We sell data.")
    archive.record(check(Unchanged("body"), at(5)))
    change(archive, "We sell data.", "We sell nothing.", at(10))
    change(archive, "We sell nothing.", "We keep data.", at(20))
    archive.record(check(Unchanged("body"), at(30)))
    keep, nothing, data = archive.past.search("we")
    assert [hit.text for hit in (keep, nothing, data)] == [
        "We keep data.", "We sell nothing.", "We sell data.",
    ]  # fmt: skip
    assert [(hit.from_version, hit.until_version) for hit in (data, nothing, keep)] == [
        (1, 1), (2, 2), (3, 3),
    ]  # fmt: skip
    assert [hit.standing for hit in (data, nothing, keep)] == [False, False, True]
    assert data.last_seen_at == at(5) - (at(5) - check(Unchanged("body"), at(5)).started_at)
    assert (nothing.first_seen_at, keep.first_seen_at) == (at(10), at(20))
    archive.record(check(Variant(1), at(40), capture("We sell data.", at(40))))
    assert [hit.text for hit in archive.past.search("we") if hit.standing] == ["We sell data."]
    assert archive.past.search("terms")[0].until_version == 3


def test_a_line_that_stays_is_kept_once(archive: Archive) -> None:
    """A hundred versions of a long policy cost the lines that changed."""

    def long(text: str) -> Document:
        lines = "\n".join(f"Clause {number} stays." for number in range(40))
        return replace(document(text), text=f"## Terms\n{text}\n{lines}")

    archive.record(check(First(long("number 1")), at(1), capture("number 1", at(1))))
    for number in range(2, 30):
        same = Comparison("changed", "edited", (), ("a",), ("b",), clear=True)
        told = Changed(long(f"number {number}"), same, at(number))
        archive.record(check(told, at(number), capture(f"number {number}", at(number))))
    with archive._database.read() as connection:
        assert connection.value("SELECT COUNT(*) FROM passages") == 1 + 40 + 29
    (hit,) = archive.past.search('"clause 7"')
    assert (hit.from_version, hit.until_version) == (1, 29)
    assert len(archive.past.search("number", limit=50)) == 29
    assert [hit.text for hit in archive.past.search("number", limit=2)] == [
        "number 29",
        "number 28",
    ]


def test_only_the_sources_asked_for(shelf: Archive) -> None:
    """A search may be kept to some sources."""
    assert [hit.source for hit in shelf.past.search("terms", ["wei", "acme"])] == ["wei", "acme"]


def test_earlier_histories_are_taken_in_bit_by_bit(archive: Archive) -> None:
    """Until all are, the archive says how many versions wait; new ones wait for their turn."""
    first(archive, "one thing")
    change(archive, "one thing", "two things", at(1))
    first(archive, "three things", source=replace(ACME, id="other"))
    before = archive.past.search("thing*")
    with archive._database.write() as connection:
        connection.run("UPDATE sources SET indexed = 0")
        connection.run("DELETE FROM passages")
    change(archive, "two things", "four things", at(2))

    assert (archive.past.unsearched(), archive.past.search("thing*")) == (4, ())
    assert [archive.upkeep.index(limit=3) for _ in range(3)] == [3, 1, 0]
    found = archive.past.search("thing*")
    assert archive.past.unsearched() == 0
    assert {hit.text for hit in found} == {hit.text for hit in before} | {"four things"}


@given(text=st.text(max_size=60), words=st.text(max_size=30))
@example(text="\0 NUL", words="\ud800 nul")
@example(text="a'b\"c\\d", words='\'b "c\\d" OR NEAR(* :* !&|')
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_anything_can_be_kept_and_asked(archive: Archive, text: str, words: str) -> None:
    """No page and no question trips the index; every word of a passage finds it."""
    source = f"s{len(archive.states())}"
    line = text.replace("\n", " ")
    first(archive, f"Marker {line}", source=replace(ACME, id=source))
    archive.past.search(words)
    for token in tokens(line)[:5]:
        hits = archive.past.search(token, [source])
        assert [hit.text for hit in hits if hit.text.startswith("Marker")] or not terms(token)
