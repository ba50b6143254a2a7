"""Pages made to be slow or to crash: a reason or a document, within seconds."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import monitor
from monitor.extract import gate_digest
from monitor.extract.shape import tame

SENTENCE = "We collect personal data about you and keep it only as long as it is needed for this. "
PROSE = f"<p>{SENTENCE * 8}</p>"
WORDS = "personal data about you"
LIMIT_S = 3.0

PAGES = {
    "100,000 nested elements": "<div>" * 100_000 + PROSE,
    "100,000 nested and closed": "<div>" * 100_000 + PROSE + "</div>" * 100_000,
    "nested links": "<a href=x>" * 100_000 + PROSE,
    "nested lists": "<ul><li>" * 50_000 + PROSE,
    "nested tables": "<table><tr><td>" * 30_000 + PROSE,
    "1,000,000 attributes": "<div " + " ".join(f"a{n}=1" for n in range(1_000_000)) + ">" + PROSE,
    "attributes that look like tags": "<p a='>' "
    + " ".join(f'a{n}="<b>"' for n in range(100_000))
    + ">"
    + PROSE,
    "4,000 attributes each": f"<p {' '.join(f'{n:x}' for n in range(4_000))}>" * 700 + PROSE,
    "one line of 3 MB": SENTENCE * 35_000,
    "one paragraph of 3 MB": f"<p>{SENTENCE * 35_000}",
    "formatting left open": "<p>"
    + "".join(f"<b id={n}>" for n in range(3_000))
    + "</p>"
    + "<p>x" * 50_000
    + PROSE,
    "formatting closed out of order": "".join(
        f"<b id={n}><object></b></object>" for n in range(10_000)
    )
    + "<p>x" * 50_000
    + PROSE,
    "one word of 3 MB": f"<p>{'a' * 3_000_000}</p>{PROSE}",
    "one word of 3 MB without spaces between characters": f"<p>{'個人' * 1_500_000}</p>{PROSE}",
    "hidden neighbours": "<div hidden>x</div>" * 40_000 + PROSE,
    "nested names": ("<div class='cta-box cta'>" * 500 + SENTENCE + "</div>" * 500) * 60 + PROSE,
    "links side by side": "<h2 id=a>x</h2>" + "<div><a href=#a>abc</a></div>" * 40_000 + PROSE,
    "JSON without end": PROSE + '<script type="application/json">{' + "<" * 2_000_000,
    "comments without end": PROSE + "<!--" * 500_000,
    "scripts without end": PROSE + "<script>" * 300_000,
    "templates": "<template shadowrootmode=open>" * 50_000 + PROSE,
    "quotes without end": PROSE + '<a href="' * 200_000,
    "noscript without end": "<noscript>" * 100_000 + PROSE,
    "damaged characters": f"<p>{'â€™Ã©' * 200_000}{SENTENCE}</p>{PROSE}",
    "names that look like banners": "".join(
        f'<p id=a{n} class="cookie banner b{n}">{SENTENCE}<button>x</button></p>'
        for n in range(5_000)
    )
    + PROSE * 9,
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_hostile_page_is_read_in_time(page: str) -> None:
    """The policy on a page of hostile shape is found, and soon."""
    body = page.encode()
    start = time.process_time()
    document = monitor.extract(body)
    gate_digest(body, "text/html", None)
    assert time.process_time() - start < LIMIT_S
    assert WORDS in document.text


def test_attributes_are_few_in_all_or_not_parsed() -> None:
    """Three million of them, thirty a tag, took a parser over a gigabyte."""
    tag = f"<p {' '.join(f'a{n}=b' for n in range(30))}>x"
    assert tame(tag * 10_000) == (tag * 10_000, False)
    assert tame(tag * 20_000 + PROSE) == ("<p>x" * 20_000 + PROSE, True)


BODIES = {
    "less-than signs": b"<" * 2_000_000,
    "a million paragraphs": b"<p>x" * 1_000_000,
    "nested JSON": b"[" * 200_000,
    "every byte": bytes(range(128, 256)) * 10_000,
    "zeros": bytes(1_000_000),
    "one word": b"x" * 500_000,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_hostile_bytes_end_in_time(body: bytes) -> None:
    """Bodies without a policy end in a reason or a document, and soon."""
    start = time.process_time()
    try:
        monitor.extract(body)
    except monitor.ExtractError as error:
        assert error.reason  # noqa: PT017 -- a document is fine too
    assert time.process_time() - start < LIMIT_S


def test_a_text_of_too_many_lines_is_named() -> None:
    """It would keep a processor busy for a minute until it is recorded."""
    body = b"\n".join(b"%d. We collect personal data." % number for number in range(150_001))
    with pytest.raises(monitor.ExtractError, match="over 150,000 lines") as caught:
        monitor.extract(body, media_type="text/plain")
    assert caught.value.reason == "too_large"


TAGS = st.sampled_from([
    "div", "p", "span", "ul", "ol", "li", "table", "tr", "td", "th", "b", "a", "h1", "h2", "pre",
    "br", "nav", "main", "header", "footer", "form", "button", "select", "option", "template",
    "noscript", "script", "style", "svg", "iframe", "details", "summary", "dl", "dt", "dd", "x-y",
])  # fmt: skip
ATTRIBUTES = st.sampled_from(
    [
        "", " class=modal", " id=cookie-banner", " hidden", ' style="display:none"', " href=#a",
        " role=heading aria-level=9", " start=99999999999", " type=a", " data-cfemail=zz",
        ' class="', " aria-hidden=true", " reversed", " value=-4", " shadowrootmode=open",
    ]
)  # fmt: skip
PIECES = st.one_of(
    st.builds("<{}{}>".format, TAGS, ATTRIBUTES),
    st.builds("</{}>".format, TAGS),
    st.sampled_from([SENTENCE, "1. Title", "&nbsp;", "&#0;", "<", "<!--", "-->", "]]>", "\0"]),
    st.text(max_size=20),
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_any_tag_soup_is_read_or_refused(pieces: list[str]) -> None:
    """No markup makes extraction fail in an unforeseen way, and its sections fit its lines."""
    body = "".join(pieces).encode("utf-8", "replace")
    try:
        document = monitor.extract(body, url="https://a.example/privacy#x")
    except monitor.ExtractError:
        return
    assert document == monitor.extract(body, url="https://a.example/privacy#x")
    assert all("\n" not in section.heading for section in document.sections)
    assert [s.line for s in document.sections] == sorted({s.line for s in document.sections})
