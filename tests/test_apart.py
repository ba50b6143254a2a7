"""Files of strangers are read in a process that can be ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from pdf_files import TITLE, laughing, policy

import monitor
from monitor.apart import read_apart
from monitor.model import Blocked, Capture, Changed, First, Rules, Unchanged

if TYPE_CHECKING:
    from watching_line import Line


def _capture(body: bytes) -> Capture:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    url = "https://example.org/policy.pdf"
    return Capture(url, url, now, 200, "application/pdf", None, (), body)


def test_file_that_never_ends_is_a_named_failure() -> None:
    """Two kilobytes that unfold to a billion letters end their reader, and nothing else."""
    with pytest.raises(monitor.ExtractError) as caught:
        read_apart(_capture(laughing()), Rules(), cpu_s=1)
    assert caught.value.reason == "too_large"


def test_what_is_wrong_with_a_file_comes_back() -> None:
    """A reason found in the other process is raised in this one."""
    with pytest.raises(monitor.ExtractError, match="damaged") as caught:
        read_apart(_capture(b"%PDF-1.7 and no more"), Rules())
    assert caught.value.reason == "damaged"


def test_pdf_goes_down_the_line_like_any_page(line: Line) -> None:
    """Served as PDF, a policy has versions and changes; a file made anew is no change."""
    pdf = {"Content-Type": "application/pdf"}
    line.serve(policy(), **pdf)
    first = line.check()
    assert isinstance(first, First)
    assert first.document.title == TITLE
    line.serve(policy(columns=2, head="Example"), **pdf)
    assert line.check() == Unchanged("text")
    line.serve(policy(edit=" We may sell it to partners."), **pdf)
    changed = line.check()
    assert isinstance(changed, Changed)
    assert "sell it to partners" in changed.comparison.unified()
    line.serve(policy()[:900], **pdf)
    blocked = line.check()
    assert isinstance(blocked, Blocked)
    assert blocked.reason == "damaged"
