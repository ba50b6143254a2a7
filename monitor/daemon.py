"""Keeps watch: APScheduler starts what is due, drains the outbox, and answers signals.

The schedule itself is in the archive, so a restart catches up and two daemons share the work.
"""

from __future__ import annotations

import logging
import signal
import sys
from contextlib import suppress
from datetime import timedelta
from queue import Empty, SimpleQueue
from threading import Lock
from time import monotonic, monotonic_ns
from typing import TYPE_CHECKING, Protocol

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.deliver import Round
from monitor.dispatch import Dispatcher
from monitor.errors import ConfigError
from monitor.maintain import Maintenance
from monitor.model.renaming import advice
from monitor.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Future
    from datetime import datetime
    from types import FrameType

    from apscheduler.schedulers.base import BaseScheduler

    from monitor.deliver import Courier
    from monitor.dispatch import Start
    from monitor.model import Delivery, Source
    from monitor.pipeline import Checked, Pipeline
    from monitor.sources import Configuration
    from monitor.wiring import Station

TICK = timedelta(seconds=1)
MAINTAIN_EVERY = timedelta(minutes=1)
REMIND_EVERY = timedelta(minutes=1)
CLOCK_EVERY = timedelta(seconds=1)
"""How often the clock is looked at by something that does not depend on it.

A signal that arrives just before a wait begins does not end it: this bounds what that costs, too.
"""
CLOCK_BACK = timedelta(minutes=1)
"""Going back by less is what clocks do when they are set right; it is slept through."""
GRACE = timedelta(seconds=6)
"""How long running checks may go on after SIGTERM; a service manager's patience is longer."""
ENDING_TURN_S = 0.0001
"""How long a thread that computes may keep the interpreter from others, once all is to end.

Ending takes a few hundred turns; where twenty threads read huge pages, each is twenty turns late.
"""
LOOK_AHEAD = 8
"""Due sources looked at per free thread: those whose host is busy are passed over.

Where all of these have to wait, all that are due are looked at, so that one host with many sources
holds up nobody else.
"""

# What it warns of is a tick that takes longer than a second, which is nothing to worry about; what
# a job raises is raised again by `Daemon.run`.
logging.getLogger("apscheduler").addHandler(logging.NullHandler())


NAMELESS = "publishers cannot see who is asking: set contact in [monitor] of sources.toml"


class Report(Protocol):
    """Who is told what the daemon does; called from its threads."""

    def say(self, line: str) -> None:
        """Take a line about the daemon itself."""

    def checked(self, checked: Checked) -> None:
        """Take a check that has ended and is recorded."""

    def delivered(self, delivery: Delivery) -> None:
        """Take a delivery that was tried, as it stands after that."""

    def idle(self) -> None:
        """Take note that nothing is due and nothing runs."""


class Checking(Protocol):
    """Who does the checks the daemon finds due: threads of its own, or workers elsewhere."""

    @property
    def free(self) -> int:
        """How many more could be started now."""

    @property
    def running(self) -> int:
        """How many are under way here."""

    @property
    def lost(self) -> int:
        """How many hang for good here."""

    def use(self, pipeline: Pipeline) -> None:
        """Run those to come under another configuration."""

    def start(self, source: Source, *, due: bool = False) -> Start:
        """Begin one, or say why not."""

    def wait(self, timeout_s: float) -> Iterable[Checked]:
        """Give those that have ended here."""

    def ended(self, timeout_s: float) -> Iterable[Future[Checked]]:
        """Give those that have ended here, well or not."""

    def release(self) -> None:
        """Give back what is not finished."""


class Delivering(Protocol):
    """Who drains the outbox."""

    def start(self, courier: Courier | None = None) -> int:
        """Begin draining every channel that has something to send."""

    def stop(self, timeout_s: float) -> int:
        """Begin no more; return how many are still under way after the timeout."""


