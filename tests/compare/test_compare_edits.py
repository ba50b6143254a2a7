"""How a change is told: in which section, and word by word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from compare_documents import document

import monitor
from monitor.compare.verdict import compare
from monitor.render.terminal import diff_sections

if TYPE_CHECKING:
    from monitor.model import Hunk

INTRO = ("# Policy", "This policy says what we do with the data you give us.")
SHARING = ("## Sharing", "We share data with partners who help us to run the service.", "- Amazon")
KEEPING = ("## Retention", "We keep data for 30 days after you close your account with us.")
RIGHTS = ("## Your rights", "You may ask for a copy of your data at any time by e-mail.")


def told(hunk: Hunk) -> str:
    """Write a hunk as an editor would mark it."""
    marks = {"same": "", "removed": "-", "added": "+"}
    return "".join(f"{marks[run.kind]}<{run.text.strip()}>" for run in hunk.runs)


def test_the_package_is_the_function() -> None:
    """The public name calls the same comparison."""
    old, new = document(*INTRO), document(*INTRO, "More.")

    assert monitor.compare(old, new) == compare(old, new)


def test_an_edit_names_its_section_and_its_words() -> None:
    """A changed number is one edit of one section, whole words with their punctuation."""
    new = (KEEPING[0], KEEPING[1].replace("30 days", "24 months"))

    comparison = compare(document(*INTRO, *KEEPING, *RIGHTS), document(*INTRO, *new, *RIGHTS))
    (edit,) = comparison.edits

    assert (edit.operation, edit.path) == ("edited", ("Policy", "Retention"))
    assert told(edit.hunks[0]) == (
        "<We keep data for>-<30 days>+<24 months><after you close your account with us.>"
    )
    assert (edit.words_removed, edit.words_added, comparison.clear) == (2, 2, True)


def test_a_new_section_is_added_whole() -> None:
    """A section that came is one edit without an old path."""
    comparison = compare(document(*INTRO, *RIGHTS), document(*INTRO, *SHARING, *RIGHTS))
    (edit,) = comparison.edits

    assert (edit.operation, edit.path, edit.old_path) == ("added", ("Policy", "Sharing"), None)
    assert edit.hunks[0].new == SHARING
    assert not comparison.clear


def test_a_section_gone_is_removed_whole() -> None:
    """A section that went keeps its old path."""
    comparison = compare(document(*INTRO, *SHARING, *RIGHTS), document(*INTRO, *RIGHTS))
    (edit,) = comparison.edits

    assert (edit.operation, edit.old_path) == ("removed", ("Policy", "Sharing"))


def test_a_renamed_section_is_followed() -> None:
    """Another heading over the same text is a rename."""
    renamed = ("## How long we keep it", KEEPING[1])

    comparison = compare(document(*INTRO, *KEEPING, *RIGHTS), document(*INTRO, *renamed, *RIGHTS))
    (edit,) = comparison.edits

    assert edit.operation == "renamed"
    assert (edit.old_path, edit.path) == (
        ("Policy", "Retention"),
        ("Policy", "How long we keep it"),
    )


def test_a_moved_section_is_told_once() -> None:
    """A section that stands elsewhere is one edit, neither added nor removed."""
    old = document(*INTRO, *KEEPING, *SHARING, *RIGHTS)
    new = document(*INTRO, *SHARING, *RIGHTS, *KEEPING)

    assert [edit.operation for edit in compare(old, new).edits] == ["moved"]


def test_renumbered_sections_are_followed() -> None:
    """A section put in front moves the numbers of all others, and only it is told."""
    old = document("# Policy", "## 1. Sharing", *SHARING[1:], "## 2. Retention", KEEPING[1])
    new = document(
        "# Policy",
        "## 1. Rights",
        RIGHTS[1],
        "## 2. Sharing",
        *SHARING[1:],
        "## 3. Retention",
        KEEPING[1],
    )

    (edit,) = compare(old, new).edits

    assert (edit.operation, edit.path) == ("added", ("Policy", "1. Rights"))


def test_equal_headings_stay_apart() -> None:
    """Of two sections with one name the edited one is named by its parents."""
    lines = ["# Site", "## Contact", "Write to the site team at any time you like."]
    shop = ["# Shop", "## Contact", "Write to the shop team at any time you like."]
    new = [*shop[:2], "Call the shop team at any time you like."]

    (edit,) = compare(document(*lines, *shop), document(*lines, *new)).edits

    assert edit.path == ("Shop", "Contact")


def test_a_row_is_told_by_itself() -> None:
    """A table gains one row; its neighbours are not touched."""
    rows = ["| Amazon | USA | hosting |", "| Zendesk | USA | support |"]
    new = [rows[0], "| CoreWeave | USA | computing |", rows[1]]

    (hunk,) = compare(document(*INTRO, *rows), document(*INTRO, *new)).hunks

    assert (hunk.old, hunk.new) == ((), (new[1],))


def test_unrelated_sentences_are_not_interleaved() -> None:
    """A sentence that took another's place is shown as a whole."""
    old = "You may cancel the subscription at the end of any month by letter."
    new = "Our liability for the loss of profits is limited by the amount of the fees."

    hunks = compare(document(*INTRO, old, *RIGHTS), document(*INTRO, new, *RIGHTS)).hunks

    assert all(run.kind != "same" for hunk in hunks for run in hunk.runs)


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        (
            "本公司保留您的数据三十天。",
            "本公司保留您的数据六十天。",
            "<本公司保留您的数据>-<三十>+<六十><天。>",
        ),
        (
            "Read and/or write to https://a.example/one please",
            "Read and/or write to https://a.example/two please",
            "<Read and/or write to>-<https://a.example/one>+<https://a.example/two><please>",
        ),
        (
            "نحتفظ ببياناتك لمدة 30 يومًا بعد الإغلاق.",
            "نحتفظ ببياناتك لمدة 90 يومًا بعد الإغلاق.",
            "<نحتفظ ببياناتك لمدة>-<30>+<90><يومًا بعد الإغلاق.>",
        ),
    ],
)
def test_words_are_cut_as_they_are_written(old: str, new: str, marked: str) -> None:
    """Characters where a script has no spaces, whole words with their signs elsewhere."""
    (hunk,) = compare(document(*INTRO, old), document(*INTRO, new)).hunks

    assert told(hunk) == marked


