"""One policy on several pages: one capture, one document, one history; all pages or none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_files import TITLE, policy
from surroundings import Answer

import monitor
from monitor.extract.gate import gate_digest
from monitor.model import Blocked, Capture, Changed, Failed, First, Page, Rules, Unchanged
from monitor.model.pages import joined, parted

if TYPE_CHECKING:
    from surroundings import Program, Site
    from watching_line import Line

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FRAME = "<html lang=en><body><nav><a href=/other>Other</a></nav>{}</body></html>"
TERMS = (
    "<main><h1>Terms</h1><p>Last updated: 3 May 2026</p><p>{} You may use the service.</p></main>"
)
PRIVACY = (
    "<article><h1>Privacy</h1><p>We keep your name while you use the service. {}</p></article>"
    "<article><h1>Elsewhere</h1><p>Today's news is about something else, and changes daily.</p>"
    "</article>"
)
COOKIES = "<main><h1>Cookies</h1><p>Effective: 4 June 2026</p><p>We set one cookie. {}</p></main>"
FILLING = "It applies to everybody who opens an account with us, and to nobody else at all. " * 4


def _capture(url: str, body: bytes, media_type: str = "text/html") -> Capture:
    return Capture(url, url, NOW, 200, media_type, "utf-8", (("ETag", url),), body)


@given(st.lists(st.binary() | st.just(b"\r\n--page-0\r\n\r\nContent-Length: 1"), min_size=1))
def test_pages_come_back_to_the_byte(bodies: list[bytes]) -> None:
    """Whatever is in them; equal pages make equal bodies."""
    captures = [_capture(f"https://x.example/{n}", body) for n, body in enumerate(bodies)]
    whole = joined(captures)
    assert [part.body for part in parted(whole.body)] == bodies
    assert [part.url for part in parted(whole.body)] == [page.url for page in captures]
    later = [replace(page, fetched_at=NOW + timedelta(days=1), headers=()) for page in captures]
    assert joined(later).digest == whole.digest


def test_capture_cut_short_is_damaged() -> None:
    """Half a capture is no policy, wherever it was cut."""
    body = joined(
        [_capture("https://x.example/1", b"<p>One"), _capture("https://x.example/2", b"")]
    ).body
    for end in range(1, len(body) - 4):
        with pytest.raises(monitor.ExtractError) as caught:
            monitor.extract(body[:end], media_type="multipart/mixed")
        assert caught.value.reason == "damaged"
        gate_digest(body[:end], "multipart/mixed")


def _serve(line: Line, name: str, text: str, status: int = 200, **headers: str) -> bytes:
    body = FRAME.format(text).encode()
    kind = {"Content-Type": "text/html; charset=utf-8"}
    line.site.answers[f"/{name}"] = Answer(body, status, headers=kind | headers)
    return body


def _pages(line: Line, **own: Rules) -> tuple[Page, ...]:
    names = ("terms", "privacy", "cookies")
    return tuple(Page(line.site.url(f"/{name}"), own.get(name, Rules())) for name in names)


@pytest.fixture
def spread(line: Line) -> Line:
    """Watch a policy on three pages; the second has rules of its own."""
    _serve(line, "terms", TERMS.format(FILLING))
    _serve(line, "privacy", PRIVACY.format(FILLING))
    _serve(line, "cookies", COOKIES.format(FILLING))
    rules = Rules(pages=_pages(line, privacy=Rules(select=("article:first-of-type",))))
    line.source = replace(line.source, url=line.site.url("/terms"), rules=rules)
    line.archive.adopt([line.source], line.now)
    return line


def test_pages_are_one_document_in_their_order(spread: Line) -> None:
    """Headings, lines and dates are those of all pages; each is read by its own rules."""
    first = spread.check()
    assert isinstance(first, First)
    document = first.document
    assert [section.heading for section in document.sections] == ["Terms", "Privacy", "Cookies"]
    assert "news" not in document.text
    for section in document.sections:
        assert document.lines[section.line] == f"# {section.heading}"
    dates = document.dates
    assert dates.updated is not None
    assert dates.effective is not None
    assert (dates.updated.value, dates.effective.value) == ("2026-05-03", "2026-06-04")
    assert document.lines[dates.effective.line or 0] == "Effective: 4 June 2026"


def test_capture_holds_the_bytes_of_every_page(spread: Line) -> None:
    """What was served is what is kept, and what is checked against the chain."""
    spread.check()
    version = spread.archive.version("acme")
    assert version is not None
    kept = parted(spread.archive.capture("acme", version.snapshot).body)
    assert [part.body for part in kept] == [
        spread.site.answers[f"/{name}"].body for name in ("terms", "privacy", "cookies")
    ]


def test_change_of_one_page_is_a_change_of_its_section(spread: Line) -> None:
    """Noise on a page is none; a new sentence is told where it stands."""
    spread.check()
    _serve(spread, "privacy", PRIVACY.replace("Today's", "Tonight's").format(FILLING))
    assert isinstance(spread.check(), Unchanged)
    _serve(spread, "privacy", PRIVACY.format(FILLING + "We sell it to our partners."))
    outcome = spread.check()
    if not isinstance(outcome, Changed):
        outcome = spread.check()
    assert isinstance(outcome, Changed)
    (edit,) = outcome.comparison.edits
    assert edit.path == ("Privacy",)


@pytest.mark.parametrize("trouble", ["error", "challenge"])
def test_one_page_missing_makes_no_version(spread: Line, trouble: str) -> None:
    """The outcome names the page; once it is back, nothing has changed."""
    spread.check()
    if trouble == "error":
        _serve(spread, "privacy", "oops", status=503)
    else:
        _serve(spread, "privacy", "<h1>Just a moment...</h1><p>Checking your browser</p>")
    outcome = spread.check()
    assert isinstance(outcome, Failed if trouble == "error" else Blocked)
    assert "page 2" in outcome.message
    assert "/privacy" in outcome.message
    _serve(spread, "privacy", PRIVACY.format(FILLING))
    assert isinstance(spread.check(), Unchanged)
    assert spread.archive.state("acme").version == 1


def test_unmodified_pages_are_asked_conditionally(spread: Line) -> None:
    """All of them unmodified is unmodified; one that is new makes the others come whole."""
    for name, text in (("terms", TERMS), ("privacy", PRIVACY), ("cookies", COOKIES)):
        _serve(spread, name, text.format(FILLING), ETag=f'"{name}-1"')
    spread.check()
    saved = dict(spread.site.answers)
    for name in ("terms", "privacy", "cookies"):
        spread.site.answers[f"/{name}"] = Answer(b"", 304)
    spread.site.asked.clear()
    assert spread.check() == Unchanged("validators")
    asked = {path: headers["if-none-match"] for path, headers in spread.site.asked}
    assert asked == {f"/{name}": f'"{name}-1"' for name in ("terms", "privacy", "cookies")}
    spread.site.answers |= saved
    _serve(spread, "cookies", COOKIES.format(FILLING + "It is a large one."), ETag='"cookies-2"')
    outcome = spread.check()
    assert not isinstance(outcome, Failed | Blocked | Unchanged)


def test_edited_rules_of_a_page_are_no_change(spread: Line) -> None:
    """The kept pages are read again; so they are where one of them is watched no longer."""
    spread.check()
    rules = Rules(pages=_pages(spread))
    spread.source = replace(spread.source, rules=rules)
    spread.pipeline.rederive(spread.source)
    version = spread.archive.version("acme")
    assert version is not None
    assert version.cause == "rules"
    assert "news" in version.document.text
    spread.source = replace(spread.source, rules=replace(rules, pages=rules.pages[:2]))
    assert isinstance(spread.check(), Unchanged)
    spread.source = replace(spread.source, rules=Rules())
    assert isinstance(spread.check(), Unchanged)
    version = spread.archive.version("acme")
    assert version is not None
    assert [section.heading for section in version.document.sections] == ["Terms"]
    assert spread.told == []


def test_a_page_may_be_a_pdf(spread: Line) -> None:
    """Each page is read as what it is."""
    pdf = {"Content-Type": "application/pdf"}
    spread.site.answers["/cookies"] = Answer(policy(), headers=pdf)
    first = spread.check()
    assert isinstance(first, First)
    assert [section.heading for section in first.document.sections][:3] == [
        "Terms",
        "Privacy",
        TITLE,
    ]


CONFIG = """[defaults]
allow_private = true
robots = false
confirm_after = 0
[monitor]
host_spacing = "0s"
[[source]]
id = "acme"
pages = ["{terms}", {{ url = "{privacy}", select = "article" }}]
"""


def test_commands_know_several_pages(program: Program, site: Site) -> None:
    """Check, history, diff, raw bytes, verification, replay; and what the pages lead to."""
    hub = '<footer><a href="/legal/cookies">Cookie policy</a> <a href="/shop">Shop</a></footer>'
    site.answers["/terms"] = Answer(FRAME.format(TERMS.format(FILLING) + hub).encode())
    site.answers["/privacy"] = Answer(FRAME.format(PRIVACY.format(FILLING)).encode())
    program.write(CONFIG.format(terms=site.url("/terms"), privacy=site.url("/privacy")))
    program("check")
    site.answers["/privacy"].body = FRAME.format(
        PRIVACY.format(FILLING + "We sell it to our partners.")
    ).encode()
    program("check")
    (change,) = json.loads(program("history", "acme", "--json"))
    assert [section["path"] for section in change["sections"]] == [["Privacy"]]
    assert site.answers["/privacy"].body.decode() in program("show", "acme", "--raw")
    program("verify")
    edited = program.folder / "edited.toml"
    edited.write_text(
        program.config.read_text().replace(
            'select = "article"', 'ignore = "We sell it to our partners."'
        )
    )
    edited.chmod(0o600)
    assert "disappear" in program("backtest", "acme", "--config", str(edited), expect=1)
    (found,) = json.loads(program("status", "--untracked", "--json"))
    assert (found["url"], found["kind"]) == (site.url("/legal/cookies"), "cookie-policy")
    assert found["linked_from"] == ["acme"]
    assert "/legal/cookies" in program("status", "--untracked")
