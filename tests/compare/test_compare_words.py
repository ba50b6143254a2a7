"""Words as a careful editor marks them: whole, by cell and item, nothing interleaved."""

from __future__ import annotations

import pytest
from compare_documents import document
from hypothesis import given
from hypothesis import strategies as st

from monitor.compare.verdict import compare

INTRO = ("# Policy", "This policy says what we do with the data you give us, and why.")
MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
CLOSURE = "We keep your data while your account is open, and for 30 days of its closure."
STATE = "Where the law asks for it, we hand over your records to authorities of the state."
PARTNERS = "We share data with Amazon, Google Cloud and Zendesk."


def edited(old: tuple[str, ...], new: tuple[str, ...]) -> list[str]:
    """Compare two texts and write each hunk as an editor would mark it."""
    hunks = compare(document(*INTRO, *old), document(*INTRO, *new)).hunks
    return [
        "".join(MARKS[run.kind][0] + run.text + MARKS[run.kind][1] for run in hunk.runs)
        for hunk in hunks
    ]


EDITORS = {
    "an item gained in a sentence": (
        PARTNERS,
        PARTNERS.replace("Google", "CoreWeave, Google"),
        "We share data with Amazon, {+CoreWeave, +}Google Cloud and Zendesk.",
    ),
    "an item that stays between two replaced": (
        "We share data with Amazon, Google Cloud, Zendesk, among others.",
        "We share data with Hetzner, Google Cloud, Freshdesk, among others.",
        (
            "We share data with [-Amazon, -]{+Hetzner, +}Google Cloud, [-Zendesk, -]{+Freshdesk, +}"
            "among others."
        ),
    ),
    "an item gained in a cell": (
        "| Sub-processors | Amazon, Zendesk |",
        "| Sub-processors | Amazon, Zendesk, CoreWeave |",
        "| Sub-processors | Amazon, Zendesk,{+ CoreWeave+} |",
    ),
    "a cell replaced": (
        "| Zendesk | Customer support | USA |",
        "| Freshdesk | Customer support | USA |",
        "| [-Zendesk-]{+Freshdesk+} | Customer support | USA |",
    ),
    "neighbouring cells edited": (
        "| Zendesk | Support | USA |",
        "| Zendesk | Support and chat | Germany |",
        "| Zendesk | Support{+ and chat+} | [-USA-]{+Germany+} |",
    ),
    "a column gained": (
        "| Zendesk | Support |",
        "| Zendesk | Support | USA |",
        "| Zendesk | Support |{+ USA |+}",
    ),
    "a column lost": (
        "| Zendesk | Support for customers | USA |",
        "| Zendesk | USA |",
        "| Zendesk |[- Support for customers |-] USA |",
    ),
    "a cell emptied": (
        "| Zendesk | Support for customers | USA |",
        "| Zendesk | Support for customers |  |",
        "| Zendesk | Support for customers | [-USA-] |",
    ),
    "a date in signs": (
        "本政策更新于2024年3月15日，生效日期为2024年3月22日。",
        "本政策更新于2025年12月1日，生效日期为2025年12月8日。",
        (
            "本政策更新于[-2024年3月15日，-]{+2025年12月1日，+}生效日期为"
            "[-2024年3月22日。-]{+2025年12月8日。+}"
        ),
    ),
    "a number in signs": (
        "我们会保存您的个人信息三十天，此后予以删除。",
        "我们会保存您的个人信息十二个月，此后予以删除。",
        "我们会保存您的个人信息[-三十天，-]{+十二个月，+}此后予以删除。",
    ),
    "Thai": (
        "เราเก็บข้อมูลของคุณไว้เป็นเวลา 30 วัน",
        "เราเก็บข้อมูลของคุณไว้เป็นเวลา 90 วัน",
        "เราเก็บข้อมูลของคุณไว้เป็นเวลา [-30 -]{+90 +}วัน",
    ),
    "Arabic": (
        "نحتفظ ببياناتك لمدة ثلاثين يوما بعد إغلاق الحساب.",
        "نحتفظ ببياناتك لمدة سنتين كاملتين بعد إغلاق الحساب.",
        "نحتفظ ببياناتك لمدة [-ثلاثين يوما -]{+سنتين كاملتين +}بعد إغلاق الحساب.",
    ),
    "Hebrew, in brackets": (
        "אנו שומרים את הנתונים שלך 30 יום (מיום הסגירה).",
        "אנו שומרים את הנתונים שלך 90 יום (מיום הפתיחה).",
        "אנו שומרים את הנתונים שלך [-30 -]{+90 +}יום (מיום [-הסגירה).-]{+הפתיחה).+}",
    ),
    "unrelated words with small ones in common": (
        f"You can write to us. {CLOSURE}",
        f"You can write to us. {STATE}",
        f"You can write to us. [-{CLOSURE}-]{{+{STATE}+}}",
    ),
    "two words far apart": (
        "We may keep your data for 30 days after you close your account.",
        "We will keep your data for 90 days after you close your account.",
        "We [-may -]{+will +}keep your data for [-30 -]{+90 +}days after you close your account.",
    ),
}


