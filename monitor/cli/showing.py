"""``show``: one version of a policy, by number or by what was in force on a date."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.stations import archive, one
from monitor.cli.times import moment
from monitor.errors import UsageError
from monitor.render import answers
from monitor.render.certainty import certainty

if TYPE_CHECKING:
    from monitor.model import InForce, Source, Version
    from monitor.record import Archive


@app.command()
def show(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="Source id, site name or host.")],
    version: Annotated[
        int | None,
        typer.Argument(min=1, max=output.MOST, help="Number; the newest if left out."),
    ] = None,
    at: Annotated[str | None, typer.Option(help="What was in force on this date.")] = None,
    raw: Annotated[bool, typer.Option("--raw", help="The captured bytes.")] = False,
    dates: Annotated[bool, typer.Option("--dates", help="Dates, with evidence.")] = False,
    quarantine: Annotated[
        bool,
        typer.Option(
            "--quarantine", help="What came in place of the policy; a number names a capture."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Print one version of a policy."""
    with archive(context.obj) as opened:
        source = one(site, opened.sources())
        if quarantine:
            from monitor.cli.quarantine import show_quarantine

            show_quarantine(opened, source, version, raw=raw, as_json=as_json)
            return
        if version is not None and at is not None:
            raise UsageError("name a version or a date, not both")
        shown = _in_force(opened, source, at) if at is not None else None
        found = shown.version if shown else version_of(opened, source, version)
        if shown is not None:
            said = f"{source.id}: {certainty(shown, output.local)}"
            output.console(stderr=True).print(said, style="dim", markup=False)
        if raw:
            sys.stdout.buffer.write(opened.body(found.snapshot))
        elif as_json:
            more = {"in_force": answers.in_force(shown)} if shown else {}
            output.emit({**answers.version(source, found), **more})
        elif dates:
            _print_dates(found)
        else:
            _print_version(source, found)


def _in_force(opened: Archive, source: Source, at: str) -> InForce:
    now = datetime.now(UTC)
    when = moment(at, now, end=True)
    found = opened.past.in_force(source.id, when, now)
    if found is None:
        versions = opened.versions(source.id)
        first = f"; what is kept begins {output.local(versions[0].fetched_at)}" if versions else ""
        raise UsageError(f"{source.id} was not captured yet on {at}{first}")
    return found


def version_of(opened: Archive, source: Source, number: int | None) -> Version:
    """Return a version of a source, the newest without a number; raises `UsageError`."""
    found = opened.version(source.id, number)
    if found is None:
        missing = f"{source.id} has no version {number}" if number else f"{source.id} has none yet"
        count = len(opened.versions(source.id))
        raise UsageError(f"{missing}; {output.count(count, 'version')} recorded")
    return found


def _print_version(source: Source, version: Version) -> None:
    updated = answers.date_value(version.document.dates.last_updated)
    head = output.joined(
        (
            source.title,
            f"version {version.number}",
            f"captured {output.local(version.fetched_at)}",
            f"dated {updated}" if updated else "states no date",
        )
    )
    output.console(stderr=True).print(head, style="dim", markup=False)
    for line in version.document.lines:
        sys.stdout.write(output.plain(line) + "\n")


def _print_dates(version: Version) -> None:
    grid = output.table("date", "label", "used", "words of the page", "why")
    for candidate in version.document.dates.candidates:
        date = candidate.date
        used = "✓" if candidate.chosen else ""
        words = output.plain(date.evidence)
        grid.add_row(date.value, date.label, used, words, output.plain(candidate.why))
    out = output.console()
    if grid.row_count:
        out.print(grid)
    else:
        out.print("The policy states no date.")
