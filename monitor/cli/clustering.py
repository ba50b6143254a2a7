"""``worker``, and what ``run --cluster`` needs."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.app import app
from monitor.cli.exits import Exit, report
from monitor.cli.stations import settings, station
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.cli.journal import Journal
    from monitor.cli.watching import Lines
    from monitor.cluster.scheduling import Checks, Deliveries
    from monitor.wiring import Station


@app.command()
def worker(
    context: typer.Context,
    threads: Annotated[
        int, typer.Option(min=1, max=256, help="Checks and deliveries at once.")
    ] = 16,
) -> None:
    """Do the work that `monitor run --cluster` finds due.

    Any number of workers may run, on any number of machines that reach the database. One that dies
    loses nothing: after ten seconds the others do what it left.
    """
    from monitor.cluster.jobs import opened

    with station(context.obj) as built, opened(settings(context.obj).database):
        from monitor.cluster.worker import Worker

        with teller(context) as told:
            told.say("working; Ctrl-C stops")
            hired = Worker(built, report=told, threads=threads)
            try:
                hired.run()
                code = Exit.FINE
            except MonitorError as error:
                if not hired.unfinished:
                    raise
                code = report(error)
        if hired.unfinished:
            # Threads that hang in a fetch would keep the interpreter from ending.
            sys.stdout.flush()
            os._exit(code)


@contextmanager
def queued(context: typer.Context, built: Station) -> Iterator[tuple[Checks, Deliveries]]:
    """Give what a daemon works with where workers do the work."""
    from monitor.cluster.jobs import opened

    with opened(settings(context.obj).database) as queue:
        from monitor.cluster.scheduling import Checks, Deliveries

        yield Checks(queue, built.pipeline), Deliveries(queue)


def teller(context: typer.Context) -> Journal | Lines:
    """Return who says what happens, in the form the environment asks for."""
    if settings(context.obj).log == "json":
        from monitor.cli.journal import Journal

        return Journal()
    from monitor.cli.watching import Lines

    return Lines()