class Daemon:
    """Runs until SIGTERM or SIGINT; SIGHUP reads the configuration again."""

    def __init__(
        self,
        station: Station,
        *,
        reload: Callable[[], Configuration],
        report: Report,
        watchdog: Watchdog | None = None,
        checks: Checking | None = None,
        deliveries: Delivering | None = None,
    ) -> None:
        self._station = station
        self._reload = reload
        self._report = report
        self._watchdog = watchdog or Watchdog()
        self._say = report.say
        self._dispatcher = checks or Dispatcher(station.pipeline)
        # A signal may interrupt the very wait it is to end: unlike an event's, this lock allows it.
        self._asked: SimpleQueue[None] = SimpleQueue()
        self._stopping = False
        self._reloading = False
        self._failure: BaseException | None = None
        self._ticking = Lock()
        self._latest = station.pipeline.clock()
        self._round = deliveries or Round(station.courier, told=report.delivered)
        self._maintenance = Maintenance(station.archive, say=report.say)
        self.ticked_at: datetime | None = None
        """UTC; when it last looked for what is due."""
        self.unfinished = 0
        """Checks and deliveries left under way in the end: their threads cannot be stopped, so a
        program that wants to end must not wait for them."""

    def run(self) -> None:
        """Watch until told to stop; then end within ten seconds, losing nothing.

        1. No new check and no new delivery is started.
        2. Those under way get six seconds; what they record is recorded whole or not at all.
        3. Checks that still run give their claims back, so that a restart repeats them at once.
        Raises what a job raised: `ArchiveError`, or a defect; or `StalledError` where jobs hang.
        """
        scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        scheduler.add_listener(self._job_failed, EVENT_JOB_ERROR)
        now = self._station.pipeline.clock()
        scheduler.add_job(self.tick, "interval", seconds=TICK.seconds, next_run_time=now)
        scheduler.add_job(self.remind, "interval", seconds=REMIND_EVERY.seconds, next_run_time=now)
        scheduler.add_job(self.deliver, "interval", seconds=TICK.seconds, next_run_time=now)
        later = now + MAINTAIN_EVERY
        every = MAINTAIN_EVERY.seconds
        scheduler.add_job(self.maintain, "interval", seconds=every, next_run_time=later)
        previous = self._listen()
        scheduler.start()
        self._say(self._greeting())
        self._tell_renamed()
        self._watchdog.tell("READY=1")
        try:
            self._until_told(scheduler)
        finally:
            self._stopping = True
            sys.setswitchinterval(ENDING_TURN_S)
            self._watchdog.tell("STOPPING=1")
            scheduler.shutdown(wait=False)
            self._finish()
            for number, answer in previous.items():
                signal.signal(number, answer)
        if self._failure is not None:
            raise self._failure

    def tick(self) -> None:
        """Collect what has ended, and start what is due for as long as a thread is free."""
        with self._ticking:
            self.ticked_at = self._station.pipeline.clock()
            self._collect(0)
            while self._dispatcher.free and not (self._stopping or self._reloading):
                started, due = self._start_due()
                self._collect(TICK.total_seconds() / 2 if started else 0)
                if not started:
                    if not due and not self._dispatcher.running:
                        self._report.idle()
                    break
        self._watchdog.beat()

    def deliver(self) -> None:
        """Begin every delivery that is due; a slow channel delays only its own."""
        self._round.start(self._station.courier)

    def remind(self) -> None:
        """Owe the reminders of deadlines that are due."""
        if not (self._stopping or self._reloading):
            self._station.remind()

    def maintain(self) -> None:
        """Do a part of the chores."""
        configured = self._station.configuration
        self._maintenance.turn(
            configured.sources,
            configured.quota,
            self._station.pipeline.clock(),
            stamp=self._station.stamp,
            stopping=lambda: self._stopping,
        )

    def _start_due(self) -> tuple[int, int]:
        """Start what can be; return how many were started, and how many of those due were seen."""
        watched = {source.id: source for source in self._station.configuration.sources}
        now = self._station.pipeline.clock()
        few = self._dispatcher.free * LOOK_AHEAD
        due = self._station.archive.due(now, limit=few)
        started = self._start(watched, due)
        if not started and len(due) == few:
            due = self._station.archive.due(now)
            started = self._start(watched, due)
        return started, len(due)

    def _start(self, watched: Mapping[str, Source], due: Sequence[str]) -> int:
        started = 0
        for ident in due:
            if self._stopping or not self._dispatcher.free:
                break
            if ident in watched and self._dispatcher.start(watched[ident], due=True) == "started":
                started += 1
        return started

    def _collect(self, timeout_s: float) -> None:
        for one in self._dispatcher.wait(timeout_s):
            self._report.checked(one)

    def _listen(self) -> dict[int, signal._HANDLER]:
        wanted = {
            signal.SIGTERM: self._stop,
            signal.SIGINT: self._stop,
            signal.SIGHUP: self._ask_reload,
        }
        return {number: signal.signal(number, answer) for number, answer in wanted.items()}

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        self._asked.put(None)

    def _ask_reload(self, _number: int, _frame: FrameType | None) -> None:
        self._reloading = True
        self._asked.put(None)

    def _job_failed(self, event: JobExecutionEvent) -> None:
        self._failure = event.exception
        self._stopping = True
        self._asked.put(None)

    def mind_clock(self, scheduler: BaseScheduler) -> None:
        """Go on at once where the clock went back: jobs wait for a time that may be far away."""
        now = self._station.pipeline.clock()
        before, self._latest = self._latest, now
        if before - now < CLOCK_BACK:
            return
        self._say(f"the clock went back by {before - now}; what waited for it goes on now")
        self._station.archive.forget_future(now)
        for job in scheduler.get_jobs():
            job.modify(next_run_time=now)

    def _until_told(self, scheduler: BaseScheduler) -> None:
        while not self._stopping:
            with suppress(Empty):
                self._asked.get(timeout=CLOCK_EVERY.total_seconds())
            self.mind_clock(scheduler)
            if not self._stopping:
                self._watchdog.check()
            if self._reloading and not self._stopping:
                self._reloading = False
                self._watchdog.tell(f"RELOADING=1\nMONOTONIC_USEC={monotonic_ns() // 1000}")
                self._reconfigure()
                self._watchdog.tell("READY=1")

    def _reconfigure(self) -> None:
        try:
            fresh = self._reload()
            with self._ticking:
                self._station = self._station.configured(fresh)
                self._dispatcher.use(self._station.pipeline)
        except ConfigError as error:
            self._say(f"the old configuration stays in force; the new one cannot be used:\n{error}")
            return
        self._say(f"configuration read again: {_counted(len(fresh.sources))}")
        self._tell_renamed()

    def _tell_renamed(self) -> None:
        for source, before in self._station.renamed().items():
            self._say(f"{source}: {advice(before)}")

    def _finish(self) -> None:
        end = monotonic() + GRACE.total_seconds()
        hanging = not self._ticking.acquire(timeout=GRACE.total_seconds())
        if not hanging:
            while self._dispatcher.running and (left := end - monotonic()) > 0:
                for future in self._dispatcher.ended(left):
                    error = future.exception()
                    if error is None:
                        self._report.checked(future.result())
                    self._failure = self._failure or error
            self._ticking.release()
        delivering = self._round.stop(max(end - monotonic(), 0))
        checks = self._dispatcher.running
        self._dispatcher.release()
        self.unfinished = checks + delivering + hanging + self._dispatcher.lost
        note = f"; {checks} unfinished checks will be repeated" if checks else ""
        note += f"; {delivering} unanswered deliveries will be tried again" if delivering else ""
        self._say(f"stopped{note}")

    def _greeting(self) -> str:
        sources = [source for source in self._station.configuration.sources if source.enabled]
        channels = ", ".join(self._station.channels) or "none: add one to sources.toml to be told"
        nameless = "" if self._station.reachable else f"\n{NAMELESS}"
        return f"watching {_counted(len(sources))}; channels: {channels}; Ctrl-C stops{nameless}"


def _counted(sources: int) -> str:
    return "1 source" if sources == 1 else f"{sources} sources"
