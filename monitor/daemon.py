"""Keeps watch: APScheduler starts what is due, drains the outbox, and answers signals.

The schedule itself is in the archive, so a restart catches up and two daemons share the work.
"""

from __future__ import annotations

import signal
from datetime import timedelta
from threading import Event, Lock
from typing import TYPE_CHECKING, Protocol

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.dispatch import Dispatcher
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from monitor.pipeline import Checked
    from monitor.sources import Configuration
    from monitor.wiring import Station

TICK = timedelta(seconds=1)
GRACE = timedelta(seconds=8)
"""How long running checks may go on after SIGTERM; a service manager's patience is longer."""
LOOK_AHEAD = 8
"""Due sources looked at per free thread: those whose host is busy are passed over."""


class Report(Protocol):
    """Who is told what the daemon does; called from its threads."""

    def say(self, line: str) -> None:
        """Take a line about the daemon itself."""

    def checked(self, checked: Checked) -> None:
        """Take a check that has ended and is recorded."""

    def idle(self) -> None:
        """Take note that nothing is due and nothing runs."""


class Daemon:
    """Runs until SIGTERM or SIGINT; SIGHUP reads the configuration again."""

    def __init__(
        self, station: Station, *, reload: Callable[[], Configuration], report: Report
    ) -> None:
        self._station = station
        self._reload = reload
        self._report = report
        self._say = report.say
        self._dispatcher = Dispatcher(station.pipeline)
        self._wake = Event()
        self._stopping = False
        self._reloading = False
        self._failure: BaseException | None = None
        self._ticking = Lock()

    def run(self) -> int:
        """Watch until told to stop; then end within ten seconds, losing nothing.

        Returns how many checks had to be left unfinished: their threads cannot be stopped, so a
        program that wants to end must not wait for them.

        1. No new check is started.
        2. Running checks get eight seconds; what they record is recorded whole or not at all.
        3. Checks that still run give their claims back, so that a restart repeats them at once.
        Raises what a job raised: `ArchiveError`, or a defect.
        """
        scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        scheduler.add_listener(self._job_failed, EVENT_JOB_ERROR)
        now = self._station.pipeline.clock()
        scheduler.add_job(self.tick, "interval", seconds=TICK.seconds, next_run_time=now)
        scheduler.add_job(self.deliver, "interval", seconds=TICK.seconds, next_run_time=now)
        previous = self._listen()
        scheduler.start()
        self._say(self._greeting())
        try:
            self._until_told()
        finally:
            scheduler.shutdown(wait=False)
            unfinished = self._finish()
            for number, answer in previous.items():
                signal.signal(number, answer)
        if self._failure is not None:
            raise self._failure
        return unfinished

    def tick(self) -> None:
        """Collect what has ended, and start what is due for as long as a thread is free."""
        with self._ticking:
            for one in self._dispatcher.wait(0):
                self._report.checked(one)
            free = self._dispatcher.free
            while free and not self._stopping:
                started = self._start_due(free)
                for one in self._dispatcher.wait(TICK.total_seconds() / 2 if started else 0):
                    self._report.checked(one)
                if not started:
                    if not self._dispatcher.running:
                        self._report.idle()
                    return
                free = self._dispatcher.free

    def deliver(self) -> None:
        """Try every delivery that is due."""
        for delivery in self._station.courier.drain():
            after = self._station.archive.outbox.delivery(delivery.id)
            if after and after.attempts:
                answer = after.attempts[-1].answer
                self._say(
                    f"{after.channel}: {after.event} about {after.source}: {after.state}: {answer}"
                )

    def _start_due(self, free: int) -> int:
        watched = {source.id: source for source in self._station.configuration.sources}
        now = self._station.pipeline.clock()
        started = 0
        for ident in self._station.archive.due(now, limit=free * LOOK_AHEAD):
            if ident in watched and self._dispatcher.start(watched[ident]) == "started":
                started += 1
        return started

    def _listen(self) -> dict[int, signal._HANDLER]:
        wanted = {
            signal.SIGTERM: self._stop,
            signal.SIGINT: self._stop,
            signal.SIGHUP: self._ask_reload,
        }
        return {number: signal.signal(number, answer) for number, answer in wanted.items()}

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        self._wake.set()

    def _ask_reload(self, _number: int, _frame: FrameType | None) -> None:
        self._reloading = True
        self._wake.set()

    def _job_failed(self, event: JobExecutionEvent) -> None:
        self._failure = event.exception
        self._stopping = True
        self._wake.set()

    def _until_told(self) -> None:
        while not self._stopping:
            self._wake.wait()
            self._wake.clear()
            if self._reloading and not self._stopping:
                self._reloading = False
                self._reconfigure()

    def _reconfigure(self) -> None:
        try:
            fresh = self._reload()
        except ConfigError as error:
            self._say(f"the old configuration stays in force; the new one cannot be used:\n{error}")
            return
        with self._ticking:
            self._station = self._station.configured(fresh)
        self._say(f"configuration read again: {len(fresh.sources)} sources")

    def _finish(self) -> int:
        remaining = GRACE.total_seconds()
        clock = self._station.pipeline.clock
        end = clock() + GRACE
        while self._dispatcher.running and remaining > 0:
            for one in self._dispatcher.wait(remaining):
                self._report.checked(one)
            remaining = (end - clock()).total_seconds()
        left = self._dispatcher.running
        self._dispatcher.release()
        note = f"; {left} unfinished checks will be repeated" if left else ""
        self._say(f"stopped{note}")
        return left

    def _greeting(self) -> str:
        sources = [source for source in self._station.configuration.sources if source.enabled]
        channels = ", ".join(self._station.channels) or "none: add one to sources.toml to be told"
        count = "1 source" if len(sources) == 1 else f"{len(sources)} sources"
        return f"watching {count}; channels: {channels}; Ctrl-C stops"
