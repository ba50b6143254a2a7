"""``import``: history from elsewhere, down the same line as a live check."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, nullcontext
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.exits import Exit
from monitor.cli.outcomes import word_of
from monitor.cli.progress import progress
from monitor.cli.stations import one, settings, station
from monitor.errors import UsageError, WorkerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from monitor.exchange.ahead import Ahead
    from monitor.exchange.history import History
    from monitor.exchange.index import Index
    from monitor.exchange.skipped import Skipped
    from monitor.model import Source
    from monitor.wiring import Station

importing = typer.Typer(help="Bring in captures made elsewhere.", no_args_is_help=True)
app.add_typer(importing, name="import")


@importing.command("warc")
def warc(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="WARC files, gzipped or not.")
    ],
    source: Annotated[
        str | None, typer.Option(help="Id of the source the captures are of.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every source whose address the files hold.")
    ] = False,
    deliver: Annotated[
        bool, typer.Option("--deliver", help="Tell the source's channels of what changed.")
    ] = False,
    jobs: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that read captures; more are faster.")
    ] = 1,
    queue: Annotated[
        bool, typer.Option("--queue", help="Leave it to `monitor worker`, a job a source.")
    ] = False,
) -> None:
    """Feed the captures of a source's address in WARC files through the line, oldest first.

    Each capture confirms what the one before it showed; what is pending in the end is released.
    Nobody is told unless --deliver says so. It is safe to run twice, and to run again after it was
    interrupted: what was imported is left out, and the rest goes on from there.
    """
    if (source is None) is not every:
        raise UsageError("say whose captures these are: --source ID, or --all")
    with station(context.obj) as built:
        known = built.configuration.sources
        wanted = tuple(known) if source is None else (one(source, known),)
        if queue:
            _put(context, files, wanted, deliver=deliver)
            return
        try:
            with resumable():
                held = _import(built, files, wanted, jobs=jobs, deliver=deliver)
        except WorkerError:
            typer.echo(
                "monitor: a process that read captures died, perhaps for want of memory. What was "
                "imported is kept; run the same command again to go on, with --jobs 1 if need be",
                err=True,
            )
            raise typer.Exit(Exit.ALL_FAILED) from None
        if deliver:
            built.courier.drain()
    if held:
        raise typer.Exit(Exit.SOME_FAILED)


def _put(
    context: typer.Context, files: Sequence[Path], wanted: Sequence[Source], *, deliver: bool
) -> None:
    from monitor.cluster.imports import put
    from monitor.cluster.jobs import opened

    index = _read_through(files, wanted)
    present = [source for source in wanted if index.holds(source.url)]
    with opened(settings(context.obj).database) as app:
        for source in present:
            put(app, source.id, files, deliver=deliver)
    typer.echo(f"{output.count(len(present), 'import')} put in the queue; workers do them")


@contextmanager
def resumable() -> Iterator[None]:
    """End the command at Ctrl-C, saying that it can be run again."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("monitor: interrupted; run the same command again to go on", err=True)
        raise typer.Exit(Exit.INTERRUPTED) from None


def _import(
    built: Station, files: Sequence[Path], wanted: Sequence[Source], *, jobs: int, deliver: bool
) -> int:
    """Import the captures of these sources; return how many sources another program held."""
    from monitor.exchange.history import History

    index = _read_through(files, wanted)
    present = [source for source in wanted if index.holds(source.url)]
    skipped: Skipped = Counter(index.skipped)
    if not present:
        tell_skipped(skipped)
        addresses = wanted[0].url if len(wanted) == 1 else "any configured source"
        raise UsageError(f"{', '.join(map(str, files))}: no record of {addresses}")
    held = 0
    with _workers(jobs) as ahead:
        for source in present:
            history = History(built.pipeline, source, index, deliver=deliver)
            held += not import_one(built, history, ahead)
            skipped += history.skipped
    tell_skipped(skipped)
    _tell_policies_elsewhere(index)
    return held


def _read_through(files: Sequence[Path], wanted: Sequence[Source]) -> Index:
    from monitor.exchange.index import Index
    from monitor.sources.kinds import OTHER, guess

    def looks_like_a_policy(url: str) -> bool:
        return len(wanted) > 1 and guess(url)["kind"] != OTHER

    urls = [source.url for source in wanted]
    sizes = [path.stat().st_size if path.exists() else 0 for path in files]
    with progress() as bar:
        task = bar.add_task("reading", total=sum(sizes))

        def passed(file: int, offset: int) -> None:
            bar.update(task, completed=sum(sizes[:file]) + offset)

        return Index(files, urls, passed=passed, policy=looks_like_a_policy)


def import_one(built: Station, history: History[Any], ahead: Ahead | None = None) -> bool:
    """Feed one source and say what came of it; tell whether nobody else held it."""
    from monitor.exchange.history import claimed

    source = history.source
    with claimed(built.pipeline, source, built.owner) as free:
        if free:
            typer.echo(_feed(history, ahead))
        else:
            typer.echo(f"{source.id}: another monitor is checking it now", err=True)
    return free


def _feed(history: History[Any], ahead: Ahead | None) -> str:
    counts: Counter[str] = Counter()
    with progress() as bar:
        total = history.trove.count(history.source.url)
        task = bar.add_task(history.source.id, total=total)
        for checked in history.feed(ahead):
            counts[word_of(checked.check.outcome)] += 1
            bar.update(task, completed=counts.total() + history.skipped.total())
    captures = output.count(counts.total(), "capture")
    counts["released"] = int(history.released is not None)
    found = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()) if number)
    return f"{history.source.id}: {captures}: {found or 'nothing new'}"


def tell_skipped(skipped: Skipped) -> None:
    """Say what was left out, and why."""
    from monitor.exchange.skipped import WORDS

    for reason, words in WORDS.items():
        if skipped[reason]:
            typer.echo(f"left out: {output.count(skipped[reason], 'record')} {words}", err=True)


def _tell_policies_elsewhere(index: Index) -> None:
    if index.policies_elsewhere:
        addresses = index.policies_elsewhere
        typer.echo(
            f"{addresses} more address{'es look' if addresses > 1 else ' looks'} like "
            f"{'policies' if addresses > 1 else 'a policy'} and belong"
            f"{'' if addresses > 1 else 's'} to no source",
            err=True,
        )


def _workers(jobs: int) -> AbstractContextManager[Ahead | None]:
    if jobs == 1:
        return nullcontext()
    from monitor.exchange.ahead import reading_ahead

    return reading_ahead(jobs)
