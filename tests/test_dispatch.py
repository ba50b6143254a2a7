"""A check that hangs is given up: its source is looked at again, and nobody else is delayed."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING

import pytest
from surroundings import Answer
from watching_line import START

from monitor.dispatch import Dispatcher
from monitor.errors import StalledError
from monitor.model import Failed, First

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from watching_line import Line

    from monitor.pipeline import Checked

PATIENCE_S = 20.0
MARGIN_S = 0.3


class Slow(Answer):
    """An answer whose body waits until the test lets it go."""

    def __init__(self, body: bytes, released: Event) -> None:
        super().__init__()
        self._page = body
        self._released = released

    @property
    def body(self) -> bytes:  # type: ignore[override]
        """Wait, then answer."""
        self._released.wait(PATIENCE_S)
        return self._page

    @body.setter
    def body(self, _value: bytes) -> None:
        pass


@pytest.fixture
def released(line: Line) -> Iterator[Event]:
    """Hold back every answer of the publisher until this is set."""
    event = Event()
    answer = line.site.answers["/policy"]
    line.site.answers["/policy"] = Slow(answer.body, event)
    yield event
    event.set()


def _dispatcher(line: Line, workers: int) -> Dispatcher:
    margin = timedelta(seconds=MARGIN_S) - line.source.timeout * 2
    return Dispatcher(line.pipeline, workers=workers, margin=margin)


def _until(dispatcher: Dispatcher, met: Callable[[list[Checked]], object]) -> list[Checked]:
    end = time.monotonic() + PATIENCE_S
    found: list[Checked] = []
    while not met(found):
        assert time.monotonic() < end
        found += dispatcher.wait(0.05)
    return found


def test_a_check_that_hangs_is_a_failure_and_can_be_tried_again(
    line: Line, released: Event
) -> None:
    """What it finds in the end is told to nobody, and its thread is used again."""
    with _dispatcher(line, workers=2) as dispatcher:
        assert dispatcher.start(line.source) == "started"
        (given_up,) = _until(dispatcher, bool)
        assert given_up.check.outcome == Failed(
            "timeout", "the check hung and was given up after 0 s"
        )
        assert (dispatcher.lost, dispatcher.free) == (1, 2)
        state = line.archive.state("acme")
        assert state.failures == 1
        assert state.next_check_at is not None

        released.set()
        assert _until(dispatcher, lambda _: not dispatcher.lost) == []
        assert dispatcher.start(line.source) == "started"
        (again,) = _until(dispatcher, bool)
        assert not isinstance(again.check.outcome, Failed | First)


def test_a_host_has_one_check_from_the_moment_it_is_begun(line: Line, released: Event) -> None:
    """A second source of a host waits outside, also before the first check has got there."""
    other = replace(line.source, id="other")
    line.archive.adopt([line.source, other], START)
    with Dispatcher(line.pipeline, workers=2) as dispatcher:
        assert dispatcher.start(line.source) == "started"
        assert [dispatcher.start(other) for _ in range(3)] == ["wait"] * 3
        released.set()
        _until(dispatcher, bool)
        assert dispatcher.start(other) == "started"


def test_who_waits_gives_its_place_to_others(line: Line, released: Event) -> None:
    """A slow check has a place aside, the next time from the start."""
    soon = timedelta(seconds=0.05)
    with Dispatcher(line.pipeline, workers=1, slow_after=soon, gives_way_after=soon) as dispatcher:
        assert dispatcher.start(line.source) == "started"
        assert dispatcher.free == 0
        Event().wait(0.1)
        assert dispatcher.free == 1
        released.set()
        _until(dispatcher, bool)
        released.clear()
        assert dispatcher.start(line.source) == "started"
        assert dispatcher.free == 1
        released.set()
        _until(dispatcher, bool)


def test_too_many_that_hang_end_the_program(line: Line, released: Event) -> None:
    """Whoever started it starts it again, with all its threads."""
    assert not released.is_set()
    with _dispatcher(line, workers=1) as dispatcher:
        dispatcher.start(line.source)
        with pytest.raises(StalledError, match="1 of 1 checks"):
            _until(dispatcher, lambda found: len(found) > 1)
