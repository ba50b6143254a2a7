"""Other processes read captures ahead: the same comes of it, in the same order."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from warc_files import WarcFile, day, story

from monitor.errors import WorkerError
from monitor.exchange.ahead import prepare_all, reading_ahead
from monitor.model import Blocked, Document

if TYPE_CHECKING:
    from pathlib import Path

    from import_desk import Desk

    from monitor.exchange.history import History
    from monitor.model import Capture


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
    with reading_ahead(2) as ahead:
        second.feed(file.path, ahead=ahead)
    assert second.known() == desk.known()


def test_interrupted_processes_end(desk: Desk, second: Desk, file: WarcFile) -> None:
    """What was read ahead and not recorded is forgotten, and read again by the next import."""
    with reading_ahead(2) as ahead:
        second.feed(file.path, stop=11, ahead=ahead)
        second.feed(file.path, ahead=ahead)
    desk.feed(file.path)
    assert second.known() == desk.known()


def test_a_worker_that_dies_is_a_clear_error(desk: Desk, second: Desk, file: WarcFile) -> None:
    """What was recorded is kept, and the next import goes on from there."""
    with pytest.raises(WorkerError), reading_ahead(2) as ahead:  # noqa: PT012 - they die in between
        for number, _ in enumerate(desk.history(file.path).feed(ahead)):
            if number == 10:
                for worker in tuple(ahead.pool._processes):
                    os.kill(worker, signal.SIGKILL)
    desk.feed(file.path)
    second.feed(file.path)
    assert desk.known() == second.known()


def test_known_words_are_not_read(desk: Desk, file: WarcFile) -> None:
    """Only the first two captures in a row with the same new words are extracted."""
    history = desk.history(file.path)
    captures = list(_captures(history))[:12]  # aaaabbbbaxxb
    answers = prepare_all(history.source, captures, "")
    kinds = [type(answer.found) for answer in answers]
    read, known = Document, type(None)
    assert kinds == [
        *(read, read, known, known),
        *(read, read, known, known),
        *(known, Blocked, Blocked, known),
    ]
    assert prepare_all(history.source, captures[:1], answers[0].gate)[0].found is None


def _captures(history: History) -> list[Capture]:
    return list(history._captures(history._new_places()))
