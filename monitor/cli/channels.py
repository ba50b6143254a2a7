"""``channels``: who is told, tried and listed."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.exits import Exit
from monitor.cli.stations import configuration
from monitor.errors import DeliveryError, UsageError

channels = typer.Typer(help="Try and list the channels.", no_args_is_help=True)
app.add_typer(channels, name="channels")


@channels.command("test")
def test(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A channel of sources.toml.")],
) -> None:
    """Send a test message and report what the other side really answered."""
    from difflib import get_close_matches

    from monitor.wiring import open_channel, trial

    known = configuration(context.obj).channels
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known) or 'none'}"
        raise UsageError(f"no channel {name!r} is configured; {hint}")
    try:
        answer = open_channel(known[name]).send(trial(known[name]))
    except DeliveryError as error:
        lasting = (
            "it will not work until something is changed"
            if error.permanent
            else "an alert would be tried again"
        )
        reached = "delivered to some only" if error.partly else "not delivered"
        typer.echo(f"{name}: {reached}: {error} ({lasting})", err=True)
        raise typer.Exit(Exit.ALL_FAILED) from None
    typer.echo(f"{name}: delivered: {output.plain(answer)}")


@channels.command("list")
def listed(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the channels, without their secrets."""
    from monitor.routing import concerns

    found = configuration(context.obj)
    rows = [
        (
            name,
            type(channel).__name__.removesuffix("Config").lower(),
            [
                source.id
                for source in found.sources
                if name in source.notify and concerns(channel.wants, source)
            ],
        )
        for name, channel in found.channels.items()
    ]
    if as_json:
        output.emit([{"channel": name, "kind": kind, "sources": ids} for name, kind, ids in rows])
        return
    grid = output.table("channel", "kind", "told about")
    for name, kind, ids in rows:
        grid.add_row(name, kind, output.count(len(ids), "source"))
    output.console().print(grid if rows else "No channels: docs/sources.md says how to add one.")
