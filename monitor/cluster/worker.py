"""Does the jobs: one program of threads, of which any number may run on any number of machines."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

from monitor.cluster.imports import AGAIN, Imports, import_job
from monitor.cluster.jobs import CHECK, DELIVER, IMPORT, QUEUED, application, conninfo
from monitor.dispatch import MOST_LOST, lease_of
from monitor.errors import ArchiveError, OvertakenError, StalledError

if TYPE_CHECKING:
    from collections.abc import Callable

    from procrastinate import App, JobContext
    from procrastinate.jobs import Job

    from monitor.daemon import Report
    from monitor.model import Source
    from monitor.pipeline import Checked
    from monitor.wiring import Station

THREADS = 16
HEARTBEAT_S = 2.0
DEAD_AFTER_S = 10.0
"""A worker not heard of for this long is taken for dead, and its jobs are done by others."""
GRACE_S = 8.0
"""How long jobs under way may go on after SIGTERM."""
LONGEST_HOLD_S = 60.0
"""A host has its pause after a visit by the job that paid it staying, up to this long."""

Value = TypeVar("Value")


class Worker:
    """Runs until SIGTERM or SIGINT; a worker that dies loses nothing."""

    def __init__(self, station: Station, *, report: Report, threads: int = THREADS) -> None:
        self._station = station
        self._report = report
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="job")
        self._free = asyncio.Semaphore(threads)
        self._lost = 0
        self._stopping = False
        self._failure: BaseException | None = None
        self._running: asyncio.Task[None] | None = None
        self._imports = Imports(station, report, lambda: self._stopping)

    @property
    def unfinished(self) -> int:
        """Count the threads that hang: a program that wants to end must not wait for them."""
        return self._lost

    def run(self) -> None:
        """Do jobs until told to stop; those under way get eight seconds.

        Raises `ArchiveError` where the database cannot be used, or `StalledError` where too many
        checks hang.
        """
        asyncio.run(self._run())
        self._stopping = True
        self._pool.shutdown(wait=not self._lost, cancel_futures=True)
        if self._failure is not None:
            raise self._failure

    async def _run(self) -> None:
        address = conninfo(self._station.settings.database)
        app = application(PsycopgConnector(conninfo=address, min_size=2, max_size=4))
        app.task(name=CHECK, pass_context=True)(self._check)
        app.task(name=DELIVER)(self._deliver)
        app.task(name=IMPORT, pass_context=True)(self._import)
        try:
            async with app.open_async():
                takeover = asyncio.create_task(self._take_over(app))
                self._running = asyncio.create_task(
                    app.run_worker_async(
                        concurrency=4 * self._threads,
                        delete_jobs="always",
                        update_heartbeat_interval=HEARTBEAT_S,
                        stalled_worker_timeout=DEAD_AFTER_S,
                        shutdown_graceful_timeout=GRACE_S,
                    )
                )
                with suppress(asyncio.CancelledError):
                    await self._running
                takeover.cancel()
        except ConnectorException as error:
            raise ArchiveError(f"the queue cannot be used: {error.__cause__ or error}") from error

    async def _take_over(self, app: App) -> None:
        """Have the jobs of dead workers done by others."""
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_S)
            for job in stalled:
                # Another worker may be quicker.
                with suppress(ConnectorException):
                    await self._orphaned(app, job)

    async def _orphaned(self, app: App, job: Job) -> None:
        assert job.id is not None
        if job.task_name in {CHECK, IMPORT}:
            archive, source = self._station.archive, str(job.task_kwargs["source"])
            # It died before it took the source over, or after.
            for owner in (QUEUED, _leaseholder(job)):
                await self._in_thread(partial(archive.release, source, owner=owner))
        if job.queueing_lock:
            # What is still to be done is put in the queue again; perhaps it is there already.
            await app.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)
        else:
            await app.job_manager.retry_job_by_id_async(job.id, retry_at=datetime.now(UTC))

    async def _check(self, context: JobContext, source: str) -> None:
        watched = {one.id: one for one in self._station.configuration.sources}
        found = watched.get(source)
        if found is None:
            self._report.say(f"{source}: not in this worker's configuration; left to others")
            return
        pause = await self._guarded(lambda: self._checked(found, context), found)
        # The job holds the lock of its host, so that no other worker visits it meanwhile.
        await asyncio.sleep(min(pause, LONGEST_HOLD_S))

    async def _guarded(self, work: Callable[[], float], source: Source) -> float:
        limit = lease_of(source)
        async with self._free:
            started = self._station.pipeline.clock()
            try:
                return await asyncio.wait_for(self._in_thread(work), limit.total_seconds())
            except TimeoutError:
                self._lost += 1
        given_up = await self._in_thread(lambda: self._station.pipeline.give_up(source, started))
        self._report.checked(given_up)
        if self._lost > MOST_LOST * self._threads:
            self._end(StalledError(f"{self._lost} of {self._threads} checks hang for good"))
        return 0.0

    async def _in_thread(self, work: Callable[[], Value]) -> Value:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except ArchiveError as error:
            self._end(error)
            raise

    def _checked(self, source: Source, context: JobContext) -> float:
        """Check a source that still is due; return how long its host is to be left alone."""
        station, job = self._station, context.job
        archive, now = station.archive, station.pipeline.clock()
        mine, lease = _leaseholder(job), lease_of(source)
        if not archive.claim(source.id, owner=mine, now=now, lease=lease, due=True, over=QUEUED):
            return 0.0
        try:
            checked: Checked = replace(station.pipeline, owner=mine).check(source)
        except OvertakenError:
            return 0.0
        except BaseException:
            with suppress(ArchiveError):
                archive.release(source.id, owner=mine)
            raise
        self._report.checked(checked)
        return station.pipeline.fetcher.pause(source.url)

    async def _import(
        self, context: JobContext, source: str, files: list[str], *, deliver: bool
    ) -> None:
        watched = {one.id: one for one in self._station.configuration.sources}
        found = watched.get(source)
        if found is None:
            self._report.say(f"{source}: not in this worker's configuration; not imported")
            return
        mine = _leaseholder(context.job)
        async with self._free:
            done = await self._in_thread(
                lambda: self._imports.run(found, files, mine, deliver=deliver)
            )
        if not done:
            again = import_job(context.app, source, wait=AGAIN)
            await again.defer_async(source=source, files=[*files], deliver=deliver)

    async def _deliver(self, channel: str) -> None:
        await self._in_thread(lambda: self._drained(channel))

    def _drained(self, channel: str) -> None:
        courier = self._station.courier
        with courier.session(channel):
            while not self._stopping and (tried := courier.deliver(channel)):
                for one in tried:
                    self._report.delivered(one)

    def _end(self, failure: BaseException) -> None:
        self._failure = self._failure or failure
        if self._running is not None:
            self._running.cancel()


def _leaseholder(job: Job) -> str:
    """Name who checks a source: the job, so that its lease can be ended when its worker is dead."""
    return f"job:{job.id}:{job.attempts}"
