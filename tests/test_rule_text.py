"""Rules as they are written: what can be used, and that nothing usable runs for long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model.rule_text import (
    Ignored,
    ignore_flaw,
    is_range,
    range_ends,
    range_text,
    selector_flaw,
)


@pytest.mark.parametrize("selector", ["main > p", "#a .b[c~=d]:not(.e)", "p:is(.a, .b)"])
def test_good_selector_has_no_flaw(selector: str) -> None:
    """Everything soupsieve understands can be used."""
    assert selector_flaw(selector) is None


def test_bad_selector_is_told_with_its_place() -> None:
    """The problem with a selector names where it is."""
    assert "position 3" in str(selector_flaw("div["))


@pytest.mark.parametrize(
    "pattern",
    [
        "/(/", "/(a+)+b/", "/(?:a|b+)*c/", "/a*b*c*d/", "/(a|aa)+/", r"/(\w+\s?)*x/", "/.*/",
        "/(?:.*x)+/", "/(a?){30}b/", "/(?P<n>a+?)++b/", r"/(a+)\1b/", "/a?a?a?a?a?a?a?a?a?b/",
        "/(?i:(a)|b){2,9}/",
    ],
)  # fmt: skip
def test_pattern_that_may_hang_is_refused(pattern: str) -> None:
    """Broken patterns and those that may run for ever are refused with a reason."""
    assert ignore_flaw(pattern)


@pytest.mark.parametrize(
    "entry",
    [
        "plain (words", r"/\d+ views?/", "/^Seen by .* people$/", "/", "//x//", "/literal", "a/b/",
        "/(ab){2,3}c+/", r"/\(a+\)+/", "/[(+*]+x/", "/(?i)seen (?:once|twice)?/", "/a+?b{4}/",
        r"/\d{4}-\d{2}-\d{2}/",
    ],
)  # fmt: skip
def test_entry_that_is_bounded_is_taken(entry: str) -> None:
    """Literals and simple patterns are fine; only what stands between two slashes is a pattern."""
    assert ignore_flaw(entry) is None


@settings(deadline=None)
@given(st.text(alphabet="ab.()|+*?{}12,", min_size=1, max_size=24))
def test_what_is_taken_ends_soon_on_any_line(pattern: str) -> None:
    """Whatever pattern passes is tried on lines made to confuse it within a second."""
    ignored = Ignored([f"/{pattern}/"])
    started = time.process_time()
    for line in ("a" * 200, "ab" * 100, "a" * 100 + "b" * 100):
        ignored.spans(line)
    assert time.process_time() - started < 1


@settings(deadline=None)
@given(st.text(min_size=1).filter(str.strip), st.none() | st.text(min_size=1).filter(str.strip))
def test_a_range_reads_as_it_was_written(start: str, end: str | None) -> None:
    """The text form keeps both ends, quotes and backslashes included."""
    text = range_text(start, end)
    assert is_range(text)
    assert range_ends(text) == (start, end)


def test_ignored_words_of_a_long_line_are_found_at_a_bounded_cost() -> None:
    """Where the patterns of a source would take for ever, they are left off and it is told."""
    ignored = Ignored(["/a+b/", "/a*a*c/", "literal"])
    started = time.process_time()
    found = ignored.spans("a" * 3_000_000 + " literal")
    assert time.process_time() - started < 2
    assert ignored.exhausted
    assert found == [(3_000_001, 3_000_008)]