@pytest.mark.parametrize("case", EDITORS)
def test_reads_as_a_careful_editor_would_mark_it(case: str) -> None:
    """Whole words with their signs; cells, items and dates by themselves."""
    old, new, marked = EDITORS[case]

    assert edited((old,), (new,)) == [marked]


def test_numbers_before_rows_are_no_edits() -> None:
    """A row gained in the middle of a numbered table is the only thing that happened."""
    rows = ("| No. | Company |", "| 1 | Amazon |", "| 2 | Zendesk |", "| 3 | Stripe |")
    new = (*rows[:2], "| 2 | CoreWeave |", "| 3 | Zendesk |", "| 4 | Stripe Payments |")

    assert edited(rows, new) == [
        "{+| 2 | CoreWeave |+}",
        "| 4 | Stripe{+ Payments+} |",
    ]


def test_a_number_that_says_something_is_an_edit() -> None:
    """Where first cells do not count the rows, they are words like others."""
    rows = ("| Days | Kept |", "| 30 | Records of visits |", "| 90 | Invoices |")
    new = (rows[0], "| 60 | Records of visits |", rows[2])

    assert edited(rows, new) == ["| [-30-]{+60+} | Records of visits |"]


CELL = st.text(st.sampled_from("ab 1,.漢字三十ไทא؛"), max_size=6).map(str.strip)
ROWS = st.lists(CELL, min_size=1, max_size=4).map(lambda cells: f"| {' | '.join(cells)} |")
PROSE = st.lists(
    st.sampled_from(
        ["we", "may", "keep", "data,", "of", "the", "三十天，", "2024年3月15日", "数据", "بيانات"]
    ),
    min_size=1,
    max_size=14,
).map(" ".join)


@given(st.one_of(st.tuples(ROWS, ROWS), st.tuples(PROSE, PROSE)))
def test_marks_lose_no_word(pair: tuple[str, str]) -> None:
    """What stayed and went is the old line, what stayed and came the new one, sign for sign."""
    for hunk in compare(document(*INTRO, pair[0]), document(*INTRO, pair[1])).hunks:
        for kind, lines in (("removed", hunk.old), ("added", hunk.new)):
            kept = "".join(run.text for run in hunk.runs if run.kind in {"same", kind})
            assert _letters(kept) == _letters("\n".join(lines))


@given(ROWS, ROWS)
def test_bars_of_cells_that_stay_are_never_marked(old: str, new: str) -> None:
    """Only a cell that one side lacks brings its bar along."""
    columns = old.count("|"), new.count("|")
    for hunk in compare(document(*INTRO, old), document(*INTRO, new)).hunks:
        if hunk.old and hunk.new:
            bars = [run.text.count("|") for run in hunk.runs if run.kind != "same"]
            assert sum(bars) >= abs(columns[0] - columns[1])
            assert columns[0] != columns[1] or not sum(bars)


def _letters(text: str) -> list[str]:
    return [sign for sign in text if sign.isalnum()]
