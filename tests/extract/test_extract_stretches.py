"""Ranges between two elements, wherever on the page they stand."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import monitor
from monitor.extract.html import parse
from monitor.extract.selectors import apply_selectors
from monitor.model import Rules
from monitor.model.rule_text import Stretch, stretch, stretch_flaw

if TYPE_CHECKING:
    from monitor.model.rule_text import Edge

SENTENCE = "We collect personal data about you and keep it only as long as it is needed. " * 4
PAGE = f"""<html lang="en"><body><div class="page"><div><h1 id="a">Privacy Policy</h1>
<p>{SENTENCE} First.</p></div> loose words here
<div><p>{SENTENCE} Second.</p><h2 id="b">Cookies</h2><p>{SENTENCE} Third.</p></div>
<p>{SENTENCE} Fourth.</p></div></body></html>""".encode()


def _read(**rules: tuple[str, ...]) -> monitor.Document:
    return monitor.extract(PAGE, rules=Rules(**rules))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("between", "says"),
    [
        (Stretch("before", "#a", "before", "#b"), "Privacy First loose Second"),
        (Stretch("after", "#a", "after", "#b"), "First loose Second Cookies"),
        (Stretch("after", "#b", "after", "body"), "Third Fourth"),
        (Stretch("after", "h1", "after", "p"), "First"),
    ],
    ids=["before-before", "after-after", "to-the-end", "next-end"],
)
def test_what_stands_between_is_selected_or_removed(between: Stretch, says: str) -> None:
    """Across the elements that hold its ends, with the words that stand beside them."""
    words = ["Privacy", "First", "loose", "Second", "Cookies", "Third", "Fourth"]
    selected = _read(select=(str(between),))
    assert [word for word in words if word in selected.text] == says.split()
    removed = _read(remove=(str(between),))
    assert [word for word in words if word not in removed.text] == says.split()
    assert not selected.notes
    assert not removed.notes


@pytest.mark.parametrize(
    "between", [Stretch("before", "#a", "before", "#gone"), Stretch("before", "#b", "before", "#a")]
)
def test_a_range_without_an_end_is_told(between: Stretch) -> None:
    """Nothing is selected or removed for it, and the note says which one it is."""
    for rules in ({"select": (str(between),)}, {"remove": (str(between),)}):
        document = _read(**rules)
        assert "Fourth" in document.text
        assert any(f"matches nothing: {between}" in note for note in document.drift)


EDGES: st.SearchStrategy[Edge] = st.sampled_from(["before", "after"])


@settings(deadline=None)
@given(EDGES, st.text(min_size=1), EDGES, st.text(min_size=1))
def test_its_text_reads_back(starts: Edge, start: str, ends: Edge, end: str) -> None:
    """Whatever the selectors hold."""
    between = Stretch(starts, start, ends, end)
    assert stretch(str(between)) == between


@pytest.mark.parametrize(
    "text",
    ["range", 'range before "a"', 'range at "a" to before "b"', 'range before "a[" to after "b"'],
)
def test_what_is_no_range_is_refused(text: str) -> None:
    """The hint shows the form, or the position of the mistake in a selector."""
    flaw = stretch_flaw(text)
    assert flaw is not None
    assert flaw.hint


_trees = st.recursive(
    st.just("w"), lambda inner: st.lists(inner, min_size=1, max_size=3), max_leaves=9
)


def _html(tree: object, words: object, names: list[str]) -> str:
    if tree == "w":
        return f"w{next(words)}. "  # type: ignore[call-overload]
    name = f"e{len(names)}"
    names.append(name)
    inner = "".join(_html(child, words, names) for child in tree)  # type: ignore[attr-defined]
    return f'<div id="{name}">[{name} {inner}{name}]</div>'


@settings(deadline=None)
@given(st.lists(_trees, min_size=1, max_size=3), st.data())
def test_it_holds_what_stands_between_its_ends_in_the_source(
    tree: object, data: st.DataObject
) -> None:
    """Elements and strings, at every depth, in the order of the page."""
    names: list[str] = []
    text = _html(tree, count(), names)
    first, last = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
    starts, ends = data.draw(EDGES), data.draw(EDGES)
    body = parse(f"<body>{text}</body>").body
    between = Stretch(starts, f"#{first}", ends, f"#{last}")
    notes = apply_selectors(body, (), (str(between),))
    start = text.index(f"{first}]</div>") if starts == "after" else text.index(f'<div id="{first}"')
    end = text.index(f"{last}]</div>") if ends == "after" else text.index(f'<div id="{last}"')
    if notes:
        assert "w" not in text[start:end]
        return
    cut = "".join(node.words() for node in body.walk(cut=True) if node.cut)
    for number in range(text.count("w")):
        place = text.index(f"w{number}.")
        assert (f"w{number}." in cut) is (start < place < end)