def test_a_passage_moved_between_sections_is_told_once() -> None:
    """It is neither added nor removed: one edit, where it stands, that says where it stood."""
    text = "They may use it for nothing else, and delete it when they are done."
    old = document(*INTRO, *SHARING, text, *RIGHTS)
    new = document(*INTRO, *SHARING, *RIGHTS, text)

    comparison = compare(old, new)
    (edit,) = comparison.edits

    assert (edit.path[-1], edit.words_added, edit.words_removed) == ("Your rights", 0, 0)
    departure, arrival = edit.hunks
    assert (departure.departs, departure.elsewhere) == (True, ("Policy", "Your rights"))
    assert (arrival.arrives, arrival.elsewhere) == (True, ("Policy", "Sharing"))
    assert comparison.apply() == new.lines
    shown = "\n".join(text.plain for text in diff_sections(comparison, color=False))
    assert "moved here, in the same words, from “Sharing”:\n  They may use" in shown
    assert shown.count("They may use") == 1
    assert "{+" not in shown


def test_a_passage_moved_and_a_word_edited_are_two_things() -> None:
    """Only the word that changed is marked and counted."""
    text = "They may use it for nothing else, and delete it when they are done."
    new = (SHARING[0], text, SHARING[1].replace("partners", "vendors"), SHARING[2])

    (edit,) = compare(document(*INTRO, *SHARING, text), document(*INTRO, *new)).edits

    assert (edit.words_added, edit.words_removed) == (1, 1)
    assert sorted(hunk.elsewhere is not None for hunk in edit.hunks) == [False, True, True]
