"""``deliveries``: whether everybody was told, and trying again where they were not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.stations import archive
from monitor.errors import UsageError
from monitor.render import answers

if TYPE_CHECKING:
    from monitor.model import Delivery
    from monitor.record.outbox import Outbox

_ALL = "--all"


def _which(text: str) -> str:
    """Accept the number of a delivery, and ``--all``, which stands where a number would."""
    if text.removeprefix("--") == "all":
        return _ALL
    if not (text.isascii() and text.isdigit() and int(text) <= output.MOST):
        hint = "`--retry 12` tries one again, `--retry --all` all that were given up"
        raise typer.BadParameter(f"{text!r:.80} is no number of a delivery; {hint}")
    return text


@app.command()
def deliveries(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(metavar="ID", max=output.MOST, help="Show one, whole.")
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only those given up.")] = False,
    retry: Annotated[
        str | None,
        typer.Option(metavar="ID", parser=_which, help="Try one again, or with --all all."),
    ] = None,
    every: Annotated[bool, typer.Option(_ALL, help="Try all that were given up again.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=output.MOST, help="At most this many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List deliveries and their attempts.

    Newest first; those that were given up can be tried again.
    """
    with archive(context.obj) as opened:
        outbox = opened.outbox
        if every or retry is not None:
            _retry(outbox, None if every or retry == _ALL else int(retry or 0))
            return
        if number is not None:
            rows = [_one(outbox, number)]
        else:
            rows = list(outbox.deliveries(state="failed" if failed else None, limit=limit))
    if as_json:
        output.emit([_delivery_json(row) for row in rows])
    elif number is not None:
        _print_one(rows[0])
    else:
        _print_all(rows)


def _one(outbox: Outbox, number: int) -> Delivery:
    found = outbox.delivery(number)
    if found is None:
        raise UsageError(f"there is no delivery {number}; `monitor deliveries` lists them")
    return found


def _retry(outbox: Outbox, number: int | None) -> None:
    if number is not None:
        found = _one(outbox, number)
        if found.state != "failed":
            raise UsageError(f"delivery {number} was not given up: it is {found.state}")
    again = outbox.retry(None if number is None else [number], datetime.now(UTC))
    if not again:
        typer.echo("No delivery was given up.")
        return
    typer.echo(
        f"{output.count(again, 'delivery')} back in the outbox; "
        "`monitor run` or the next `monitor check` sends what is there"
    )


def _print_all(rows: list[Delivery]) -> None:
    from rich.text import Text

    grid = output.table("id", "when", "source", "event", "channel", "state", "tries", text="source")
    styles = {"sent": "green", "failed": "red", "pending": "yellow"}
    for row in rows:
        state = Text("partly sent", "yellow") if row.partly else Text(row.state, styles[row.state])
        tries = str(len(row.attempts))
        when = output.local(row.created_at)
        grid.add_row(str(row.id), when, row.source or "–", row.event, row.channel, state, tries)
    out = output.console()
    out.print(grid if rows else "No deliveries.")
    # Answers in a column of their own would have a few letters a line.
    refused = [row for row in rows if row.attempts and not row.attempts[-1].ok]
    for place, row in enumerate(refused):
        waits = row.state == "pending"
        again = f"next try {output.local(row.next_attempt_at)}" if waits else ""
        said = Text.assemble(
            (str(row.id), "bold"),
            f": {output.plain(output.joined((row.attempts[-1].answer, again)))}",
        )
        out.print(*([] if place else ["\n"]), said, sep="")


def _print_one(row: Delivery) -> None:
    out = output.console()
    about = row.source or "a channel"
    change = f", change {row.change}" if row.change else ""
    state = "sent, but not to all" if row.partly else row.state
    out.print(f"{row.event} about {about}{change}, to {row.channel}: {state}", markup=False)
    sent_as = f", sent with the digest {row.batch}" if row.batch else ""
    out.print(f"key {row.key}{sent_as}", style="dim", markup=False)
    for attempt in row.attempts:
        some = row.partly and attempt is row.attempts[-1]
        outcome = "accepted" if attempt.ok else "accepted for some" if some else "refused"
        answer = output.plain(attempt.answer)
        tried_at = output.local(attempt.at, seconds=True)
        out.print(f"  {tried_at}  {outcome}  {answer}", markup=False, soft_wrap=True)
    if row.next_attempt_at and row.state == "pending":
        out.print(f"  next try {output.local(row.next_attempt_at, seconds=True)}")


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
        "partly": row.partly,
        "created_at": answers.utc(row.created_at),
        "next_attempt_at": answers.utc(row.next_attempt_at),
        "attempts": [
            {"at": answers.utc(attempt.at), "ok": attempt.ok, "answer": attempt.answer}
            for attempt in row.attempts
        ],
    }
