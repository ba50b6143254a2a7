"""``import``: history from elsewhere, down the same line as a live check."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.outcomes import kind_of
from monitor.cli.stations import one, station

if TYPE_CHECKING:
    from monitor.exchange.warc import Warc
    from monitor.model import Source
    from monitor.wiring import Station

importing = typer.Typer(help="Bring in captures made elsewhere.", no_args_is_help=True)
app.add_typer(importing, name="import")


@importing.command("warc")
def warc(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A WARC file, compressed or not.")],
    source: Annotated[str, typer.Option(help="Id of the source the captures are of.")],
    deliver: Annotated[
        bool, typer.Option("--deliver", help="Tell the source's channels of what changed.")
    ] = False,
) -> None:
    """Feed a WARC file's captures of a source's address through the line, oldest first.

    Each capture confirms what the one before it showed; what is pending in the end is released.
    Nobody is told unless --deliver says so.
    """
    from monitor.exchange.warc import Warc

    with station(context.obj) as built:
        wanted = one(source, built.configuration.sources)
        archived = Warc(file, wanted.url)
        counts = _feed(built, wanted, archived, deliver=deliver)
        if deliver:
            built.courier.drain()
    found = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    typer.echo(f"{wanted.id}: {output.count(len(archived), 'capture')}: {found or 'nothing'}")
    left = archived.skipped
    for number, what in (
        (left.other_addresses, "of other addresses"),
        (left.not_pages, "that are not pages"),
        (left.too_large, "that are too large"),
        (left.unresolved, "that refer to a record which is not in the file"),
    ):
        if number:
            typer.echo(f"left out: {output.count(number, 'record')} {what}", err=True)


def _feed(built: Station, source: Source, archived: Warc, *, deliver: bool) -> dict[str, int]:
    from rich.progress import Progress

    counts: dict[str, int] = {}
    err = output.console(stderr=True)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("importing", total=len(archived))
        for capture in archived.captures():
            checked = built.pipeline.ingest(source, capture, deliver=deliver)
            kind = kind_of(checked.check.outcome)
            counts[kind] = counts.get(kind, 0) + 1
            bar.update(task, advance=1)
        released = built.pipeline.release(source, deliver=deliver)
        if released is not None:
            counts["released"] = 1
    return counts
