"""Takes the daemon's place at work: what is due becomes a job instead of a thread."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from procrastinate.exceptions import AlreadyEnqueued

from monitor.cluster.jobs import CHECK, DELIVER, QUEUED, host_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from procrastinate import App

    from monitor.deliver import Courier
    from monitor.dispatch import Start
    from monitor.model import Source
    from monitor.pipeline import Checked, Pipeline

WAITS_FOR_WORKER = timedelta(minutes=15)
"""How long a source is left to the job that is to check it; then it is put in the queue again, if
it is not there still."""
AT_ONCE = 500
"""Jobs put in the queue in one go."""


class Checks:
    """Puts checks in the queue; what they find is known to the workers and the archive alone."""

    running = 0
    lost = 0
    free = AT_ONCE

    def __init__(self, app: App, pipeline: Pipeline) -> None:
        self._app = app
        self._pipeline = pipeline
        pipeline.archive.abandon([QUEUED])

    def use(self, pipeline: Pipeline) -> None:
        """Go on under another configuration."""
        self._pipeline = pipeline

    def start(self, source: Source, *, due: bool = False) -> Start:
        """Put the check of a source in the queue, unless it is there or under way.

        The claim comes before the job: a worker may be quicker than anything after it. Where this
        program dies between the two, the next scheduler ends the claim.
        """
        archive, now = self._pipeline.archive, self._pipeline.clock()
        if not archive.claim(source.id, owner=QUEUED, now=now, lease=WAITS_FOR_WORKER, due=due):
            return "taken"
        job = self._app.configure_task(
            CHECK, lock=host_lock(source), queueing_lock=f"{CHECK}:{source.id}"
        )
        with suppress(AlreadyEnqueued):
            job.defer(source=source.id)
        return "started"

    def wait(self, timeout_s: float) -> Iterator[Checked]:
        """Yield nothing: nothing is done here."""
        del timeout_s
        yield from ()

    def ended(self, timeout_s: float) -> tuple[Future[Checked], ...]:
        """Return nothing."""
        del timeout_s
        return ()

    def release(self) -> None:
        """Leave the jobs to the workers."""


class Deliveries:
    """Puts in the queue which channels have something to send."""

    def __init__(self, app: App) -> None:
        self._app = app

    def start(self, courier: Courier | None = None) -> int:
        """Have every channel drained that has something to send; return how many there are."""
        channels = courier.due() if courier else ()
        for channel in channels:
            lock = f"{DELIVER}:{channel}"
            job = self._app.configure_task(DELIVER, lock=lock, queueing_lock=lock)
            with suppress(AlreadyEnqueued):
                job.defer(channel=channel)
        return len(channels)

    def stop(self, timeout_s: float) -> int:
        """Leave the jobs to the workers."""
        del timeout_s
        return 0
