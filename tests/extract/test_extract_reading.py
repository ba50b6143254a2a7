"""How elements are written as lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import monitor
from monitor.extract.text import normalise

FILL = (
    "<p>" + "We collect personal data about you and keep it only as long as needed. " * 3 + "</p>"
)


def lines_of(body: str) -> list[str]:
    """Extract the lines of a page with this body before some filling prose."""
    document = monitor.extract(f"<html><body><main>{body}{FILL}</main></body></html>".encode())
    return list(document.lines[:-1])


LINES = {
    "headings": ("<h1>A b</h1><h4>C d</h4>", ["# A b", "#### C d"]),
    "aria heading": ("<div role=heading aria-level=3>A b</div>", ["### A b"]),
    "nested lists": (
        "<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>",
        ["- one", "  - two", "- three"],
    ),
    "numbers": (
        "<ol start=3><li>a</li><li value=7>b</li><li>c</li></ol>",
        ["3. a", "7. b", "8. c"],
    ),
    "letters": ("<ol type=a><li>x</li><li>y</li></ol>", ["a. x", "b. y"]),
    "roman": ('<ol style="list-style-type: upper-roman"><li>x</li></ol>', ["I. x"]),
    "reversed": ("<ol reversed><li>x</li><li>y</li></ol>", ["2. x", "1. y"]),
    "no numbers": ('<ol style="list-style: none"><li>x</li></ol>', ["- x"]),
    "rows": (
        "<table><tr><th>Name</th><th>Use</th></tr><tr><td>a<p>b</p></td><td>c</td></tr></table>",
        ["| Name | Use |", "| a b | c |"],
    ),
    "line breaks": ("<p>one<br>two<br/>three</p>", ["one", "two", "three"]),
    "heading break": ("<h2>One<br>Two</h2>", ["## One Two"]),
    "inline": ("<p>a <b>b</b>c <a href=/>d</a>, <i>e</i></p>", ["a bc d, e"]),
    "hidden mail": (
        '<p>Write to <a data-cfemail="422302206c21">[email&#160;protected]</a></p>',
        ["Write to a@b.c"],
    ),
    "text around elements": ("x<div>y</div>z", ["x", "y", "z"]),
    "item of two paragraphs": ("<ul><li><p>a</p><p>b</p></li></ul>", ["- a", "b"]),
}


@pytest.mark.parametrize(("body", "lines"), LINES.values(), ids=LINES.keys())
def test_element_is_written_as(body: str, lines: list[str]) -> None:
    """Each kind of element has one form of line."""
    assert lines_of(body) == lines


CHARACTERS = {
    "decomposed": ("Cafe\u0301", "Café"),
    "soft hyphen": ("data\u00adbase", "database"),
    "zero width": ("a\u200bb\ufeffc\u2060d", "abcd"),
    "no-break space": ("a\u00a0\u202f b", "a b"),
    "ligature": ("\ufb01nal o\ufb03ce", "final office"),
    "mojibake": ("donâ€™t, dÃ©jÃ\u00a0", "don’t, déjà"),
    "direction marks": ("\u200fשלום\u202c", "שלום"),
    "joiner of Persian": ("می\u200cخواهم", "می\u200cخواهم"),
    "capitals of Portuguese": ("NÃO HÁ", "NÃO HÁ"),
}


@pytest.mark.parametrize(("raw", "clean"), CHARACTERS.values(), ids=CHARACTERS.keys())
def test_characters_are_made_uniform(raw: str, clean: str) -> None:
    """Invisible, doubled and damaged characters have one form."""
    assert normalise(raw) == clean


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    """Normalised text is a fixed point."""
    once = normalise(text)
    assert normalise(once) == once


@given(st.lists(st.sampled_from(["Ã", "â", "€", "™", "\u00a0", "©", "Â", "\u0301", "ﬁ", "\u200d"])))
def test_damaged_text_is_normalised_once_and_for_all(parts: list[str]) -> None:
    """Even odd runs of damaged characters reach a fixed point at once."""
    once = normalise("".join(parts))
    assert normalise(once) == once
