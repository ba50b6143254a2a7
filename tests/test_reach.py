"""Pages that need a browser, down the line: what is asked how, and what is remembered of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from surroundings import Answer
from watching_line import START

from monitor.fetch import Fetcher, Limits
from monitor.model import Blocked, First, Unchanged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from watching_line import Line

SENTENCE = "We keep what you tell us only for as long as it is needed for what you told it for."
POLICY = "<main><h1>Privacy Policy</h1>" + "".join(
    f"<h2>{number}. Part {number}</h2><p>{SENTENCE} That is rule {number}.</p>"
    for number in range(1, 9)
)
SHELL = b"<html lang=en><body><div id=root></div><script src=/app.js></script><script>1</script>"


@pytest.fixture
def seeing(line: Line) -> Iterator[Line]:
    """Give a line with a browser, for a source that is had as is best."""
    limits = Limits(host_spacing=timedelta())
    with Fetcher(limits, clock=lambda: line.now) as fetcher:
        if lacks := fetcher.lacks_browser:
            pytest.skip(f"no browser: {lacks}")
        line.pipeline = replace(line.pipeline, fetcher=fetcher)
        yield line


def _publish(line: Line, text: str) -> None:
    code = f"document.getElementById('root').innerHTML = {text!r}"
    line.serve(SHELL)
    line.site.answers["/app.js"] = Answer(
        code.encode(), headers={"Content-Type": "text/javascript"}
    )


def _asked(line: Line) -> list[str]:
    """Return how the page was asked for since the last time: plainly, or by a browser."""
    agents = [headers["user-agent"] for path, headers in line.site.asked if path == "/policy"]
    line.site.asked.clear()
    return ["browser" if "Chrome/" in agent else "plain" for agent in agents]


def test_empty_shell_is_had_with_a_browser_from_then_on(seeing: Line) -> None:
    """The plain page is asked for again every two weeks, and is enough once it has the text."""
    line = seeing
    _publish(line, POLICY)
    first = line.check()
    assert isinstance(first, First)
    assert "That is rule 8." in first.document.text
    assert _asked(line) == ["plain", "browser"]
    assert line.check() == Unchanged("body")
    assert _asked(line) == ["browser"]
    assert isinstance(line.check(after=timedelta(days=15)), Unchanged)
    assert _asked(line) == ["plain", "browser"]
    line.serve(f"<html lang=en><body>{POLICY}".encode())
    assert isinstance(line.check(after=timedelta(days=15)), Unchanged)
    assert _asked(line) == ["plain"]
    assert line.archive.state("acme").shell_at is None


def test_source_may_refuse_the_browser(seeing: Line) -> None:
    """With ``http``, an empty shell stays one."""
    line = seeing
    line.source = replace(line.source, fetcher="http")
    _publish(line, POLICY)
    outcome = line.check()
    assert isinstance(outcome, Blocked)
    assert _asked(line) == ["plain"]


def test_what_the_page_carries_needs_no_browser(seeing: Line) -> None:
    """Text in the data of the application is read from there."""
    line = seeing
    carried = POLICY.replace("<", "\\u003c")
    line.serve(SHELL + f'<script type="application/json">{{"html": "{carried}"}}</script>'.encode())
    first = line.check()
    assert isinstance(first, First)
    assert "That is rule 8." in first.document.text
    assert _asked(line) == ["plain"]


def test_missing_browser_is_named_where_one_would_help(line: Line) -> None:
    """The reason is the page's; the message says what would show more of it."""
    with Fetcher(clock=lambda: START, browser="no-such-browser") as fetcher:
        line.pipeline = replace(line.pipeline, fetcher=fetcher)
        _publish(line, POLICY)
        outcome = line.check()
    assert isinstance(outcome, Blocked)
    assert outcome.reason == "empty_shell"
    assert "a browser may show it" in outcome.message
    assert line.archive.state("acme").shell_at is None
