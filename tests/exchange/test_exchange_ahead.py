"""Other processes read captures ahead: the same comes of it, in the same order."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from pages import page
from warc_files import WarcFile, day, story

from monitor.errors import WorkerError
from monitor.exchange import ahead
from monitor.exchange.ahead import read_all, reading_ahead
from monitor.exchange.index import Index
from monitor.model import Blocked, Document

if TYPE_CHECKING:
    from pathlib import Path

    from import_desk import Desk


@pytest.fixture
def file(tmp_path: Path) -> WarcFile:
    """Write a story of every kind of outcome, the same bytes twice in a row among it."""
    made = WarcFile(tmp_path / "one.warc.gz")
    story(made, "aaaabbbbaxxbbaaaaaaabbcccccxbaab" * 2 + "cc", step=0.02)
    body = b"<!doctype html><main><h1>Privacy Policy</h1>" + b"<p>What we collect.</p>" * 9
    for number in range(70, 75):
        made.add(body, day(number))
    return made


def test_two_processes_find_what_one_finds(desk: Desk, second: Desk, file: WarcFile) -> None:
    """Versions, changes, checks and their order are the same."""
    desk.feed(file.path)
    with reading_ahead(2) as reading:
        second.feed(file.path, ahead=reading)
    assert second.known() == desk.known()


def test_interrupted_processes_end(desk: Desk, second: Desk, file: WarcFile) -> None:
    """What was read ahead and not recorded is forgotten, and read again by the next import."""
    with reading_ahead(2) as reading:
        second.feed(file.path, stop=11, ahead=reading)
        second.feed(file.path, ahead=reading)
    desk.feed(file.path)
    assert second.known() == desk.known()


def test_a_worker_that_dies_is_a_clear_error(desk: Desk, second: Desk, file: WarcFile) -> None:
    """What was recorded is kept, and the next import goes on from there."""
    with pytest.raises(WorkerError), reading_ahead(2) as reading:  # noqa: PT012 - they die in between
        for number, _ in enumerate(desk.history(file.path).feed(reading)):
            if number == 10:
                for worker in tuple(reading.pool._processes):
                    os.kill(worker, signal.SIGKILL)
    desk.feed(file.path)
    second.feed(file.path)
    assert desk.known() == second.known()


def test_known_words_are_not_read(desk: Desk, file: WarcFile) -> None:
    """Only the first two captures in a row with the same new words are extracted."""
    history = desk.history(file.path)
    give = Index([file.path], [history.source.url]).anywhere
    places = list(history._new_places())[:12]  # aaaabbbbaxxb
    answers = read_all(history.source, give, places, None, -1)
    prepared = [answer.take()[1] for answer in answers]
    kinds = [type(found.found) for found in prepared if found]
    read, known = Document, type(None)
    assert kinds == [
        *(read, read, known, known),
        *(read, read, known, known),
        *(known, Blocked, Blocked, known),
    ]
    assert prepared[0]
    (again,) = read_all(history.source, give, places[:1], prepared[0].gate, -2)
    assert again.prepared
    assert again.prepared.found is None


def test_large_bodies_are_sent_a_few_at_a_time(
    desk: Desk, second: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a worker leaves is asked for again, in its place; what cannot be used is left out."""
    file = WarcFile(tmp_path / "large.warc.gz")
    story(file, "aabbaacc" * 3, step=0.02)
    file.add(b"no brotli", day(1), http={"Content-Encoding": "br"})
    file.add(page("english"), day(2))
    skipped = desk.feed(file.path).skipped
    assert skipped["encoded"] == 1
    # Workers begin with the limit that is written down, so one in this process takes their place.
    monkeypatch.setattr(ahead, "MOST_BYTES", 1)
    with ThreadPoolExecutor(1) as pool:
        assert second.feed(file.path, ahead=ahead.Ahead(pool, 2)).skipped == skipped
    assert second.known() == desk.known()
