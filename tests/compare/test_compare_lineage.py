"""Lines and sections followed through versions, whatever is done to their places and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from compare_documents import document
from hypothesis import given
from hypothesis import strategies as st

from monitor.compare.lineage import Stage, follow
from monitor.model import Name

if TYPE_CHECKING:
    from monitor.model import Lineage, Origin, SectionOrigin

INTRO = ("# Policy", "This policy says what we do with the data you give us.")
SHARING = (
    "## 1. Sharing",
    "We share data with partners who help us to run the service.",
    "They may use it for nothing else, and have to delete it when they are done.",
)
KEEPING = (
    "## 2. Retention",
    "We keep your data for 30 days after you close your account with us.",
    "Invoices are kept for as long as the law of taxes makes us keep them.",
)
RIGHTS = (
    "## 3. Your rights",
    "You may ask for a copy of your data at any time by e-mail.",
    "You may also complain to the authority of the country you live in.",
)
LONGER = KEEPING[1].replace("30 days", "24 months")


def followed(*texts: tuple[str, ...], ours: frozenset[int] = frozenset()) -> Lineage:
    """Follow versions numbered from 1."""
    stages = (Stage(at, document(*text), at in ours) for at, text in enumerate(texts, 1))
    return follow(stages)


def of(lineage: Lineage, text: tuple[str, ...], line: str) -> Origin:
    """Return the origin of a line of the last version."""
    return lineage.lines[text.index(line)]


def idents(lineage: Lineage) -> list[str]:
    """Return the identities of the sections of the last version."""
    return [section.ident for section in lineage.sections]


def section(lineage: Lineage, ident: str) -> SectionOrigin:
    """Return a section of the last version by its identity."""
    return next(one for one in lineage.sections if one.ident == ident)


def test_a_passage_knows_when_it_came_changed_and_what_it_replaced() -> None:
    """An edited line is as old as the first words in its place, and names the last ones."""
    second = (*INTRO, KEEPING[0], LONGER, KEEPING[2])
    third = (*INTRO, KEEPING[0], LONGER.replace("close", "have closed"), KEEPING[2], *RIGHTS)

    found = followed((*INTRO, *KEEPING), second, third)

    edited = of(found, third, third[3])
    assert (edited.first, edited.since, edited.replaced) == (1, 3, LONGER)
    assert of(found, third, KEEPING[2]).since == 1
    assert (of(found, third, RIGHTS[1]).first, of(found, third, RIGHTS[1]).replaced) == (3, "")
    assert [(one.ident, one.first, one.since) for one in found.sections] == [
        ("v1-1", 1, 1),
        ("v1-2", 1, 3),
        ("v3-3", 3, 3),
    ]


def test_a_rewritten_passage_names_what_stood_in_its_place() -> None:
    """Where none of the words are left, the passage is new, and says whose place it took."""
    new = (*INTRO, KEEPING[0], "Ask support.", KEEPING[2])

    found = of(followed((*INTRO, *KEEPING), new), new, "Ask support.")

    assert (found.first, found.since, found.replaced) == (2, 2, KEEPING[1])


def test_renumbering_and_renaming_change_no_identity() -> None:
    """Numbers are nothing that happened; a new name is, to the same section."""
    renumbered = [
        RIGHTS[0].replace("3. ", "1. "),
        SHARING[0].replace("1. ", "2. "),
        "## 3. How long we keep data",
    ]
    new = (*INTRO, renumbered[0], *RIGHTS[1:], renumbered[1], *SHARING[1:])
    new += (renumbered[2], *KEEPING[1:])

    found = followed((*INTRO, *SHARING, *KEEPING, *RIGHTS), new)

    assert idents(found) == ["v1-1", "v1-4", "v1-2", "v1-3"]
    assert section(found, "v1-3").names == (Name("2. Retention", 1),)
    assert [one.since for one in found.sections] == [1, 1, 1, 2]
    assert all(line.first == 1 and not line.returned for line in found.lines)
    assert {line.since for line in found.lines} == {1, 2}, "only the new name is new"


def test_a_section_moved_and_edited_is_followed() -> None:
    """Its lines keep their origins, also the one that was edited on the way."""
    new = (*INTRO, *RIGHTS, KEEPING[0], LONGER, KEEPING[2], *SHARING)

    found = followed((*INTRO, *SHARING, *KEEPING, *RIGHTS), new)

    assert idents(found) == ["v1-1", "v1-4", "v1-3", "v1-2"]
    assert section(found, "v1-4").moved == 2 or section(found, "v1-2").moved == 2
    assert not any(line.moved for line in found.lines), "they stay in their sections"
    edited = of(found, new, LONGER)
    assert (edited.first, edited.since, edited.replaced) == (1, 2, KEEPING[1])
    assert of(found, new, KEEPING[2]).first == 1


def test_a_passage_moved_between_sections_keeps_its_origin() -> None:
    """It says the same elsewhere: the place is new, the words are not."""
    new = (*INTRO, *SHARING[:2], *RIGHTS, SHARING[2])

    moved = of(followed((*INTRO, *SHARING, *RIGHTS), new), new, SHARING[2])

    assert (moved.first, moved.since, moved.moved, moved.replaced) == (1, 1, 2, "")


def test_a_section_split_in_two_names_where_it_was() -> None:
    """The larger part goes on; the other knows what it was split from."""
    joint = ("## Data", *SHARING[1:], *KEEPING[1:], RIGHTS[1])
    new = (*INTRO, "## Data", *SHARING[1:], RIGHTS[1], "## Deleting it", *KEEPING[1:])

    found = followed((*INTRO, *joint), (*INTRO, *joint), new)

    assert found.sections[1].ident == "v1-2"
    assert (found.sections[2].ident, found.sections[2].split_from) == ("v3-3", "v1-2")
    assert of(found, new, KEEPING[2]).first == 1


def test_sections_merged_name_each_other() -> None:
    """The one that took the other in says so."""
    new = (*INTRO, "## Sharing", *SHARING[1:], *KEEPING[1:])

    found = followed((*INTRO, *SHARING, *KEEPING), new)

    assert (found.sections[1].ident, found.sections[1].merged) == ("v1-2", ("v1-3",))
    assert all(line.first == 1 for line in found.lines)


@pytest.mark.parametrize("kept_away", [1, 3])
def test_what_returns_is_recognised(kept_away: int) -> None:
    """A section and its passages that were gone are as old as they were before."""
    whole = (*INTRO, *SHARING, *KEEPING)

    found = followed(whole, *[(*INTRO, *SHARING)] * kept_away, whole)

    back = section(found, "v1-3")
    assert (back.first, back.since, back.returned) == (1, kept_away + 2, 1)
    line = of(found, whole, KEEPING[1])
    assert (line.first, line.since, line.returned) == (1, kept_away + 2, 1)


def test_earlier_words_that_return_are_recognised() -> None:
    """An edit undone names the words it undid, and until when its own had stood."""
    whole = (*INTRO, *KEEPING)
    changed = (*INTRO, KEEPING[0], LONGER, KEEPING[2])

    back = of(followed(whole, changed, whole), whole, KEEPING[1])

    assert (back.first, back.since, back.replaced, back.returned) == (1, 3, LONGER, 1)


def test_our_own_reading_is_no_change_of_the_policy() -> None:
    """Where the page is only read another way, nothing is younger than it was."""
    read_anew = (*INTRO, KEEPING[0], LONGER, KEEPING[2])

    found = followed((*INTRO, *KEEPING), read_anew, ours=frozenset({2}))

    assert {(line.first, line.since) for line in found.lines} == {(1, 1)}


SENTENCES = [f"{who} may {what} the data." for who in ("We", "You") for what in ("see", "sell")]
TEXTS = st.lists(
    st.sampled_from([*SENTENCES, "## On data", "## On you", "Yes.", "- item", ""]), max_size=8
)


@given(st.lists(TEXTS, min_size=1, max_size=5), st.sets(st.integers(1, 5)))
def test_whatever_happens_everything_has_one_origin(texts: list[list[str]], ours: set[int]) -> None:
    """Each line and section has an origin among the versions; identities differ."""
    stages = [Stage(at, document(*text), at in ours) for at, text in enumerate(texts, 1)]

    found = follow(stages)

    last = stages[-1].document
    assert len(found.lines) == len(last.lines)
    assert len(found.sections) == len(last.sections)
    assert len(set(idents(found))) == len(found.sections)
    for one in (*found.lines, *found.sections):
        assert 1 <= one.first <= one.since <= found.version
        assert one.returned is None or one.returned < one.since
    if not ours:
        for line, origin in zip(last.lines, found.lines, strict=True):
            assert line in texts[origin.since - 1], "it has its words since then"


@given(TEXTS, st.integers(2, 4))
def test_what_never_changes_is_as_old_as_the_first_version(text: list[str], times: int) -> None:
    """The same text again leaves every origin as it was."""
    found = followed(*[tuple(text)] * times)

    assert {(line.first, line.since, line.moved) for line in found.lines} <= {(1, 1, None)}
