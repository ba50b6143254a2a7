"""An import adds what is new and nothing else, however often it is run or interrupted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from import_desk import SOURCE
from pages import page
from warc_files import BODIES, URL, WarcFile, day, story

from monitor.errors import UsageError
from monitor.model import Capture, Check, Failed

if TYPE_CHECKING:
    from pathlib import Path

    from import_desk import Desk

STORY = "aabbaxbbacc"
"""Ends with a difference that nothing confirms: it is released."""


@pytest.fixture
def file(tmp_path: Path) -> WarcFile:
    """Write the story."""
    made = WarcFile(tmp_path / "one.warc.gz")
    story(made, STORY)
    return made


def test_a_second_run_adds_nothing(desk: Desk, file: WarcFile) -> None:
    """Versions, changes, checks and state stay as they were; what was left out is counted."""
    desk.feed(file.path)
    before = desk.known()
    assert before["changes"]
    again = desk.feed(file.path)
    assert desk.known() == before
    assert again.skipped == {"known": len(STORY)}
    assert again.released is None


@pytest.mark.parametrize("stop", range(1, len(STORY) + 1))
def test_an_import_goes_on_where_it_was_interrupted(
    desk: Desk, second: Desk, file: WarcFile, stop: int
) -> None:
    """After any capture, also between the last one and the release, the end is the same."""
    desk.feed(file.path)
    second.feed(file.path, stop=stop)
    second.feed(file.path)
    assert second.known() == desk.known()


@pytest.mark.parametrize("shown", ["aac", "aacx", "aacxx"])
def test_what_is_pending_in_the_end_is_released_once(
    desk: Desk, tmp_path: Path, shown: str
) -> None:
    """Also where blocked pages came after it, which are older news than the release."""
    file = WarcFile(tmp_path / "one.warc.gz")
    story(file, shown)
    assert desk.feed(file.path).released is not None
    before = desk.known()
    (change,) = before["changes"]
    assert change.first_seen_at == day(2)
    assert desk.feed(file.path).released is None
    assert desk.known() == before


def test_a_later_file_goes_on_from_an_earlier_one(desk: Desk, tmp_path: Path) -> None:
    """What is older than the last capture cannot be told of any more, and is counted."""
    first, second = WarcFile(tmp_path / "1.warc.gz"), WarcFile(tmp_path / "2.warc.gz")
    story(first, "aaa")
    second.add(BODIES["b"](), day(1.5))
    second.add(BODIES["b"](), day(3))
    desk.feed(first.path)
    later = desk.feed(second.path)
    assert later.skipped == {"known": 1}
    assert [change.first_seen_at for change in desk.known()["changes"]] == [day(3)]


def test_of_one_instant_one_capture_is_taken(desk: Desk, tmp_path: Path) -> None:
    """The first that can be read: which came first in truth nobody knows."""
    file = WarcFile(tmp_path / "one.warc.gz")
    file.add(b"\x1b\x07", day(0), http={"Content-Encoding": "br"})
    for letter in "aba":
        file.add(BODIES[letter](), day(0))
    history = desk.feed(file.path)
    assert history.skipped == {"encoded": 1, "repeated": 2}
    assert len(desk.known()["checks"]) == 1


def test_captures_of_the_future_are_left_out(desk: Desk, tmp_path: Path) -> None:
    """A clock that ran ahead must not keep later captures out."""
    file = WarcFile(tmp_path / "one.warc.gz")
    story(file, "aa")
    file.add(BODIES["b"](), day(4000))
    assert desk.feed(file.path).skipped == {"future": 1}


def test_what_was_seen_live_ends_an_import(desk: Desk, file: WarcFile) -> None:
    """Captures older than a live check are left out, and what it left pending is not released."""
    for letter, at in (("a", 5), ("a", 6), ("c", 7)):
        _check(desk, BODIES[letter](), at)
    before = desk.known()
    assert before["state"].pending is not None
    history = desk.feed(file.path)
    assert history.released is None
    assert history.skipped["known"] == 8
    later = desk.known()["checks"][: -len(before["checks"])]
    assert [row.started_at for row in later] == [day(10), day(9), day(8)]


def test_a_live_check_that_failed_bars_nothing(desk: Desk, file: WarcFile) -> None:
    """It knows nothing that an older capture could contradict."""
    failed = Check(SOURCE, day(300), day(300), Failed("dns", "no such host"), day(301), 1)
    desk.archive.record(failed)
    history = desk.feed(file.path)
    assert not history.skipped


def test_a_file_that_vanished_is_a_clear_error(desk: Desk, file: WarcFile) -> None:
    """What was imported before is kept."""
    history = desk.history(file.path)
    file.path.unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        list(history.feed())


def test_a_file_cut_after_it_was_read_loses_only_what_is_gone(desk: Desk, file: WarcFile) -> None:
    """Records that are no longer there are damaged ones."""
    history = desk.history(file.path)
    content = file.path.read_bytes()
    file.path.write_bytes(content[: file.offsets[9] + 30])
    assert len(list(history.feed())) == 9
    assert history.skipped == {"damaged": 2}


def test_pages_of_every_kind_are_imported(desk: Desk, tmp_path: Path) -> None:
    """The charset a record names is the one its body is read in."""
    file = WarcFile(tmp_path / "one.warc.gz")
    file.add(page("russian"), http={"Content-Type": "text/html; charset=windows-1251"})
    desk.feed(file.path)
    version = desk.archive.version("acme")
    assert version is not None
    assert "персональные" in version.document.text


def _check(desk: Desk, body: bytes, at: float) -> None:
    capture = Capture(URL, URL, day(at), 200, "text/html", "utf-8", (), body)
    state = desk.archive.state(SOURCE.id)
    line = replace(desk.pipeline, clock=lambda: day(at))
    line._record(SOURCE, state, day(at), line._read(SOURCE, state, capture))
