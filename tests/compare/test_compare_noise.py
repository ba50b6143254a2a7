"""What is never a change, and what always is one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from compare_documents import document

from monitor.compare.verdict import compare

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = (
    "# Privacy policy",
    "We collect the data you give us when you open an account with us.",
    "## Sharing",
    "We share it with processors under contract and with nobody else.",
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## 3. Retention of data", "## 4. Retention of data"),
        ("## 3 Retention of data", "## III. Retention of data"),
        ("(a) your name and address", "b) your name and address"),
        ("1.2.3 Your rights", "A.1.2. Your rights"),
        ("(5.) Use of the platform", "(5). Use of the platform"),
        ("第三条 适用范围", "第四条 适用范围"),
        ("- your “name”, address", "* your 'name' address"),
        ("We don’t sell data – ever.", "We don't sell data - ever"),
        ("Terms of the FooBar service", "TERMS OF THE Foobar SERVICE"),
        ("See our terms\u200b here", "See our terms here"),
        ("Straße und Maß der Prüfung", "Strasse und Mass der Pru\u0308fung"),
        ("See the list (opens in a new tab).", "See the list."),
        ("Voir la liste (ouvre une nouvelle fenêtre)", "Voir la liste"),
        ("Zur Liste [wird in neuem Tab geöffnet]", "Zur Liste"),
        ("一覧を見る（新しいタブで開きます）", "一覧を見る"),
        ("Write to [help@example.com](mailto:help@example.com)", "Write to help@example.com"),
        ("© 2019-2025 Example Inc.", "© 2019-2026 Example Inc."),
        ("Updated 3 weeks ago", "Updated over 4 months ago"),
        ("vor 3 Tagen aktualisiert", "vor 12 Tagen aktualisiert"),
        ("Today is 3 May 2026", "Today is 4 May 2026"),
        ("1,204 views", "1,377 views"),
        ("Write to [email\u00a0protected] now", "Write to help@example.com now"),
        ("Write to help (at) example [dot] com", "Write to help@example.com"),
        ("Table of contents", ""),
    ],
)
def test_form_is_no_change(old: str, new: str) -> None:
    """Numbering, punctuation, case, labels, counters and the day of reading are never told."""
    comparison = compare(document(*BODY, old), document(*BODY, new))

    assert (comparison.verdict, comparison.edits) == ("same", ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("We keep data for 30 days.", "We keep data for 60 days."),
        ("30 days", "60 days"),
        ("1.5 million people use it.", "2.5 million people use it."),
        ("1. Januar 2025", "2. Januar 2025"),
        ("Stand: 12.03.2025", "Stand: 13.03.2025"),
        ("Last updated: May 3, 2025", "Last updated: May 3, 2026"),
        ("2026年5月5日生效", "2026年5月6日生效"),
        ("You must be over 16 years old.", "You must be over 18 years old."),
        ("The fee is 5 % of the price.", "The fee is 5 € of the price."),
        ("age > 16", "age < 16"),
        ("| Cookies | ✓ |", "| Cookies | ✗ |"),
        ("Write to privacy@example.com", "Write to legal@example.com"),
        ("Contact: Example Ltd., Dublin", "Contact: Example Inc., Dublin"),
        ("We may share your data.", "We will share your data."),
        ("हम डेटा साझा करते हैं", "हम डेटा साझा नहीं करते"),
        ("हम दिन रखते हैं", "हम दीन रखते हैं"),
        ("本公司保留数据三十天", "本公司保留数据六十天"),
        ("إلى 30 يومًا", "إلى 90 يومًا"),
        ("© 2025 Example Inc.", "© 2025 Sample Inc."),
        ("Copyright policy, 12 March 2024", "Copyright policy, 12 March 2025"),
    ],
)
def test_wording_is_a_change(old: str, new: str) -> None:
    """Words, numbers, names, contacts, periods and dates are told in every script."""
    comparison = compare(document(*BODY, old), document(*BODY, new))

    assert comparison.verdict == "changed"
    assert any(run.text for hunk in comparison.hunks for run in hunk.runs if run.kind != "same")


def test_reordered_items_are_no_change() -> None:
    """Items and rows that only change places within their list are left out."""
    items = ["- alpha of one", "- beta of two", "- gamma of three"]

    comparison = compare(document(*BODY, *items), document(*BODY, *items[::-1]))

    assert comparison.verdict == "same"


def test_a_new_item_among_reordered_ones_stands_alone() -> None:
    """An item that came is told without the ones that changed places."""
    old = [*BODY, "- Amazon", "- Google", "- Zendesk"]
    new = [*BODY, "- Zendesk", "- Google", "- CoreWeave", "- Amazon"]

    comparison = compare(document(*old), document(*new))

    assert [hunk.new for hunk in comparison.hunks] == [("- CoreWeave",)]
    assert [hunk.old for hunk in comparison.hunks] == [()]


def test_an_item_moved_to_another_section_is_a_change() -> None:
    """What is shared is not what is collected, even in the same words."""
    old = document("## Collected", "- e-mail address", "- name", "## Shared", "- name")
    new = document("## Collected", "- e-mail address", "- name", "## Shared", "- e-mail address")

    assert compare(old, new).verdict == "changed"


def test_a_repeated_passage_is_no_change() -> None:
    """A passage both texts hold word for word is not news where it stands twice."""
    comparison = compare(document(*BODY), document(*BODY, BODY[3], BODY[1]))

    assert comparison.verdict == "same"


def test_an_item_struck_from_one_of_two_lists_is_a_change() -> None:
    """What two lists name is in both; that the other still names it is no comfort."""
    item = "- selling or sharing what we know about you with third parties"
    lists = ["## We never do", "- ask for more", item, "## Others never do", "- forget", item]

    assert compare(document(*BODY, *lists), document(*BODY, *lists[:-1])).verdict == "changed"


def test_a_table_of_contents_is_no_change() -> None:
    """Headings listed a second time say nothing new."""
    text = [line for at in range(4) for line in (f"## Part {at} of it", f"Words {at} here.")]
    contents = [f"- Part {at} of it" for at in range(4)]

    assert compare(document(*text), document(*contents, *text)).verdict == "same"


def test_the_title_shown_in_the_text_is_no_change() -> None:
    """A heading that repeats the title of the page appears without an alert."""
    old = document(*BODY[1:], title="Privacy policy | Example")
    new = document(*BODY, title="Privacy policy | Example")

    assert compare(old, new).verdict == "same"


DATES = [date(2026, 3, 4), date(2025, 6, 1), date(2024, 12, 31), date(2023, 3, 1)]
FORMS: dict[str, Callable[[date], str]] = {
    "named": lambda day: f"{day:%B} {day.day}, {day.year}",
    "ordinal": lambda day: f"Version of {day:%B} {day.day}th, {day.year}",
    "iso": lambda day: f"- {day.isoformat()}",
    "dotted": lambda day: f"Stand {day.day}.{day.month}.{day.year}",
    "slashed": lambda day: f"| {day:%d/%m/%Y} | archived |",
    "american": lambda day: f"- {day:%m/%d/%Y}",
    "chinese": lambda day: f"{day.year}年{day.month}月{day.day}日发布",
    "sentence": lambda day: (
        "The terms for customers of our companies in the Union, as published "
        f"on {day:%B} {day.day}, {day.year}"
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("step", [1, -1])
def test_a_list_of_dates_a_day_off_is_no_change(form: str, step: int) -> None:
    """Three dates that move by one day together are one list in another time zone."""
    days = [FORMS[form](day) for day in DATES]
    shifted = [FORMS[form](day + timedelta(days=step)) for day in DATES]

    assert compare(document(*BODY, *days), document(*BODY, *shifted)).verdict == "same"
    assert compare(document(*BODY, days[1]), document(*BODY, shifted[1])).verdict == "changed"
    edited = compare(document(*BODY, *days), document(*BODY, *shifted, "Archived texts follow."))
    assert [hunk.new for hunk in edited.hunks] == [("Archived texts follow.",)]


def test_dates_that_move_by_other_steps_are_a_change() -> None:
    """Dates a day off in both directions, or by a month, were edited."""
    days = [FORMS["iso"](day) for day in DATES]
    turned = [FORMS["iso"](day + timedelta(days=1 - 2 * (at % 2))) for at, day in enumerate(DATES)]
    later = [FORMS["iso"](day + timedelta(days=28)) for day in DATES]

    assert compare(document(*BODY, *days), document(*BODY, *turned)).verdict == "changed"
    assert compare(document(*BODY, *days), document(*BODY, *later)).verdict == "changed"


def test_a_sentence_split_into_lines_is_no_change() -> None:
    """Reflowed text says the same, with or without the numbers of its parts."""
    line = "We process (a) your name and address, (b) your payment details and (c) your calls."
    parts = [
        "We process",
        "- your name and address,",
        "- your payment details and",
        "- your calls.",
    ]

    assert compare(document(*BODY, line), document(*BODY, *parts)).verdict == "same"


@pytest.mark.parametrize("heading", ["Acknowledgements", "Danksagung", "Hall of Fame", "謝辞"])
def test_a_name_that_is_thanked_is_no_change(heading: str) -> None:
    """Lists of those who helped grow; a sentence among them, or a name elsewhere, is told."""
    names = ("- Ada Lovelace", "- Otto von Guericke (2025)", "- 山田太郎")
    old = document(*BODY, f"## {heading}", "We thank:", *names[1:])

    assert compare(old, document(*BODY, f"## {heading}", "We thank:", *names)).verdict == "same"
    duty = "- Reports are paid after ninety days"
    for told in (
        document(*BODY, f"## {heading}", "We thank:", *names, duty),
        document(*BODY, names[0], f"## {heading}", "We thank:", *names[1:]),
    ):
        assert compare(old, told).verdict == "changed"


@pytest.mark.parametrize("pattern", ["Reference number 4711", r"/Reference number \d+/"])
def test_ignored_text_is_left_out(pattern: str) -> None:
    """What a user ignores, literally or by pattern, neither triggers nor shows."""
    old = document(*BODY, "Reference number 4711")
    new = document(*BODY, "Reference number 4712")

    assert compare(old, new).verdict == "changed"
    expected = "same" if pattern.startswith("/") else "changed"
    assert compare(old, new, ignore=[pattern]).verdict == expected
    assert compare(old, document(*BODY), ignore=[pattern]).verdict == "same"
