"""The entrance: formats, errors and the public names."""

from __future__ import annotations

import subprocess
import sys

import pytest

import monitor
from monitor.extract import REVISION, extract

SENTENCE = "We collect personal data about you and keep it only as long as it is needed for this. "
PAGE = f"<html lang=en><title>T</title><body><h1>Privacy Policy</h1><p>{SENTENCE * 4}".encode()


def test_package_and_function_are_one() -> None:
    """The package is called as the function is."""
    assert monitor.extract(PAGE) == extract(PAGE) == monitor.extract.extract(PAGE)
    assert isinstance(REVISION, int)


def test_document_tells_title_and_language() -> None:
    """The title is the heading a reader sees, the language that of the words."""
    document = monitor.extract(PAGE)
    assert (document.title, document.language) == ("Privacy Policy", "en")


@pytest.mark.parametrize("media_type", ["text/html", "application/xhtml+xml", "", "TEXT/HTML; q=1"])
def test_media_types_of_pages(media_type: str) -> None:
    """Every name of HTML is read as HTML."""
    assert monitor.extract(PAGE, media_type=media_type).text == monitor.extract(PAGE).text


@pytest.mark.parametrize("media_type", ["image/png", "application/zip", "application/json"])
def test_other_media_types_are_refused(media_type: str) -> None:
    """What cannot be read has the reason ``unsupported``."""
    with pytest.raises(monitor.ExtractError) as caught:
        monitor.extract(PAGE, media_type=media_type)
    assert caught.value.reason == "unsupported"


def test_plain_text_called_html_is_read_as_plain_text() -> None:
    """Without a single tag, line ends are all the structure there is."""
    text = f"Privacy Policy\n\nWhat we collect\n\n{SENTENCE * 3}"
    assert len(monitor.extract(text.encode()).lines) == 3


def test_page_inside_json_is_found() -> None:
    """A page delivered as a string of a JSON object is read."""
    body = b'{"id": 7, "content": {"html": "<h1>Policy</h1><p>' + SENTENCE.encode() * 4 + b'</p>"}}'
    assert monitor.extract(body).title == "Policy"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"<html><body></body></html>", "empty"),
        (b"<p>12 34 ... --</p>" * 30, "empty"),
        (b'{"a": [1, 2]}', "unsupported"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "unsupported"),
    ],
    ids=["nothing", "no words", "no letters", "data", "picture"],
)
def test_what_is_no_policy_has_a_reason(body: bytes, reason: str) -> None:
    """An ExtractError says what stands in the place of the policy."""
    with pytest.raises(monitor.ExtractError) as caught:
        monitor.extract(body)
    assert caught.value.reason == reason


def test_importing_the_package_loads_nothing_heavy() -> None:
    """The public names are loaded on first use."""
    heavy = ("bs4", "selectolax", "babel")
    code = f"import sys, monitor; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_unknown_public_name_is_an_attribute_error() -> None:
    """A misspelt name fails as in any module."""
    assert not hasattr(monitor, "extrakt")
    assert not hasattr(monitor.extract, "extrakt")
