"""Checks many sources at once: threads for I/O, one check a host, never one source twice."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Condition
from time import monotonic
from typing import TYPE_CHECKING, Literal, Self

from monitor.errors import ArchiveError, OvertakenError, StalledError
from monitor.reading import waiting_to_be_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from types import TracebackType

    from monitor.model import Source
    from monitor.pipeline import Checked, Pipeline

Start = Literal["started", "wait", "taken"]

WORKERS = 16
GIVES_WAY_AFTER = timedelta(seconds=0.25)
"""A check that waits longer for its publisher gives its place to others, while there are places
aside: who is slow is not known before, and a thread that waits costs next to nothing."""
SLOW_AFTER = timedelta(seconds=5)
"""A check that takes longer has a place aside from the start the next time."""
PLACES_ASIDE = 12
"""How many of those who gave way may run at once, for each worker."""
KEPT_FREE = 3
"""How many places aside, for each worker, those known to be slow leave to all others."""
LEASE_MARGIN = timedelta(minutes=2)
"""Added to a page's timeout: turns, robots.txt, extraction and writing come on top of the fetch."""
MOST_LOST = 0.5
"""Share of the threads that may hang before this program is better started again."""
POLL_S = 0.1
"""How often a host that keeps its distance is asked again."""


def lease_of(source: Source, margin: timedelta = LEASE_MARGIN) -> timedelta:
    """Return how long a check may take: each page may be asked for again, by the browser."""
    return (source.timeout * 2 + margin) * len(source.urls)


@dataclass(frozen=True, slots=True)
class _Running:
    source: Source
    host: str
    started_at: datetime
    began: float
    """By the monotonic clock, as the next two."""
    gives_way_at: float
    deadline: float
    future: Future[Checked]


