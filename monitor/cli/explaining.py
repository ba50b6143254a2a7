"""``checks``: every check with the reason why it was, or was not, an alert."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.stations import archive, chosen
from monitor.cli.times import moment
from monitor.render import answers
from monitor.render.reasons import why

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.model import CheckRow
    from monitor.pipeline import Checked

STYLES = {"changed": "bold green", "pending": "yellow", "blocked": "red", "failed": "red"}


@app.command()
def checks(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="Source id, site name, host or glob.")],
    since: Annotated[
        str | None, typer.Option(help="2026-01-31, or a time ago: 2w, 30d, 12h.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=output.MOST, help="At most this many of each source.")
    ] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List checks, and why each was an alert or not.

    Newest first.
    """
    after = moment(since, datetime.now(UTC)) if since else None
    with archive(context.obj) as opened:
        found = {
            source.title: opened.checks(source.id, limit, since=after)
            for source in chosen([site], opened.sources())
        }
    if as_json:
        output.emit([answers.check(row) for rows in found.values() for row in rows])
        return
    out = output.console()
    for title, rows in found.items():
        out.print(title, style="bold", markup=False)
        for row in rows:
            tell_check(out, row)
        if not rows:
            out.print("  Not checked yet.", style="dim")


def tell_check(out: Console, row: CheckRow) -> None:
    """Print a check on one line, and the words it rests on below."""
    from rich.text import Text

    from monitor.render.terminal import hang

    kind = row.outcome.replace("_", " ")
    line = Text(f"  {output.local(row.started_at)}  ")
    line.append(f"{kind:<12} ", STYLES.get(row.outcome, ""))
    told = len(line.plain) - 2
    hang(out, line.append(output.plain(why(row))), deeper=told)
    tell_words(out, row)


def tell_words(out: Console, row: CheckRow) -> None:
    """Print the passages a check rests on."""
    from rich.text import Text

    from monitor.render.terminal import hang

    for passage in row.explanation.words:
        hang(out, Text(f"      {output.plain(passage)}", "dim"))


def row_of(checked: Checked) -> CheckRow:
    """Return a check that has just been recorded as the archive lists it."""
    from monitor.model import CheckRow, Variant
    from monitor.record.notes import http_status, note

    check, recorded = checked.check, checked.recorded
    kind, said = note(check)
    found = check.outcome.version if isinstance(check.outcome, Variant) else recorded.version
    return CheckRow(
        source=check.source.id,
        started_at=check.started_at,
        duration=check.finished_at - check.started_at,
        outcome=kind,
        detail=said,
        http_status=http_status(check),
        explanation=checked.explanation,
        version=found,
        change=recorded.change,
    )
