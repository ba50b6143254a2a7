"""Date expressions of many languages, each read to its ISO value."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.block import Block
from monitor.extract.dates import find_dates
from monitor.extract.dates.cldr import LOCALES, table
from monitor.extract.dates.folding import fold, visible
from monitor.extract.dates.forms import read_spans

_ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("form_lines.tsv").read_text("utf-8").splitlines()[1:]
]


def _read(words: str, language: str | None) -> list[str]:
    shown = visible(words)
    return [span.value for span in read_spans(fold(shown), shown, language)]


@pytest.mark.parametrize(("language", "words", "value"), _ROWS)
def test_form_is_read(language: str, words: str, value: str) -> None:
    """A date is read as its language writes it."""
    assert _read(words, language) == [value]


def test_forms_cover_the_languages_of_the_union_and_more() -> None:
    """The table above holds every official language of the EU and twenty others."""
    languages = {row[0] for row in _ROWS}
    union = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv"
    assert not set(union.split(" ")) - languages
    assert len(languages) >= 24 + 20


@pytest.mark.parametrize(
    "words",
    [
        "Regulation (EU) 2016/679",
        "1798.83 and 1798.80",
        "+44 20 4532 2003",
        "99/99/2024",
        "https://example.com/2021/12/31/post",
        "ISO/IEC 25052:2014",
        "SSL 2018-2024",
        "5.2.2.1",
        "the year 1424",
        "2,024 users",
    ],
)
def test_other_figures_are_no_date(words: str) -> None:
    """Numbers of laws, telephones, versions and addresses are not dates."""
    assert [value for value in _read(words, "en") if "-" in value] == []


@pytest.mark.parametrize(
    ("language", "value"), [("pl", "2024-11-05"), ("hr", "2024-10-05"), ("en", "2024-11-05")]
)
def test_page_language_decides_a_disputed_month(language: str, value: str) -> None:
    """A month name that two languages use for different months follows the page."""
    assert _read("5 listopada 2024", language) == [value]


def test_month_names_of_all_languages_are_known_on_every_page() -> None:
    """The page's language is no limit: a French label may stand before an English date."""
    assert _read("mis à jour le 25 April 2024", "fr") == ["2024-04-25"]
    assert _read("Last updated: 25 avril 2024", "en") == ["2024-04-25"]


def test_several_dates_of_a_line_are_kept_apart() -> None:
    """Two dates in a sentence are two dates, in their order."""
    words = "effective from 17 February 2011 and last updated on September 24, 2014."
    assert _read(words, "en") == ["2011-02-17", "2014-09-24"]


def test_table_is_what_babel_knows() -> None:
    """The committed table equals the one made from Babel's CLDR."""
    path = Path(__file__).parents[3] / "monitor/extract/dates/cldr.tsv"
    assert path.read_text("utf-8") == table()


@given(
    date=st.dates(dt.date(1990, 1, 1), dt.date(2078, 12, 31)),
    code=st.sampled_from(LOCALES),
    length=st.sampled_from(["medium", "long", "full"]),
)
def test_dates_written_by_babel_are_read_back(date: dt.date, code: str, length: str) -> None:
    """A date as CLDR writes it in any language is found behind a label, unchanged."""
    words = f"Last updated: {format_date(date, length, locale=code)}"
    dates = find_dates(
        [Block("text", words)], title="", language=code.replace("_", "-"), url="https://example.com"
    )
    assert dates.updated is not None
    assert dates.updated.value == date.isoformat()


@pytest.mark.parametrize("year", [1375, 1376, 1399, 1403, 1404, 1408, 1440])
def test_iranian_dates_go_on_day_by_day(year: int) -> None:
    """The days of a year follow each other, up to the first day of the next one."""
    days = [(year, month, day) for month in range(1, 13) for day in range(1, 32)]
    days.append((year + 1, 1, 1))
    read = [_read(f"{y}/{month:02}/{day:02}", "fa") for y, month, day in days]
    found = [dt.date.fromisoformat(value) for values in read for value in values]
    first, last = dt.date(year + 621, 3, 20), dt.date(year + 622, 3, 20)
    assert abs((found[0] - first).days) <= 1
    assert abs((found[-1] - last).days) <= 1
    assert found == [found[0] + dt.timedelta(n) for n in range(len(found))]


@given(st.text(max_size=300))
def test_any_text_is_read_without_failing(words: str) -> None:
    """Whatever stands in a line, reading it ends, folding keeps its length."""
    assert len(fold(words)) == len(words)
    find_dates([Block("text", words)], title="", language=None, url="")


@pytest.mark.parametrize(
    "blocks",
    [
        [Block("text", "2024 " * 400_000)],
        [Block("text", "a" * 2_000_000 + " 2024-01-01")],
        [Block("text", "1.2.3.4." * 250_000)],
        [Block("text", "Last updated: 3 May 2024")] * 50_000,
        [Block("text", "2024 " * 2_000)] * 200,
    ],
    ids=["years", "letters", "figures", "lines", "lines of years"],
)
def test_cost_is_bounded(blocks: list[Block]) -> None:
    """No page, however full of figures, takes long."""
    started = time.process_time()
    find_dates(blocks, title="", language="en", url="")
    assert time.process_time() - started < 3
