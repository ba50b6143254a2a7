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
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING

from monitor.errors import WorkerError
from monitor.reading import Prepared, prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from monitor.model import Capture, Source

MOST_CAPTURES = 8
"""Captures handed to a worker at a time; so many in a row are mostly of the same words."""
MOST_BYTES = 4 * 1024 * 1024
"""Bytes of bodies after which no further capture is handed over with them."""
ENOUGH = 2
"""Readings of the same words that are made ahead: the second one confirms a change."""
MOST_SECONDS_TO_END = 5
AHEAD = 2
"""Bundles a worker that are under way, so that none waits for work; bounds the memory used."""


@dataclass(slots=True)
class _Bundle:
    """Captures in a row, and what will be known of those that differ from the one before."""

    captures: list[Capture]
    distinct: list[int]
    """For each capture, which of the answers is about its bytes."""
    answers: Future[list[Prepared]]


@dataclass(slots=True)
class Ahead:
    """Some processes that read captures before their turn; the order of captures is kept."""

    pool: ProcessPoolExecutor
    jobs: int
    _gate: str = field(default="", init=False)
    """Of the capture that was read last: what shows the same words need not be read."""

    def read(
        self, source: Source, captures: Iterable[Capture]
    ) -> Iterator[tuple[Capture, Prepared]]:
        """Yield the captures in their order, each with what it says.

        Raises `WorkerError` where a worker died.
        """
        # A worker needs the rules alone; request headers may hold secrets.
        plain = replace(source, headers=(), notify=())
        under_way: deque[_Bundle] = deque()
        first = True
        try:
            for captures_in_a_row in _bundled(captures):
                under_way.append(self._submit(plain, captures_in_a_row))
                if first or len(under_way) >= AHEAD * self.jobs:
                    # The words of the first capture spare the others from being read at once.
                    yield from self._await(under_way.popleft())
                first = False
            while under_way:
                yield from self._await(under_way.popleft())
        except BrokenProcessPool:
            raise WorkerError from None
        finally:
            for bundle in under_way:
                bundle.answers.cancel()

    def _submit(self, source: Source, captures: list[Capture]) -> _Bundle:
        sent: list[Capture] = []
        distinct: list[int] = []
        before = None
        for capture in captures:
            shown = (capture.body, capture.media_type, capture.charset, capture.final_url)
            if shown != before:
                sent.append(replace(capture, headers=()))
            distinct.append(len(sent) - 1)
            before = shown
        return _Bundle(captures, distinct, self.pool.submit(prepare_all, source, sent, self._gate))

    def _await(self, bundle: _Bundle) -> Iterator[tuple[Capture, Prepared]]:
        answers = bundle.answers.result()
        self._gate = answers[-1].gate
        for capture, number in zip(bundle.captures, bundle.distinct, strict=True):
            yield capture, answers[number]


@contextmanager
def reading_ahead(jobs: int) -> Iterator[Ahead]:
    """Start the workers; they end with the block, and with this process however it ends."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_settle_in)
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


def prepare_all(source: Source, captures: Sequence[Capture], known: str) -> list[Prepared]:
    """Read captures in a row, but those whose words are known or were read `ENOUGH` times."""
    times: Counter[str] = Counter({known: ENOUGH})
    answers: list[Prepared] = []
    for capture in captures:
        tried = [gate for gate, number in times.items() if number >= ENOUGH]
        answers.append(prepare(source, capture, known=tried))
        times[answers[-1].gate] += 1
    return answers


def _bundled(captures: Iterable[Capture]) -> Iterator[list[Capture]]:
    bundle: list[Capture] = []
    size, most = 0, 1
    for capture in captures:
        bundle.append(capture)
        size += len(capture.body)
        if len(bundle) >= most or size >= MOST_BYTES:
            yield bundle
            bundle, size, most = [], 0, MOST_CAPTURES
    if bundle:
        yield bundle


def _settle_in() -> None:
    # Ctrl-C reaches every process of a terminal; the one that started the workers ends them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
