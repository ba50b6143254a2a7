"""``run`` and ``check``: look at policies, now or for years."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.clustering import queued, teller
from monitor.cli.exits import Exit, report
from monitor.cli.outcomes import (
    Found,
    detail,
    found,
    network_advice,
    print_table,
    verdict,
    word_of,
)
from monitor.cli.stations import chosen, configuration, settings, station
from monitor.errors import MonitorError
from monitor.model.renaming import advice
from monitor.render import answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.cli.journal import Journal
    from monitor.cli.serving import Beside
    from monitor.daemon import Daemon
    from monitor.model import Delivery, Source
    from monitor.wiring import Station


@app.command()
def run(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Check what is due, deliver, and leave.")
    ] = False,
    view: Annotated[
        bool, typer.Option("--web/--no-web", help="Whether to serve the web view, too.")
    ] = True,
    cluster: Annotated[
        bool, typer.Option("--cluster", help="Leave the work to `monitor worker` programs.")
    ] = False,
) -> None:
    """Watch every source until stopped.

    Checks on schedule, records changes, delivers alerts; SIGHUP reads sources.toml again.
    """
    in_json = settings(context.obj).log == "json"
    with station(context.obj) as built:
        if once:
            journal = _journal() if in_json else None
            checked = _sweep(built, built.due(), journal)
            built.remind()
            built.courier.drain(told=journal.delivered if journal else _unheard)
            if checked:
                print_table(output.console(), built, checked)
            raise typer.Exit(verdict(one.kind for one in checked))
        from monitor.cli.watching import Watch
        from monitor.daemon import Daemon
        from monitor.owner import presence
        from monitor.watchdog import Watchdog

        built.archive.upkeep.inspect()
        report_to = teller(context) if in_json or cluster else Watch(built)
        work = queued(context, built) if cluster else nullcontext((None, None))
        with (
            report_to as watch,
            presence(settings(context.obj).database) as other,
            work as (checks, deliveries),
        ):
            if other:
                watch.say(f"another monitor ({other}) runs on this database; they share the work")
            beside = _beside(built) if view else None
            daemon = Daemon(
                built,
                reload=partial(configuration, context.obj),
                report=beside.overhear(watch) if beside else watch,
                watchdog=Watchdog(settings(context.obj).service),
                checks=checks,
                deliveries=deliveries,
            )
            with beside.open(daemon, watch) if beside else nullcontext():
                code = _watch(daemon)
        if daemon.unfinished:
            # Threads that hang in a fetch would keep the interpreter from ending.
            sys.stdout.flush()
            os._exit(code)


def _beside(built: Station) -> Beside | None:
    if built.configuration.web.web == "off":
        return None
    from monitor.cli.serving import Beside

    return Beside(built)


def _journal() -> Journal:
    from monitor.cli.journal import Journal

    return Journal()


def _unheard(_: Delivery) -> None:
    """Leave it to ``deliveries`` to tell."""


def _watch(daemon: Daemon) -> Exit:
    try:
        daemon.run()
    except MonitorError as error:
        if not daemon.unfinished:
            raise
        return report(error)
    return Exit.FINE


@app.command()
def check(
    context: typer.Context,
    site: Annotated[
        list[str] | None, typer.Argument(help="Ids, sites, hosts or globs; all if left out.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Record nothing, tell nobody.")
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Leave with 1 where something changed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Check sources now, due or not.

    What that finds is delivered.
    """
    with station(context.obj) as built:
        enabled = [source for source in built.configuration.sources if source.enabled]
        sources = chosen(site or [], built.configuration.sources if site else enabled)
        if dry_run:
            kinds = _dry(built, sources, as_json=as_json)
            raise typer.Exit(_code(kinds, exit_code=exit_code))
        for new, before in built.renamed().items():
            _console_note(f"{new}: {advice(before)}")
        checked = _sweep(built, sources)
        built.courier.drain()
        if as_json:
            output.emit([_checked_json(one) for one in checked])
        elif checked:
            print_table(output.console(), built, checked)
            if all(one.failure for one in checked):
                _console_note(network_advice(checked))
        raise typer.Exit(_code([one.kind for one in checked], exit_code=exit_code))


def _code(kinds: Sequence[str], *, exit_code: bool) -> Exit:
    code = verdict(kinds)
    return Exit.CHANGED if exit_code and "changed" in kinds and code == Exit.FINE else code


def _sweep(
    built: Station, sources: Iterable[Source], journal: Journal | None = None
) -> list[Found]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from monitor.dispatch import Dispatcher, sweep

    wanted = list(sources)
    err = output.console(stderr=True)
    columns = (
        TextColumn("checking"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
    )
    checked = []
    hidden = bool(journal) or not err.is_terminal
    with (
        Progress(*columns, console=err, transient=True, disable=hidden) as bar,
        Dispatcher(built.pipeline) as dispatcher,
    ):
        task = bar.add_task("", total=len(wanted))
        taken: list[Source] = []
        for one in sweep(dispatcher, wanted, taken=taken.append):
            checked.append(found(one))
            if journal:
                journal.checked(one)
            bar.update(task, advance=1, description=one.check.source.id)
    for source in taken:
        line = f"{source.id}: another monitor is checking it now; left to that one"
        journal.say(line) if journal else err.print(line)
    order = {source.id: place for place, source in enumerate(wanted)}
    return sorted(checked, key=lambda one: order[one.source.id])


def _dry(built: Station, sources: Iterable[Source], *, as_json: bool) -> list[str]:
    looks = ((source.id, built.pipeline.look(source)) for source in sources)
    rows = [(source, word_of(outcome), detail(outcome)) for source, outcome in looks]
    if as_json:
        output.emit([{"source": s, "outcome": kind, "detail": said} for s, kind, said in rows])
    else:
        grid = output.table("source", "would be", "")
        for source, kind, said in rows:
            grid.add_row(source, kind, output.plain(said))
        output.console().print(grid)
    return [kind for _, kind, _ in rows]


def _checked_json(one: Found) -> dict[str, object]:
    return {
        "source": one.source.id,
        "outcome": one.kind.replace(" ", "_"),
        "detail": one.detail,
        "version": one.recorded.version,
        "change": one.recorded.change,
        "deliveries": one.recorded.deliveries,
        "checked_at": answers.utc(one.checked_at),
        "next_check_at": answers.utc(one.next_check_at),
    }


def _console_note(line: str) -> None:
    output.console(stderr=True).print(line, markup=False)
