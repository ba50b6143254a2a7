"""Which lines are headings, and how sections nest."""

from __future__ import annotations

import pytest

import monitor

BODY = "We collect personal data about you and keep it only as long as we need it for this."


def headings(body: str, media_type: str = "text/html") -> list[tuple[int, str]]:
    """List the level and text of each heading found."""
    document = monitor.extract(body.encode(), media_type=media_type)
    return [(section.level, section.heading) for section in document.sections if section.heading]


def test_sections_nest_by_level() -> None:
    """The path of a section is the headings it stands under."""
    page = f"<h1>P</h1><p>{BODY}</p><h2>A</h2><p>{BODY}</p><h3>B</h3><p>{BODY}</p><h2>C</h2>"
    document = monitor.extract(page.encode())
    paths = [section.path for section in document.sections]
    assert paths == [("P",), ("P", "A"), ("P", "A", "B"), ("P", "C")]


def test_sections_partition_the_lines() -> None:
    """Headings and bodies of all sections, in order, are the text."""
    page = f"<p>{BODY}</p><h2>A</h2><ul><li>x</li></ul><h2>B</h2><h3>C</h3><p>{BODY}</p>"
    document = monitor.extract(page.encode())
    lines: list[str] = []
    for section in document.sections:
        assert section.line == len(lines)
        lines += [document.lines[section.line]] if section.heading else []
        lines += section.text.split("\n") if section.text else []
    assert tuple(lines) == document.lines


UNMARKED = {
    "bold": "<p><b>What we collect</b></p>",
    "bold by style": '<p><span style="font-weight: 700">What we collect</span></p>',
    "capitals": "<p>WHAT WE COLLECT</p>",
    "numbered": "<p>1.2 What we collect</p>",
    "article": "<p>Article 4 What we collect</p>",
    "section sign": "<p>§ 5 What we collect</p>",
    "term": "<dl><dt>What we collect</dt><dd>" + BODY + "</dd></dl>",
    "summary": "<details><summary>What we collect</summary>" + BODY + "</details>",
    "bold item": "<ol><li><strong>What we collect</strong><p>" + BODY + "</p></li></ol>",
}


@pytest.mark.parametrize("line", UNMARKED.values(), ids=UNMARKED.keys())
def test_line_that_reads_as_a_heading_is_one(line: str) -> None:
    """Bold, capital and numbered lines and terms open sections without being marked up."""
    found = headings(f"<h1>Policy</h1><p>{BODY}</p>{line}<p>{BODY}</p>")
    assert [text.lower() for _, text in found][1].endswith("what we collect")


@pytest.mark.parametrize(
    "line",
    ["<p><b>Note</b> that we may change this.</p>", "<p>i.e. this one</p>", "<p>and so on</p>"],
)
def test_line_that_is_part_of_a_sentence_is_no_heading(line: str) -> None:
    """A bold word in a sentence or a short lower-case line opens no section."""
    assert len(headings(f"<h1>Policy</h1><p>{BODY}</p>{line}<p>{BODY}</p>")) == 1


def test_chinese_clauses_are_headings() -> None:
    """Clauses numbered in Chinese open sections."""
    body = (
        "我们会收集您的个人信息，并仅在为您提供服务所必需的期间内保存这些信息，除非法律另有规定。"
    )
    found = headings(f"隐私政策\n\n第一条 收集\n\n{body}\n\n第二条 使用\n\n{body}", "text/plain")
    assert [text for _, text in found] == ["隐私政策", "第一条 收集", "第二条 使用"]


def test_plain_text_has_sections() -> None:
    """Short lines above paragraphs are the headings of plain text."""
    text = f"Privacy Policy\n\nWhat we collect\n\n{BODY}\n\nHow we use it\n\n{BODY}\n- one\n- two\n"
    found = headings(text, "text/plain")
    assert found == [(1, "Privacy Policy"), (2, "What we collect"), (2, "How we use it")]


def test_wrapped_plain_text_is_joined() -> None:
    """Lines cut at a fixed width become paragraphs again."""
    words = (BODY + " ") * 6
    rows, row = [], ""
    for word in words.split():
        if len(row) + len(word) > 70:
            rows.append(row)
            row = ""
        row = f"{row} {word}".strip()
    text = "Policy\n\n" + "\n".join([*rows, row])
    assert len(monitor.extract(text.encode(), media_type="text/plain").lines) == 2


def test_glued_titles_are_parted_from_sentences() -> None:
    """Titles and sentences run together without spaces become lines again."""
    text = (
        f"{BODY}Sharing of Personal InformationThe company shares it with its partners. {BODY}"
        f"{BODY}Protection of Certain InformationThe company keeps it safe. {BODY}"
        f"{BODY}Age LimitationThe site is not for children under sixteen. {BODY}"
    )
    found = [text for _, text in headings(text, "text/plain")]
    assert found == [
        "Sharing of Personal Information",
        "Protection of Certain Information",
        "Age Limitation",
    ]


def test_markdown_is_read_by_its_marks() -> None:
    """Headings, items, rows, links and emphasis of Markdown become lines of the document."""
    text = f"""# Policy

Some *emphasised* [linked](https://a.example) words. {BODY}

Under
-----
* one
  1. two

| a | b |
|---|---|
| c | d |
"""
    document = monitor.extract(text.encode(), media_type="text/markdown")
    assert document.lines == (
        "# Policy",
        f"Some emphasised linked words. {BODY}",
        "## Under",
        "- one",
        "  1. two",
        "| a | b |",
        "| c | d |",
    )
