"""What two captures agree on, and what stays open."""

from __future__ import annotations

from compare_documents import document
from hypothesis import given
from hypothesis import strategies as st

from monitor.compare.confirm import agree, confirm, settled
from monitor.compare.verdict import compare
from monitor.model import Dates, Document, PolicyDate

NUMBERS = ("one", "two", "three", "four")
BODY = [f"This is sentence number {number} of the policy." for number in NUMBERS]
EDIT = "This is clause number two of the new policy."
TEASER = "Start today and save a lot with our summer offer"
OTHER = "Meet thousands of people near you this very evening"
LINES = st.lists(
    st.sampled_from(["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf"]), max_size=7
)


def edited(*extra: str) -> Document:
    """Return the policy with its second sentence edited."""
    return document("# Policy", BODY[0], EDIT, *BODY[2:], *extra)


def test_an_edit_seen_twice_is_confirmed_without_what_rotates() -> None:
    """The edit repeats and the teaser does not: only the edit is a change."""
    old = document("# Policy", *BODY)

    confirmed = confirm(old, edited(TEASER), edited(OTHER))

    assert confirmed.verdict == "changed"
    assert [hunk.new for hunk in confirmed.hunks] == [(EDIT,)]
    assert confirmed.apply() == edited().lines


def test_what_vanished_is_not_confirmed() -> None:
    """A difference that is gone in the second capture is none."""
    old = document("# Policy", *BODY)

    confirmed = confirm(
        old, document("# Policy", *BODY, TEASER), document("# Policy", *BODY, OTHER)
    )

    assert (confirmed.verdict, confirmed.edits) == ("same", ())


def test_a_removal_seen_twice_is_confirmed() -> None:
    """What is still gone is gone, while something else comes for the first time."""
    old = document("# Policy", *BODY)
    gone = document("# Policy", *BODY[:3])

    confirmed = confirm(old, gone, document("# Policy", *BODY[:3], TEASER))

    assert confirmed.apply() == gone.lines


def test_lines_that_came_together_are_confirmed_one_by_one() -> None:
    """Of two lines in one place only the one seen before is confirmed."""
    old = document("# Policy", *BODY)

    confirmed = confirm(
        old, document("# Policy", *BODY, EDIT, TEASER), document("# Policy", *BODY, EDIT, OTHER)
    )

    assert confirmed.apply() == ("# Policy", *BODY, EDIT)


def test_an_edit_beside_a_rotating_word_is_confirmed() -> None:
    """A line need not repeat whole: one replaced word seen twice is enough."""
    old = document("We keep data for 30 days, as 14 happy members of Anna's club know.")
    first = document("We keep data for 90 days, as 15 happy members of Ben's club know.")
    second = document("We keep data for 90 days, as 16 happy members of Cleo's club know.")

    confirmed = confirm(old, first, second)

    assert confirmed.verdict == "changed"
    assert confirm(old, old, second).verdict == "same"


def test_what_is_not_confirmed_stays_a_difference() -> None:
    """A passage first seen in the second capture is found again against the settled text."""
    old = document("# Policy", *BODY)
    second = edited("## Sale", "We sell your data to whom we like.")

    base = settled(old, confirm(old, edited(), second), second)

    assert base.text == edited().text
    assert [section.path for section in base.sections] == [("Policy",)]
    assert [edit.path for edit in compare(base, second).edits] == [("Policy", "Sale")]
    assert confirm(base, second, second).verdict == "changed"


def test_a_settled_text_keeps_sections_and_dates() -> None:
    """Headings stay headings, and a date points at its line in the settled text."""
    date = PolicyDate("2026-05-03", "day", "updated", "May 3, 2026", 0.9, line=3)
    old = document("# Policy", *BODY)
    lines = ("# Policy", TEASER, EDIT, "Updated May 3, 2026", "## End", "Bye to all of you.")
    first = document(lines[0], *lines[2:])
    second = document(*lines)
    dated = Document(second.title, None, second.sections, second.text, Dates(updated=date))

    base = settled(old, confirm(old, first, dated), dated)

    assert base.lines == first.lines
    assert base.sections == first.sections
    assert base.dates.updated is not None
    assert base.dates.updated.line == 2


def test_everything_confirmed_settles_on_the_capture_itself() -> None:
    """Where nothing is left open the second document is the one to keep."""
    old, new = document("# Policy", *BODY), edited()

    assert settled(old, confirm(old, new, new), new) is new


@given(LINES, LINES, LINES)
def test_nothing_is_lost_between_captures(one: list[str], two: list[str], three: list[str]) -> None:
    """What is confirmed and what stays open lead together from the old text to the new."""
    old, first, second = (document(*dict.fromkeys(lines)) for lines in (one, two, three))

    base = settled(old, confirm(old, first, second), second)

    assert sorted(compare(base, second).apply()) == sorted(second.lines)
    assert compare(old, second).verdict == confirm(old, second, second).verdict


def test_a_policy_edited_twice_in_a_row_is_told_twice() -> None:
    """A passage reworded before it repeats was real: first the one, then the other edit."""
    old = document("# Policy", *BODY)
    first = document(
        "# Policy", *BODY, "We train our models with what you write, unless you object."
    )
    second = document("# Policy", *BODY, "We train our models with what you write, if you agree.")
    longer = [f"Sentence {at} of a long policy that stays as it is for years." for at in range(20)]
    old, first, second = (document(*doc.lines, *longer) for doc in (old, first, second))

    comparison, base = agree(old, first, second)

    assert base is first
    assert comparison == compare(old, first)
    assert compare(base, second).clear


def test_agreement_records_what_is_confirmed() -> None:
    """All confirmed: the capture itself; a part: the text without the rest; nothing: the old."""
    old, new = document("# Policy", *BODY), edited()

    assert agree(old, new, new)[1] is new
    assert agree(old, edited(TEASER), edited(OTHER))[1].lines == new.lines
    assert agree(old, document("# Policy", *BODY, TEASER), old)[1] is old


def test_numbered_parts_split_later_are_still_confirmed() -> None:
    """A new passage that the second capture breaks into lines is the passage seen before."""
    old = document("# Policy", *BODY)
    parts = ["(a) all your use of the service", "(b) all the content you send to us"]
    first = document("# Policy", *BODY, "You answer for " + " and ".join(parts))
    second = document("# Policy", *BODY, "You answer for", *parts)

    assert confirm(old, first, second).apply() == second.lines
