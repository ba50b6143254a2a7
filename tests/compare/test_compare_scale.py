"""No text takes long: alignment gets coarser before it gets slow."""

from __future__ import annotations

import time

import pytest
from compare_documents import document

from monitor.compare.verdict import compare

LIMIT = 4.0
"""CPU seconds; twice the budget, for a machine that is busy with other work."""
WORDS = 30_011


def lines(count: int, step: int) -> list[str]:
    """Return lines of words that repeat in no short period."""
    words = [f"word{(step * at * at) % 2_999}" for at in range(WORDS)]
    return [" ".join(words[(at * 7) % (WORDS - 12) :][:9]) + f" {at}" for at in range(count)]


TEXT = lines(30_000, 3)
TINY = [f"word{at * at % 2_999} word{at * at % 1_999} {at}" for at in range(100_000)]
LONG = [" ".join(TEXT[at : at + 200]) for at in range(0, len(TEXT), 200)]
RISKY = ["(", "1.", "a.", "[1", "](http:", "(c) ", "一", "第", "1 - ", "x", "0 ", "e\u0301", " "]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TEXT, [f"{line} changed" for line in TEXT]),
        (TEXT, lines(30_000, 5)),
        (TEXT, TEXT[::-1]),
        (["same"] * 30_000, ["same"] * 29_000),
        (
            [f"k{at * at % 47}" for at in range(30_000)],
            [f"k{at * at % 53}" for at in range(30_000)],
        ),
        ([" ".join(TEXT)], [" ".join(TEXT).replace("word3 ", "word5 ")]),
        ([f"## {line}" for line in TEXT], [f"## {line}" for line in TEXT[::-1]]),
        (TINY[::2], TINY[1::2]),
        ([f"## {at % 2}" for at in range(50_000)], [f"## {at % 3}" for at in range(50_000)]),
        (["- same", "- other"] * 40_000, ["- other"] * 40_000 + ["- same"] * 39_000),
        (LONG, [line.replace("1 ", "2 ") for line in LONG]),
    ],
    ids=[
        "edited",
        "unrelated",
        "reversed",
        "equal",
        "few kinds",
        "one line",
        "headings",
        "tiny lines",
        "tiny sections",
        "two items",
        "long lines",
    ],
)
def test_long_pages_are_compared_in_time(old: list[str], new: list[str]) -> None:
    """Thirty thousand lines, or one endless one, stay within the budget."""
    before, after = document(*old), document(*new)
    start = time.process_time()

    comparison = compare(before, after)

    assert time.process_time() - start < LIMIT
    assert comparison.edits


def test_few_edits_of_a_very_long_text_are_told_exactly() -> None:
    """However many lines a text has, those that stay are not told with the ones that changed."""
    changed = list(TINY)
    changed[10] += " more"
    changed[-10] += " more"

    comparison = compare(document(*TINY), document(*changed))

    assert [hunk.new for hunk in comparison.hunks] == [(changed[10],), (changed[-10],)]
    assert comparison.apply() == tuple(changed)


@pytest.mark.parametrize("text", RISKY)
def test_no_pattern_runs_away(text: str) -> None:
    """A line of 150,000 repeated signs is read as fast as any other."""
    start = time.process_time()

    compare(document(text * 150_000, "x"), document(text * 150_001, "y"))

    assert time.process_time() - start < LIMIT
