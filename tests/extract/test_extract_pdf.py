"""PDF files: the words a reader sees, however they are set; and files nobody can read."""

from __future__ import annotations

import sys
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from pdf_files import DATE, LAYOUTS, ROWS, SECTIONS, TITLE, drawn, policy
from reportlab.pdfgen.canvas import Canvas

import monitor
from monitor.extract.gate import gate_digest
from monitor.extract.pdf.file import MOST_PAGES

if TYPE_CHECKING:
    from monitor.model import Document


@cache
def _read(layout: str) -> Document:
    return monitor.extract(policy(**LAYOUTS[layout]), media_type="application/pdf")


def test_policy_is_read_as_it_is_written() -> None:
    """Title, date, headings, paragraphs, items and rows come out, in this order."""
    document = _read("plain")
    title, text, items = SECTIONS[0]
    assert document.lines[:7] == (
        f"# {TITLE}",
        DATE,
        f"## {title}",
        text,
        *(f"- {item}" for item in items),
    )
    assert document.lines[-4:] == tuple(f"| {' | '.join(row)} |" for row in ROWS)
    updated = document.dates.updated
    assert (document.title, document.language) == (TITLE, "en")
    assert updated is not None
    assert (updated.value, updated.precision) == ("2026-05-04", "day")


@pytest.mark.parametrize("layout", list(LAYOUTS)[1:])
def test_setting_a_policy_anew_is_no_change(layout: str) -> None:
    """Columns, sizes, running heads, page numbers and other paper change no word."""
    document = _read(layout)
    assert monitor.compare(_read("plain"), document).verdict == "same"
    assert [section.heading for section in document.sections] == [
        section.heading for section in _read("plain").sections
    ]


def test_edit_is_found_in_its_section_whatever_the_layout() -> None:
    """One new sentence in a file set anew is one edit of one section."""
    edited = policy(edit=" We may sell it to partners.", **LAYOUTS["justified columns"])
    (edit,) = monitor.compare(_read("plain"), monitor.extract(edited)).edits
    assert edit.path[-1] == SECTIONS[1][0]


def test_running_heads_are_left_out_and_named() -> None:
    """What stands on every page is no text, and `preview` can say so."""
    document = _read("letter with heads")
    assert "legal" not in document.text
    assert {"Example – legal", "Page 1 of many"} <= {part.text for part in document.dropped}


def test_headings_that_pages_begin_with_are_text() -> None:
    """They are alike but for a number, as page numbers are, and it does not count the pages."""
    words = ("your name", "your photos", "your payments", "your letters")
    pages = [
        [(60, 780, f"Article {number}"), (60, 30, f"Page {page} of 4")]
        + [(60, 700 - 14 * row, f"We keep {kept} for {row} years and a day.") for row in range(9)]
        for page, (number, kept) in enumerate(zip((1, 4, 9, 11), words, strict=True), start=1)
    ]
    document = monitor.extract(drawn(*pages))
    assert [f"Article {number}" in document.text for number in (1, 4, 9, 11)] == [True] * 4
    assert "Page" not in document.text


def test_date_in_a_running_foot_is_the_policys() -> None:
    """A date that stands nowhere but at the foot of each page is found there."""
    text = [
        (60, 700 - 14 * row, "We keep what you tell us for a year and a day.") for row in range(9)
    ]
    page = [*text, (60, 40, "Version of 3 March 2026")]
    found = monitor.extract(drawn(page, page)).dates.last_updated
    assert found is not None
    assert found.value == "2026-03-03"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["we keep infor-", "mation safe"], "we keep information safe"),
        (["any third-", "party we name"], "any third-party we name"),
        (["the EU-", "US agreement"], "the EU-US agreement"),
        (["pre- and post-", "sale care"], "pre- and post-sale care"),
        (["wir nutzen Kunden-", "und Vertragsdaten"], "wir nutzen Kunden- und Vertragsdaten"),
        (["a pause -", "and on"], "a pause - and on"),
    ],
)
def test_words_broken_at_line_ends(lines: list[str], words: str) -> None:
    """A hyphen goes where it only breaks a word, and stays where it belongs to it."""
    whole = "Every third-party that sees personal information is named, post-sale too. " * 2
    page = [(60, 700, whole), *((60, 600 - 12 * row, text) for row, text in enumerate(lines))]
    assert words in monitor.extract(drawn(page)).text


