"""Rules of a source: select, remove, ranges, ignore, part, language."""

from __future__ import annotations

import time

import pytest

import monitor
from monitor.model import Rules
from monitor.model.rule_text import range_text

SENTENCE = "We collect personal data about you and keep it only as long as it is needed."
PAGE = f"""<html lang="en"><body><div class="page"><div id="policy">
<h1>Privacy Policy</h1>
<p>{SENTENCE}</p><p>{SENTENCE}</p><h2>Cookies</h2><p>{SENTENCE} Biscuits.</p>
<p class="count">Read 1234 times</p><h2>Contact</h2><p>{SENTENCE} Write.</p></div>
<div class="other"><h2>Another</h2><p>{SENTENCE} Elsewhere.</p></div></div>
</body></html>""".encode()


def read(**rules: object) -> monitor.Document:
    """Read the page under rules."""
    return monitor.extract(PAGE, rules=Rules(**rules))  # type: ignore[arg-type]


def test_select_keeps_only_what_it_names() -> None:
    """Selected elements are the main text, whatever else is on the page."""
    document = read(select=("#policy",))
    assert "Elsewhere" not in document.text
    assert "Biscuits" in document.text
    assert not document.notes


def test_several_selectors_keep_document_order() -> None:
    """What several selectors choose stays in the order of the page."""
    text = read(select=(".other", "#policy > h1")).text
    assert text.index("Privacy Policy") < text.index("Elsewhere")


@pytest.mark.parametrize("selector", ["#gone", "div[", "p:nope"])
def test_select_that_fails_falls_back_loudly(selector: str) -> None:
    """A selector that matches nothing is named, and a working one is proposed."""
    document = read(select=(selector,))
    assert "Biscuits" in document.text
    assert any(selector in note for note in document.notes)
    assert any("as a selector" in note for note in document.notes)


def test_proposed_selector_selects_the_main_text() -> None:
    """The proposal stands for what was found automatically."""
    body = PAGE.replace(b'<div class="other">', b'<nav class="other">')
    notes = monitor.extract(body, rules=Rules(select=("#gone",))).notes
    proposed = next(note.rpartition(": ")[2] for note in notes if "as a selector" in note)
    document = monitor.extract(body, rules=Rules(select=(proposed,)))
    assert document.text == monitor.extract(body).text


def test_remove_cuts_elements() -> None:
    """Removed elements are gone, and told among what was dropped."""
    document = read(remove=("p:has(+ h2)", ".other"))
    assert "1234" not in document.text
    assert "removed by .other" in [part.why for part in document.dropped]


@pytest.mark.parametrize(
    "stretch",
    ['from "Cookies" to "Contact"', "from Cookies to Contact", "FROM 'cookies' TO 'contact'"],
)
def test_range_cuts_up_to_its_end(stretch: str) -> None:
    """A range goes from one text up to, not including, another."""
    text = read(remove=(stretch,)).text
    assert "Biscuits" not in text
    assert "## Contact" in text


def test_range_without_end_cuts_the_rest() -> None:
    """A range that names no end goes to the end of the text."""
    assert read(remove=('from "Cookies"',)).lines[-1] == SENTENCE


def test_ends_of_a_range_may_hold_quotes() -> None:
    """A heading with quotes is found by the text form that the configuration gives it."""
    body = PAGE.replace(b"<h2>Cookies", b"<h2>The &quot;Cookies&quot;")
    rules = Rules(remove=(range_text('The "Cookies"', "Contact"),))
    text = monitor.extract(body, rules=rules).text
    assert "Biscuits" not in text
    assert "## Contact" in text


@pytest.mark.parametrize("stretch", ['from "Nowhere" to "Contact"', 'from "Cookies" to "Nowhere"'])
def test_range_that_matches_nothing_is_noted(stretch: str) -> None:
    """A range without its start or end cuts nothing and says so."""
    document = read(remove=(stretch,))
    assert "Biscuits" in document.text
    assert any(stretch in note for note in document.notes)


def test_ignored_words_are_gone() -> None:
    """Literals and patterns leave the text, and lines left empty go too."""
    document = read(ignore=("Biscuits.", r"/Read \d+ times/"))
    assert "Biscuits" not in document.text
    assert "Read" not in document.text
    assert "" not in document.lines


def test_part_is_chosen_by_its_heading() -> None:
    """The part named is the heading and all below it."""
    document = read(part="Cookies")
    assert document.part == "Cookies"
    assert document.lines[0] == "## Cookies"
    assert "Contact" not in document.text


def test_part_that_is_missing_is_noted() -> None:
    """A part that the page has not keeps the whole page and says so."""
    document = read(part="Refunds")
    assert document.part is None
    assert any("Refunds" in note for note in document.notes)


def test_language_of_the_rules_is_believed() -> None:
    """A declared language stands where the words do not speak against it."""
    assert read(language="en-GB").language == "en-GB"


def test_patterns_on_a_hostile_page_end() -> None:
    """A pattern of quadratic cost on a long line is cut short, and says so."""
    words = f"<p>{SENTENCE}</p>" * 3 + f"<p>{'a' * 600_000} x</p>"
    start = time.process_time()
    document = monitor.extract(words.encode(), rules=Rules(ignore=("/a+b/", "/a*a*c/")))
    assert time.process_time() - start < 3
    assert any("too long" in note for note in document.notes)
