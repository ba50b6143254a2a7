"""``prune``: what a retention no longer asks for goes, and the rest is packed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.progress import progress
from monitor.cli.stations import archive, chosen, configuration
from monitor.maintain import pruned
from monitor.render.sizes import size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.cli.app import Options
    from monitor.model import Pruned, Source
    from monitor.record import Archive


@app.command()
def prune(
    context: typer.Context,
    site: Annotated[list[str] | None, typer.Argument(help="All sources if left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")] = False,
    compact: Annotated[
        bool,
        typer.Option(
            "--compact", help="Give the room back to the disk; other programs wait meanwhile."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Remove history that is older or more than sources.toml says to keep.

    Without keep_for and keep_versions nothing goes. What earlier schemas left is packed and made
    searchable, too.
    """
    now = datetime.now(UTC)
    with archive(context.obj) as opened:
        sources = chosen(site or [], _as_configured(context.obj, opened))
        before = opened.upkeep.size()
        found = [opened.upkeep.prune(source, now, dry_run=dry_run) for source in sources]
        if not dry_run:
            _work_off(opened)
            if compact:
                opened.upkeep.compact()
        after = opened.upkeep.size()
    if as_json:
        output.emit([_json(one, dry_run=dry_run) for one in found])
        return
    _print(found, sources, before, after, dry_run=dry_run)


def _as_configured(options: Options, opened: Archive) -> tuple[Source, ...]:
    """Return every source the archive knows, as it is configured now, or was last."""
    today = {source.id: source for source in configuration(options, secrets=False).sources}
    return tuple(today.get(source.id, source) for source in opened.sources())


def _work_off(opened: Archive) -> None:
    with progress() as bar:
        for what, work in (("packing", opened.upkeep.repack), ("indexing", opened.upkeep.index)):
            task = bar.add_task(what, total=None)
            while work():
                bar.advance(task)


def _print(
    found: Sequence[Pruned], sources: Sequence[Source], before: int, after: int, *, dry_run: bool
) -> None:
    told = [line for line in map(pruned, found) if line]
    for line in told:
        typer.echo(line.replace(": pruned ", ": would prune ", 1) if dry_run else line)
    if not told:
        limited = any(source.keep_for or source.keep_versions for source in sources)
        reason = "nothing is old enough" if limited else "no keep_for and no keep_versions is set"
        typer.echo(f"Nothing to prune: {reason}.")
    if not dry_run:
        typer.echo(f"The archive takes {size(after)}; it took {size(before)}.")


def _json(found: Pruned, *, dry_run: bool) -> dict[str, object]:
    return {
        "source": found.source,
        "dry_run": dry_run,
        "versions": found.versions,
        "changes": found.changes,
        "captures": found.captures,
        "freed_bytes": found.freed,
    }