def test_paragraph_goes_on_over_a_page_break_and_a_footnote() -> None:
    """A paragraph broken by the end of a page is one paragraph, its footnote stands after it."""
    written = BytesIO()
    canvas = Canvas(written)
    canvas.setFont("Helvetica", 10)
    for row in range(40):
        canvas.drawString(
            60, 760 - 12 * row, "We never share what you write with anybody at all, and"
        )
    canvas.setFont("Helvetica", 7)
    canvas.drawString(60, 60, "1 Anybody means anybody.")
    canvas.showPage()
    canvas.setFont("Helvetica", 10)
    canvas.drawString(60, 760, "we mean it.")
    canvas.save()
    first, note = monitor.extract(written.getvalue()).lines
    assert first.endswith("anybody at all, and we mean it.")
    assert note == "1 Anybody means anybody."


def test_text_turned_on_its_side_is_read_and_a_watermark_is_not() -> None:
    """A page in landscape reads as any other; letters across it in grey are no words of it."""
    written = BytesIO()
    canvas = Canvas(written)
    canvas.setPageRotation(90)
    canvas.rotate(90)
    for row in range(8):
        canvas.drawString(
            60, -100 - 14 * row, f"Line {row} of a table that was too wide for the page"
        )
    canvas.rotate(-50)
    canvas.drawString(300, -200, "CONFIDENTIAL")
    canvas.save()
    text = monitor.extract(written.getvalue()).text
    assert text.startswith("Line 0 of a table")
    assert "CONFIDENTIAL" not in text


def test_table_of_contents_is_left_out() -> None:
    """Titles with dots and page numbers are no headings of the policy."""
    contents = [
        (60, 700 - 14 * row, f"{row}. Part {row} {'.' * 60} {row + 2}") for row in range(1, 6)
    ]
    body = [
        (60, 700 - 14 * row, "We keep what you tell us for a year and a day.") for row in range(9)
    ]
    document = monitor.extract(drawn(contents, body))
    assert "Part" not in document.text
    assert "contents" in {part.why for part in document.dropped}


def _scan() -> bytes:
    written = BytesIO()
    canvas = Canvas(written)
    canvas.rect(100, 100, 300, 500, fill=1)
    canvas.save()
    return written.getvalue()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("locked", "encrypted"),
        ("scanned", "no_text"),
        ("cut off", "damaged"),
        ("not one", "damaged"),
        ("long", "too_large"),
        ("heavy", "too_large"),
    ],
)
def test_files_nobody_can_read_are_named(name: str, reason: str) -> None:
    """Each kind of unreadable file has its own reason, and a message."""
    body = {
        "locked": lambda: drawn([(60, 700, "secret")], password="x"),
        "scanned": _scan,
        "cut off": lambda: policy()[:700],
        "not one": lambda: b"<p>Our server calls this a PDF, though it is none.</p>",
        "long": lambda: drawn(*[[]] * (MOST_PAGES + 1)),
        "heavy": lambda: b"%PDF-1.4\n" + bytes(50_000_000),
    }[name]()
    with pytest.raises(monitor.ExtractError) as caught:
        monitor.extract(body, media_type="application/pdf")
    assert caught.value.reason == reason
    assert str(caught.value) != reason


def test_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its library, a PDF says which extra reads it."""
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(monitor.ExtractError, match=r"policy-monitor\[pdf\]") as caught:
        monitor.extract(policy())
    assert caught.value.reason == "unsupported"


@pytest.mark.parametrize("media_type", ["application/octet-stream", "text/html", ""])
def test_file_is_known_by_its_first_bytes(media_type: str) -> None:
    """What the server calls it does not matter; nor does it to the gate."""
    body = policy()
    assert monitor.extract(body, media_type=media_type) == _read("plain")
    assert gate_digest(body, media_type) == gate_digest(body, "application/pdf")
