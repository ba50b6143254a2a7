"""Dates that are not the policy's own, however well they are labelled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.extract.dates.labels import SHORT_LINE

if TYPE_CHECKING:
    from monitor.extract.dates.labels import Label, Reading
    from monitor.extract.dates.line import Line
    from monitor.extract.dates.span import Span

_COOKIES = re.compile(r"cookie|куки|クッキー|쿠키")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright|все права|all rights", re.IGNORECASE)
_SITE = re.compile(
    r"(?<!\w)(?:web ?sites?|sites?|sito|sitio|apps?|build|software|сайт\w*|portal)(?!\w)"
)
_OPENING = 3
_CONTINUES = re.compile(r",? (?:[^\W\d_]+'?[ ,]+){3}[^\W\d_]|, [^\W\d_]+ [^\W\d_]+")


def objection(line: Line, span: Span, reading: Reading, *, of_cookies: bool) -> str:
    """Say why a labelled date is not the page's own; empty where nothing speaks against it."""
    if reading.against:
        return reading.against
    label = reading.label
    if label is None:
        return "belongs to a law or a court" if reading.law else "has no label"
    if span.day is None and _COPYRIGHT.search(line.shown):
        return "is a copyright year"
    if line.nearby and not label.document and _SITE.search(line.text):
        return "is the date of a site or a program"
    if label.where != "above" and not of_cookies and _names_cookies(line):
        return "speaks of the cookie declaration, another document"
    return _prose(line, span, reading)


def is_of_cookies(words: str) -> bool:
    """Tell whether a title, folded, makes the page one about cookies."""
    return not words.strip() or _COOKIES.search(words) is not None


def _names_cookies(line: Line) -> bool:
    return _is_short(line) and _COOKIES.search(line.text) is not None


def _prose(line: Line, span: Span, reading: Reading) -> str:
    label = reading.label
    assert label is not None
    opens = label.lead <= _OPENING
    approved = label.kind == "publish" and not _has_letters(line.text[: label.start])
    if reading.law and not approved and not _is_field(line, span, label):
        return "speaks of a law or a court"
    if span.weak and (label.gap or not _ends_clause(line, span)):
        return "is too bare to be a date without a label right beside it"
    if _stands_out(line, span, label, opens=opens):
        return ""
    if label.kind == "version" and not _is_version_of_policy(line, label, opens=opens):
        return "stands in the middle of a sentence"
    if label.document:
        return ""
    if _runs_on(line, span) and not (reading.followed or _is_field(line, span, label)):
        return "opens a sentence about something else"
    sure = _is_short(line) or (label.certain and not label.gap)
    return "" if sure else "stands in the middle of a sentence"


def _stands_out(line: Line, span: Span, label: Label, *, opens: bool) -> bool:
    """Tell whether label and date are no part of a sentence, however long the line is."""
    if label.where in {"above", "below", "column"}:
        return True
    if label.gap or not opens:
        return False
    if _is_field(line, span, label) or _next_begins(line, span):
        return True
    return label.kind != "version" and _ends_clause(line, span)


def _is_field(line: Line, span: Span, label: Label) -> bool:
    """Tell whether label and date are a form's field, "Stand: 2018", whatever is said before."""
    return ":" in line.text[label.end : span.start]


def _is_version_of_policy(line: Line, label: Label, *, opens: bool) -> bool:
    if _is_short(line):
        return opens or label.document
    return label.document and label.certain


def _next_begins(line: Line, span: Span) -> bool:
    """Tell whether a capital behind the date begins a sentence of its own."""
    return line.shown[span.end : span.end + 1] == " " and line.shown[span.end + 1 :][:1].isupper()


def _is_short(line: Line) -> bool:
    return len(line.text) <= SHORT_LINE


def _has_letters(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _runs_on(line: Line, span: Span) -> bool:
    """Tell whether a sentence goes on behind the date: "Effective DATE, residents have ..."."""
    return _CONTINUES.match(line.text, span.end) is not None


def _ends_clause(line: Line, span: Span) -> bool:
    rest = line.text[span.end : span.end + 3].lstrip(" )]г")
    return not rest or not (rest[0].isalnum() or rest[0] == ",")
