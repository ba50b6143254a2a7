"""``run`` and ``check``: look at policies, now or for years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.exits import Exit
from monitor.cli.stations import chosen, configuration, station
from monitor.model import Blocked, Changed, Failed, First, Pending, Rederived, Unchanged, Variant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from monitor.model import Outcome, Source
    from monitor.pipeline import Checked
    from monitor.wiring import Station

STYLES = {"changed": "bold green", "pending": "yellow", "blocked": "red", "failed": "red"}


@app.command()
def run(
    context: typer.Context,
    once: Annotated[  # noqa: FBT002
        bool, typer.Option("--once", help="Check what is due, deliver, and leave.")
    ] = False,
) -> int:
    """Watch every source: check on schedule, record changes, deliver alerts."""
    with station(context.obj) as built:
        due = built.due()
        checked = _sweep(built, due) if due else []
        if checked:
            _print_table(output.console(), built, checked)
        code = _verdict(checked)
        if once:
            built.courier.drain()
            return code
        if checked and all(isinstance(c.check.outcome, Failed) for c in checked):
            _console_note(_network_advice(checked))
        from monitor.daemon import Daemon

        Daemon(
            built,
            reload=lambda: configuration(context.obj),
            say=lambda line: output.console(stderr=True).print(line, markup=False),
        ).run()
        return Exit.FINE


@app.command()
def check(
    context: typer.Context,
    site: Annotated[
        list[str] | None, typer.Argument(help="Ids, sites, hosts or globs; all if left out.")
    ] = None,
    dry_run: Annotated[  # noqa: FBT002
        bool, typer.Option("--dry-run", help="Record nothing, tell nobody.")
    ] = False,
    exit_code: Annotated[  # noqa: FBT002
        bool, typer.Option("--exit-code", help="Leave with 1 where something changed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002
) -> int:
    """Check sources now, whether they are due or not, and deliver what that finds."""
    with station(context.obj) as built:
        enabled = [source for source in built.configuration.sources if source.enabled]
        sources = chosen(site or [], built.configuration.sources if site else enabled)
        if dry_run:
            return _dry(built, sources, as_json=as_json)
        checked = _sweep(built, sources)
        built.courier.drain()
        if as_json:
            output.emit([_checked_json(one) for one in checked])
        else:
            _print_table(output.console(), built, checked)
            if checked and all(isinstance(c.check.outcome, Failed) for c in checked):
                _console_note(_network_advice(checked))
        code = _verdict(checked)
        changed = any(isinstance(one.check.outcome, Changed) for one in checked)
        return Exit.CHANGED if exit_code and changed and code == Exit.FINE else code


def _sweep(built: Station, sources: Iterable[Source]) -> list[Checked]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from monitor.dispatch import Dispatcher, sweep

    wanted = list(sources)
    err = output.console(stderr=True)
    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    checked = []
    with (
        Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar,
        Dispatcher(built.pipeline, owner=built.owner) as dispatcher,
    ):
        task = bar.add_task("", total=len(wanted))
        taken: list[Source] = []
        for one in sweep(dispatcher, wanted, taken=taken.append):
            checked.append(one)
            bar.update(task, advance=1, description=one.check.source.id)
    for source in taken:
        err.print(f"{source.id}: another monitor is checking it now; left to that one")
    order = {source.id: place for place, source in enumerate(wanted)}
    return sorted(checked, key=lambda one: order[one.check.source.id])


def _dry(built: Station, sources: Iterable[Source], *, as_json: bool) -> int:
    from monitor.errors import FetchError

    rows: list[tuple[Source, Outcome]] = []
    for source in sources:
        try:
            rows.append((source, built.pipeline.look(source)[1]))
        except FetchError as error:
            rows.append((source, Failed(error.kind, str(error), error.permanent, error.status)))
    if as_json:
        output.emit([{"source": s.id, "outcome": kind_of(o), "detail": detail(o)} for s, o in rows])
        return Exit.FINE
    grid = output.table("source", "would be", "")
    for source, outcome in rows:
        grid.add_row(source.id, kind_of(outcome), output.plain(detail(outcome)))
    output.console().print(grid)
    return Exit.FINE


def kind_of(outcome: Outcome) -> str:
    """Name an outcome as people and programs read it."""
    match outcome:
        case Unchanged(by="validators"):
            return "not modified"
        case Rederived():
            return "re-read"
        case _:
            return type(outcome).__name__.lower()


def detail(outcome: Outcome) -> str:
    """Say what there is to say about an outcome, on one line."""
    match outcome:
        case First(document=document):
            date = output.date_value(document.dates.last_updated)
            words = len(document.text.split())
            sections = output.count(len(document.sections), "section")
            return output.joined(
                (f"{words} words", sections, f"dated {date}" if date else "states no date")
            )
        case Changed(comparison=comparison):
            return comparison.reason
        case Pending(reason=reason):
            return f"{reason}; waits for a second capture"
        case Variant(version=number):
            return f"back to version {number}"
        case Blocked(reason=reason, message=message):
            return message or reason
        case Failed(kind=kind, message=message):
            return f"{kind}: {message}"
        case _:
            return ""


def _print_table(out: Console, built: Station, checked: list[Checked]) -> None:
    from rich.text import Text

    grid = output.table("source", "found", "", "next check")
    for one in checked:
        kind = kind_of(one.check.outcome)
        grid.add_row(
            one.check.source.id,
            Text(kind, STYLES.get(kind, "")),
            Text(output.plain(detail(one.check.outcome))),
            output.local(one.check.next_check_at),
        )
    out.print(grid)
    changed = [one.check.source.id for one in checked if isinstance(one.check.outcome, Changed)]
    told = sum(one.recorded.deliveries for one in checked)
    if changed:
        out.print(f"\n{output.count(len(changed), 'policy')} changed".replace("policys", "policies"))
        out.print(f"See what: monitor diff {changed[0]}", markup=False)
    if told:
        pending = built.archive.outbox.pending_count()
        out.print(f"{output.count(told, 'alert')} to deliver, {pending} waiting", markup=False)


def _checked_json(one: Checked) -> dict[str, object]:
    return {
        "source": one.check.source.id,
        "outcome": kind_of(one.check.outcome).replace(" ", "_"),
        "detail": detail(one.check.outcome),
        "version": one.recorded.version,
        "change": one.recorded.change,
        "deliveries": one.recorded.deliveries,
        "checked_at": output.utc(one.check.finished_at),
        "next_check_at": output.utc(one.check.next_check_at),
    }


def _verdict(checked: list[Checked]) -> int:
    troubled = [one for one in checked if isinstance(one.check.outcome, Failed | Blocked)]
    if not troubled:
        return Exit.FINE
    return Exit.ALL_FAILED if len(troubled) == len(checked) else Exit.SOME_FAILED


def _network_advice(checked: list[Checked]) -> str:
    kinds = {one.check.outcome.kind for one in checked if isinstance(one.check.outcome, Failed)}
    if kinds <= {"dns", "connect", "timeout"}:
        return (
            "No source could be reached: this machine seems to have no network. "
            "`monitor demo` shows everything without one."
        )
    return "Every source failed; `monitor status` says why."


def _console_note(line: str) -> None:
    output.console(stderr=True).print(line, markup=False)
