"""``calendar`` and ``status --upcoming``: the days that policies announce."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.stations import archive, chosen
from monitor.errors import UsageError
from monitor.render import answers

if TYPE_CHECKING:
    from monitor.model import DeadlineKind, Source, Upcoming
    from monitor.record import Archive

KINDS: dict[DeadlineKind, str] = {
    "effective": "takes effect",
    "upcoming": "announced text takes effect",
    "objection": "last day to object",
}


@app.command()
def calendar(
    context: typer.Context,
    site: Annotated[list[str] | None, typer.Argument(help="All sources if left out.")] = None,
    to: Annotated[
        Path | None, typer.Option("--output", help="Write to this file, else to the terminal.")
    ] = None,
) -> None:
    """Write the days that policies announce as an iCalendar file.

    When texts take effect and until when one may object, past days included.
    """
    from monitor.render.calendar import calendar as written

    with archive(context.obj) as opened:
        sources = {source.id: source for source in chosen(site or [], opened.sources())}
        found = opened.deadlines.upcoming(tuple(sources))
    content = written(found, sources)
    if to is None:
        sys.stdout.write(content.decode())
        return
    try:
        to.write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write {to}: {error.strerror}; name another file") from error
    typer.echo(f"{to}: {output.count(len(found), 'day')}")


def show_upcoming(opened: Archive, known: dict[str, Source], *, as_json: bool) -> None:
    """Print the days that are still to come, the next first."""
    now = datetime.now(UTC)
    found = [
        (one, left)
        for one in opened.deadlines.upcoming(tuple(known))
        if (left := (one.deadline.due_on - _today(known[one.source], now)).days) >= 0
    ]
    if as_json:
        output.emit([_json(one, left) for one, left in found])
        return
    grid = output.table("day", "in", "source", "what", "the page says", text="the page says")
    for one, left in found:
        ahead = output.count(left, "day") if left else "today"
        words = output.plain(one.deadline.words)
        what = KINDS[one.deadline.kind]
        grid.add_row(one.deadline.due_on.isoformat(), ahead, one.source, what, words)
    out = output.console()
    out.print(grid if grid.row_count else "No policy announces a day that is still to come.")


def _today(source: Source, now: datetime) -> date:
    return now.astimezone(ZoneInfo(source.schedule.timezone)).date()


def _json(one: Upcoming, left: int) -> dict[str, object]:
    return {
        "source": one.source,
        "kind": one.deadline.kind,
        "due_on": one.deadline.due_on.isoformat(),
        "days_left": left,
        "words": one.deadline.words,
        "version": one.version,
        "change": one.change,
        "first_seen_at": answers.utc(one.seen_at),
        "reminders": one.reminders,
    }
