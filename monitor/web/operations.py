"""For whoever runs it: is it alive, is it ready, and its numbers for Prometheus."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily
from starlette.responses import JSONResponse, Response

from monitor import __version__
from monitor.errors import ArchiveError
from monitor.web.pulse import MOST_SOURCES, PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from monitor.model import Gauges
    from monitor.web.desk import Desk

STALE = timedelta(minutes=2)
"""A daemon that has not looked for what is due for so long hangs."""
OVERDUE_LIMIT = timedelta(hours=1)
"""A source that should have been checked so long ago shows that nobody checks."""


def routes(desk: Desk) -> APIRouter:
    """Return the routes for probes and metrics."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    def healthz() -> Response:
        return JSONResponse({"status": "alive"}, headers={"cache-control": "no-store"})

    @router.get("/readyz")
    def readyz() -> Response:
        faults = not_ready(desk)
        status = {"status": "not ready" if faults else "ready", "faults": faults}
        return JSONResponse(status, 503 if faults else 200, {"cache-control": "no-store"})

    @router.get("/metrics")
    def metrics() -> Response:
        text = _exposed(desk)
        return Response(text, media_type=CONTENT_TYPE_LATEST, headers={"cache-control": "no-store"})

    return router


def not_ready(desk: Desk) -> list[str]:
    """Say what keeps the monitor from doing its work; nothing where it is ready."""
    now = desk.clock()
    faults = []
    if desk.pulse.ticked_at is not None:
        ticked = desk.pulse.ticked_at()
        if ticked is None or now - ticked > STALE:
            faults.append("the daemon has not looked for what is due for two minutes")
    try:
        oldest = desk.archive.lists.gauges(now).oldest_due_at
    except ArchiveError as error:
        return [*faults, str(error)]
    if oldest is not None and now - oldest > OVERDUE_LIMIT:
        faults.append(f"a source has been due since {oldest:%Y-%m-%dT%H:%M:%SZ}")
    return faults


def _exposed(desk: Desk) -> bytes:
    found = desk.archive.lists.gauges(desk.clock(), most=MOST_SOURCES)
    registry = desk.pulse.registry
    collector = _Standing(found, desk.archive.upkeep.size())
    # Registered for this one answer: its numbers are of this moment.
    alone = type(registry)(auto_describe=False)
    alone.register(collector)
    return generate_latest(registry) + generate_latest(alone)


class _Standing:
    """How things stand, as metrics."""

    def __init__(self, gauges: Gauges, size: int) -> None:
        self._gauges = gauges
        self._size = size

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield one family a number."""
        for name, said, value in (
            ("sources", "Sources that are watched.", self._gauges.sources),
            ("overdue_sources", "Sources that should have been checked.", self._gauges.overdue),
            ("failing_sources", "Sources whose last check failed.", self._gauges.failing),
            ("blocked_sources", "Sources whose last check was blocked.", self._gauges.blocked),
            ("pending_differences", "Differences to be confirmed.", self._gauges.pending),
            ("quarantined_captures", "Captures in quarantine.", self._gauges.quarantined),
            ("open_outages", "Outages that are open.", self._gauges.outages),
            ("outbox_pending", "Deliveries that wait.", self._gauges.outbox_pending),
            ("outbox_failed", "Deliveries that were given up.", self._gauges.outbox_failed),
            ("db_bytes", "Size of the database.", self._size),
        ):
            yield GaugeMetricFamily(f"{PREFIX}_{name}", said, value=value)
        yield self._seen(self._gauges.last_success_at)
        build = GaugeMetricFamily(f"{PREFIX}_build_info", "This program.", labels=("version",))
        build.add_metric((__version__,), 1)
        yield build

    def _seen(self, times: Mapping[str, datetime]) -> GaugeMetricFamily:
        name = f"{PREFIX}_last_success_timestamp_seconds"
        said = "When a check last reached the policy; left out where there are too many sources."
        family = GaugeMetricFamily(name, said, labels=("source",))
        for source, at in times.items():
            family.add_metric((source,), at.timestamp())
        return family
