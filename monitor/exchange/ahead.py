"""Captures read ahead in other processes: what is pure needs nobody to wait for it.

A worker takes captures and gives back what they say; it knows neither the archive nor the past.
"""

from __future__ import annotations

import os
import signal
from collections import Counter, deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count, islice
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from monitor.errors import WorkerError
from monitor.exchange.skipped import UnusableError
from monitor.extract import gate_digest
from monitor.extract.document import extract
from monitor.reading import Prepared, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor, Future

    from monitor.exchange.skipped import Reason
    from monitor.model import Capture, Source

    Taken = tuple[Capture, Prepared | None]

Place = TypeVar("Place")

MOST_CAPTURES = 8
"""Captures a worker takes at a time; so many in a row are mostly of the same words."""
MOST_BYTES = 4 * 1024 * 1024
"""Bytes of bodies after which a worker gives back what it has, and leaves the rest."""
ENOUGH = 2
"""Readings of the same words that are made ahead: the second one confirms a change."""
MOST_SECONDS_TO_END = 5
AHEAD = 2
"""Bundles a worker that are under way, so that none waits for work; bounds the memory used."""

_read_last: dict[int, str] = {}
"""The gate this process saw last in the newest row, if it has read that often enough."""
_WARMING = b"<!doctype html><main><h1>Privacy policy</h1><p>Last updated: 3 May 2020</p></main>"


@dataclass(frozen=True, slots=True)
class Answer:
    """A capture as a worker found and read it."""

    capture: Capture | None
    prepared: Prepared | None
    reason: Reason = "damaged"
    """Why there is none."""

    def take(self) -> Taken:
        """Give it out; raises `UnusableError` where there is none."""
        if self.capture is None:
            raise UnusableError(self.reason)
        return self.capture, self.prepared


@dataclass(slots=True)
class Ahead:
    """Some processes that read captures before their turn; the order of captures is kept."""

    pool: Executor
    jobs: int

    def read(
        self, source: Source, give: Callable[[str, Place], Capture], places: Iterable[Place]
    ) -> Iterator[tuple[Place, Callable[[], Taken]]]:
        """Yield the places in their order, each with what gives its capture out, read already.

        `give` finds a capture, in whatever process. Raises `WorkerError` where a worker died.
        """
        # A worker needs the rules alone; request headers may hold secrets.
        row = _Row(self.pool, replace(source, headers=(), notify=()), give)
        try:
            for bundle in _bundled(places):
                row.submit(bundle)
                if len(row.under_way) >= AHEAD * self.jobs:
                    yield from row.next()
            while row.under_way:
                yield from row.next()
        except BrokenProcessPool:
            raise WorkerError from None
        finally:
            for _, answers in row.under_way:
                answers.cancel()


@dataclass(slots=True)
class _Row(Generic[Place]):
    """The captures of one source, some of them being read."""

    pool: Executor
    source: Source
    give: Callable[[str, Place], Capture]
    under_way: deque[tuple[list[Place], Future[list[Answer]]]] = field(default_factory=deque)
    gate: str | None = None
    """Of the capture that was read last: what shows the same words need not be read."""
    number: int = field(default_factory=count().__next__)
    """Tells this row from others, so that a worker knows what it has read of it."""

    def submit(self, places: list[Place], *, first: bool = False) -> None:
        """Have some captures read behind all others, or before them."""
        answers = self.pool.submit(read_all, self.source, self.give, places, self.gate, self.number)
        (self.under_way.appendleft if first else self.under_way.append)((places, answers))
        if self.gate is None:
            self.gate = self._gate_of(places[0])

    def next(self) -> Iterator[tuple[Place, Callable[[], Taken]]]:
        """Yield the captures read first, as many as a worker gave back."""
        places, awaited = self.under_way.popleft()
        answers = awaited.result()
        gates = [answer.prepared.gate for answer in answers if answer.prepared]
        self.gate = gates[-1] if gates else self.gate
        if rest := places[len(answers) :]:
            self.submit(rest, first=True)
        for place, answer in zip(places, answers, strict=False):
            yield place, answer.take

    def _gate_of(self, place: Place) -> str:
        """Return the gate of the first capture; the next ones are then not all read at once."""
        try:
            found = self.give(self.source.url, place)
        except UnusableError:
            return ""
        return gate_digest(found.body, found.media_type, found.charset)


@contextmanager
def reading_ahead(jobs: int) -> Iterator[Ahead]:
    """Start the workers; they end with the block, and with this process however it ends."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_settle_in)
    for _ in range(jobs):
        # What reading needs is loaded while this process has other things to do.
        pool.submit(extract, _WARMING)
    try:
        yield Ahead(pool, jobs)
    except BaseException:
        _break_off(pool)
        raise
    pool.shutdown(cancel_futures=True)


def _break_off(pool: ProcessPoolExecutor) -> None:
    """End the workers at once, also where one died while it was answering.

    CPython waits for the rest of such an answer for ever, as long as anybody could still write it:
    so nobody may (python/cpython#94777).
    """
    workers = tuple((pool._processes or {}).values())  # noqa: SLF001 - there is no other way
    answers = pool._result_queue  # noqa: SLF001 - as above
    thread = pool._executor_manager_thread  # noqa: SLF001 - as above
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.kill()
    for worker in workers:
        worker.join()
    answers._writer.close()  # type: ignore[attr-defined]  # noqa: SLF001 - the last end open
    if thread is not None:
        # What the queues hold of the system is given back when nobody uses them any more.
        thread.join(timeout=MOST_SECONDS_TO_END)  # type: ignore[attr-defined]


def read_all(
    source: Source,
    give: Callable[[str, Place], Capture],
    places: Sequence[Place],
    known: str | None,
    row: int,
) -> list[Answer]:
    """Find and read the captures at places in a row, as many as `MOST_BYTES` allow.

    Those whose words are known, or were read `ENOUGH` times, are not read.
    """
    times: Counter[str | None] = Counter({known: ENOUGH, _read_last.get(row): ENOUGH})
    answers: list[Answer] = []
    before = Answer(None, None)
    size = 0
    for place in places:
        if size >= MOST_BYTES:
            break
        try:
            found = give(source.url, place)
        except UnusableError as error:
            answers.append(Answer(None, None, error.reason))
            continue
        if before.capture and _shown(found) == _shown(before.capture):
            # One body, so that it is sent once.
            found, prepared = replace(found, body=before.capture.body), before.prepared
        else:
            tried = [gate for gate, number in times.items() if number >= ENOUGH]
            prepared = prepare(source, found, known=tried)
            times[prepared.gate] += 1
            size += len(found.body)
        before = Answer(found, prepared)
        answers.append(before)
    _read_last.clear()
    if before.prepared and times[before.prepared.gate] >= ENOUGH:
        _read_last[row] = before.prepared.gate
    return answers


def _shown(capture: Capture) -> tuple[bytes, str, str | None, str]:
    return capture.body, capture.media_type, capture.charset, capture.final_url


def _bundled(places: Iterable[Place]) -> Iterator[list[Place]]:
    """Yield the first place alone, as nothing is known of its words, then some at a time."""
    left = iter(places)
    most = 1
    while bundle := list(islice(left, most)):
        yield bundle
        most = MOST_CAPTURES


def _settle_in() -> None:
    # Ctrl-C reaches every process of a terminal; the one that started the workers ends them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
