"""Lines as policies all over the world write them, and what their date is."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from monitor.extract.block import Block
from monitor.extract.dates import find_dates
from monitor.extract.dates.lexicon import lexicon

_TWO_WAYS = re.compile(r"\d\d?[/-]\d\d?[/-]\d\d")
_BODY = [Block("text", "Lorem ipsum dolor sit amet.")] * 30


def _lines() -> dict[str, list[list[str]]]:
    lines = defaultdict(list)
    text = Path(__file__).with_name("label_lines.tsv").read_text("utf-8")
    for row in text.splitlines()[1:]:
        language, *rest = row.split("\t")
        lines[language].append(rest)
    return lines


def _languages(language: str, line: str, expected: list[str]) -> tuple[str | None, ...]:
    """With the language unknown too, where nothing but the language decides the answer."""
    unsure = _TWO_WAYS.search(line) or expected == ["-", "-"]
    return (language,) if unsure else (language, None)


def _read(line: str, language: str | None) -> tuple[str, str]:
    blocks = [Block("heading", "Lorem", 1), Block("text", line), *_BODY]
    dates = find_dates(blocks, title="Lorem", language=language, url="https://example.com/p")
    updated, effective = dates.updated, dates.effective
    return updated.value if updated else "-", effective.value if effective else "-"


@pytest.mark.parametrize(("language", "rows"), _lines().items(), ids=_lines())
def test_lines_of_a_language(language: str, rows: list[list[str]]) -> None:
    """Each line gives its dates under the right label, the language being known or not."""
    misread = [
        (line, given, found)
        for line, *expected in rows
        for given in _languages(language, line, expected)
        if (found := _read(line, given)) != tuple(expected)
    ]
    assert misread == []


def test_every_language_has_words_for_both_labels() -> None:
    """Each language of the lexicon can say updated and effective."""
    said = defaultdict(set)
    for meanings in lexicon().entries.values():
        for kind, languages in meanings.items():
            for language in languages:
                said[language].add(kind)
    spoken = {language for language, kinds in said.items() if kinds >= {"change", "effective"}}
    assert len(spoken) >= 70


@pytest.mark.parametrize(
    ("line", "evidence"),
    [
        ("Last updated: May 3, 2024", "Last updated: May 3, 2024"),
        ("This Policy was last revised on May 3, 2024.", "last revised on May 3, 2024"),
        ("2024年3月15日改定", "2024年3月15日改定"),
    ],
)
def test_evidence_is_the_words_of_the_page(line: str, evidence: str) -> None:
    """Label and date are quoted as they stand on the page."""
    dates = find_dates([Block("text", line)], title="", language=None, url="")
    assert dates.updated is not None
    assert dates.updated.evidence.endswith(evidence)
    assert dates.updated.evidence in line
    assert dates.updated.line == 0


def test_precision_stops_where_the_page_stops() -> None:
    """A month without a day stays a month."""
    dates = find_dates([Block("text", "Stand: Mai 2021")], title="", language="de", url="")
    assert dates.updated is not None
    assert (dates.updated.value, dates.updated.precision) == ("2021-05", "month")


@pytest.mark.parametrize(
    ("words", "line"),
    [("Wording of", "Wording of 3 May 2024"), ("Fixed on the", "Fixed on the\n3 May 2024")],
)
def test_declared_label_is_tried_first(words: str, line: str) -> None:
    """Words the user declared beat every known label, in the line of the date or above it."""
    blocks = [Block("text", "Last updated: 1 January 2020"), *_BODY]
    blocks += [Block("text", part) for part in line.split("\n")]
    dates = find_dates(blocks, title="", language="en", url="", labels=(words,))
    assert dates.updated is not None
    assert dates.updated.value == "2024-05-03"
    assert not any(c.chosen for c in dates.candidates if c.date.value == "2020-01-01")
