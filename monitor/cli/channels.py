"""``channels`` and ``deliveries``: who is told, and whether they were."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.exits import Exit
from monitor.cli.stations import archive, configuration
from monitor.errors import DeliveryError, UsageError
from monitor.render import answers

if TYPE_CHECKING:
    from monitor.model import Delivery

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
        lasting = "it will not work until something is changed" if error.permanent else "try later"
        typer.echo(f"{name}: not delivered: {error} ({lasting})", err=True)
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


@app.command()
def deliveries(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(metavar="ID", max=output.MOST, help="Show one, whole.")
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only those given up.")] = False,
    retry: Annotated[
        int | None, typer.Option(metavar="ID", max=output.MOST, help="Try one again.")
    ] = None,
    retry_all: Annotated[
        bool, typer.Option("--retry-all", help="Try all that were given up again.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=output.MOST, help="At most this many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List deliveries and their attempts.

    Newest first; those that were given up can be tried again.
    """
    with archive(context.obj) as opened:
        outbox = opened.outbox
        if retry is not None or retry_all:
            again = outbox.retry([retry] if retry is not None else None, datetime.now(UTC))
            if not again:
                raise UsageError("there is no such delivery that was given up")
            typer.echo(
                f"{output.count(again, 'delivery')} back in the outbox; "
                "`monitor run` or the next `monitor check` sends what is there"
            )
            return
        if number is not None:
            found = outbox.delivery(number)
            if found is None:
                raise UsageError(f"there is no delivery {number}")
            rows = [found]
        else:
            rows = list(outbox.deliveries(state="failed" if failed else None, limit=limit))
    if as_json:
        output.emit([_delivery_json(row) for row in rows])
    elif number is not None:
        _print_one(rows[0])
    else:
        _print_all(rows)


def _print_all(rows: list[Delivery]) -> None:
    from rich.text import Text

    columns = ("id", "when", "source", "event", "channel", "state", "tries", "answer")
    grid = output.table(*columns, text="answer")
    styles = {"sent": "green", "failed": "red", "pending": "yellow"}
    for row in rows:
        answer = row.attempts[-1].answer if row.attempts else ""
        grid.add_row(
            str(row.id),
            output.local(row.created_at),
            row.source or "–",
            row.event,
            row.channel,
            Text(row.state, styles[row.state]),
            str(len(row.attempts)),
            Text(output.plain(answer)),
        )
    out = output.console()
    out.print(grid if rows else "No deliveries.")


def _print_one(row: Delivery) -> None:
    out = output.console()
    about = row.source or "a channel"
    out.print(f"{row.event} about {about} to {row.channel}: {row.state}", markup=False)
    sent_as = f", sent with the digest {row.batch}" if row.batch else ""
    out.print(f"key {row.key}{sent_as}", style="dim", markup=False)
    for attempt in row.attempts:
        outcome = "accepted" if attempt.ok else "refused"
        answer = output.plain(attempt.answer)
        out.print(f"  {output.local(attempt.at)}  {outcome}  {answer}", markup=False)
    if row.next_attempt_at and row.state == "pending":
        out.print(f"  next try {output.local(row.next_attempt_at)}")


def _delivery_json(row: Delivery) -> dict[str, object]:
    return {
        "id": row.id,
        "key": row.key,
        "digest": row.batch,
        "source": row.source,
        "event": row.event,
        "change": row.change,
        "channel": row.channel,
        "state": row.state,
        "created_at": answers.utc(row.created_at),
        "next_attempt_at": answers.utc(row.next_attempt_at),
        "attempts": [
            {"at": answers.utc(attempt.at), "ok": attempt.ok, "answer": attempt.answer}
            for attempt in row.attempts
        ],
    }