class Dispatcher:
    """Runs checks in threads; `start` refuses what cannot run now, to be asked again later.

    Publishers that keep their visitors waiting do not keep others': a check that has to wait, or
    was slow the last time, has one of the places aside. So nobody waits for those whom nobody
    knows yet, and those known to be slow wait for each other. Only pages that wait to be read keep
    their workers: more of them would but fill the memory.

    A check has until its lease runs out. One that hangs longer is recorded as failed, and its
    thread, which nothing can end, is not used again.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        workers: int = WORKERS,
        margin: timedelta = LEASE_MARGIN,
        slow_after: timedelta = SLOW_AFTER,
        gives_way_after: timedelta = GIVES_WAY_AFTER,
    ) -> None:
        self._pipeline = pipeline
        self._owner = pipeline.owner
        self._workers = workers
        self._margin = margin
        self._slow_after = slow_after.total_seconds()
        self._gives_way_after = gives_way_after.total_seconds()
        self._aside = workers * PLACES_ASIDE
        self._slow_places = workers * (PLACES_ASIDE - KEPT_FREE)
        self._pool = ThreadPoolExecutor(workers + self._aside, thread_name_prefix="check")
        self._changed = Condition()
        self._running: dict[str, _Running] = {}
        self._slow: set[str] = set()
        self._lost: set[Future[Checked]] = set()
        self._done: deque[Future[Checked]] = deque()

    def __enter__(self) -> Self:
        """Return the dispatcher itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let running checks finish; an interrupted program leaves them and gives them back."""
        interrupted = kind is not None and issubclass(kind, KeyboardInterrupt)
        if interrupted:
            self.release()
        self._pool.shutdown(wait=not (interrupted or self._lost))

    def use(self, pipeline: Pipeline) -> None:
        """Run the checks to come on another line, under another configuration."""
        self._pipeline = pipeline

    @property
    def free(self) -> int:
        """Count the checks that could be started now."""
        now = monotonic()
        gave_way = sum(one.gives_way_at <= now for one in tuple(self._running.values()))
        aside = min(max(gave_way - waiting_to_be_read(), 0) + self.lost, self._aside)
        return max(self._workers + aside - len(self._running) - self.lost, 0)

    @property
    def lost(self) -> int:
        """Count the threads that hang in a check that was given up."""
        return len(self._lost)

    def start(self, source: Source, *, due: bool = False) -> Start:
        """Begin a check, or say why not; with `due`, only of a source that still is.

        ``wait``: no free place, or the host is being fetched or was a moment ago.
        ``taken``: the source is being checked already, here or by another program.
        """
        if source.id in self._running:
            return "taken"
        if not self.free or not self._has_place(source):
            return "wait"
        archive, now = self._pipeline.archive, self._pipeline.clock()
        lease = lease_of(source, self._margin)
        if not archive.claim(source.id, owner=self._owner, now=now, lease=lease, due=due):
            return "taken"
        with self._changed:
            future = self._pool.submit(self._pipeline.check, source)
            began = monotonic()
            self._running[source.id] = _Running(
                source,
                self._pipeline.fetcher.host(source.url),
                now,
                began,
                began if source.id in self._slow else began + self._gives_way_after,
                began + lease.total_seconds(),
                future,
            )
        future.add_done_callback(lambda ended: self._finish(source.id, ended))
        return "started"

    def wait(self, timeout_s: float) -> Iterator[Checked]:
        """Yield the checks that have ended, waiting up to `timeout_s` for the first.

        Raises what a check raised: `ArchiveError`, or a defect; `StalledError` where too many hang.
        """
        for future in self.ended(timeout_s):
            yield future.result()
        if self.lost > MOST_LOST * self._workers:
            raise StalledError(f"{self.lost} of {self._workers} checks at once hang for good")

    def ended(self, timeout_s: float) -> tuple[Future[Checked], ...]:
        """Return the checks that have ended, well or not, as `wait` does.

        One that another program has overtaken is left out: that program tells of it.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._done, timeout_s)
            done, self._done = self._done, deque()
        done += self._given_up()
        return tuple(
            future for future in done if not isinstance(future.exception(), OvertakenError)
        )

    def release(self) -> None:
        """Give back the claims of checks that still run; for a program that is about to end."""
        self._release(*tuple(self._running))
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def running(self) -> int:
        """Count the checks under way."""
        return len(self._running)

    def _has_place(self, source: Source) -> bool:
        fetcher = self._pipeline.fetcher
        if fetcher.busy(source.url):
            return False
        # A check that was begun a moment ago may not have come to its host yet.
        host = fetcher.host(source.url)
        if any(one.host == host for one in tuple(self._running.values())):
            return False
        slow = sum(one in self._slow for one in tuple(self._running))
        return source.id not in self._slow or slow + self.lost < self._slow_places

    def _learn_pace(self, ended: _Running) -> None:
        quick = monotonic() - ended.began < self._slow_after
        (self._slow.discard if quick else self._slow.add)(ended.source.id)

    def _given_up(self) -> Iterator[Future[Checked]]:
        with self._changed:
            now = monotonic()
            hung = [one for one in self._running.values() if one.deadline < now]
            for one in hung:
                self._learn_pace(self._running.pop(one.source.id))
                self._lost.add(one.future)
        for one in hung:
            ended: Future[Checked] = Future()
            ended.set_result(self._pipeline.give_up(one.source, one.started_at))
            yield ended

    def _finish(self, source: str, future: Future[Checked]) -> None:
        with self._changed:
            if future in self._lost:
                # It was told of as failed; what it found at last is not for anybody to tell.
                self._lost.discard(future)
                return
            self._learn_pace(self._running[source])
        if future.cancelled() or future.exception() is not None:
            self._release(source)
        with self._changed:
            self._running.pop(source, None)
            self._done.append(future)
            self._changed.notify_all()

    def _release(self, *sources: str) -> None:
        # Where even this fails, the next program here sees that the owner is dead.
        with suppress(ArchiveError):
            self._pipeline.archive.release(*sources, owner=self._owner)


def sweep(
    dispatcher: Dispatcher, sources: Iterable[Source], *, taken: Callable[[Source], None]
) -> Iterator[Checked]:
    """Check each source once, as many at a time as hosts and threads allow; yield as they end.

    A source that another program is checking is handed to `taken` instead.
    """
    waiting = deque(sources)
    while waiting or dispatcher.running:
        for _ in range(len(waiting)):
            if not dispatcher.free:
                break
            source = waiting.popleft()
            answer = dispatcher.start(source)
            if answer == "wait":
                waiting.append(source)
            elif answer == "taken":
                taken(source)
        yield from dispatcher.wait(POLL_S)
