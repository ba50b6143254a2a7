"""``verify``: whether what is kept is still what was captured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.exits import Exit
from monitor.cli.progress import progress
from monitor.cli.stations import archive, chosen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.model import Source, Verification
    from monitor.record import Archive


@app.command()
def verify(
    context: typer.Context,
    site: Annotated[list[str] | None, typer.Argument(help="All sources if left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Hold what is kept against its chain.

    Reads every body and every document, names the first broken link of each source, and ends
    with 5 where one is broken.
    """
    with archive(context.obj) as opened:
        found = tuple(_verified(opened, chosen(site or [], opened.sources())))
    if as_json:
        output.emit([_json(one) for one in found])
    else:
        for one in found:
            typer.echo(_line(one))
    if any(one.breaks for one in found):
        raise typer.Exit(Exit.UNVERIFIED)


def _verified(opened: Archive, sources: Sequence[Source]) -> Iterator[Verification]:
    with progress() as bar:
        task = bar.add_task("verifying", total=len(sources))
        for source in sources:
            yield opened.evidence.verify(source.id)
            bar.advance(task)


def _line(found: Verification) -> str:
    if found.breaks:
        more = len(found.breaks) - 1
        rest = f"; {more} more (--json lists them)" if more else ""
        return f"{found.source}: broken: {output.plain(found.breaks[0].what)}{rest}"
    if not found.links:
        return f"{found.source}: nothing is kept yet"
    pruned = f", {found.pruned} of them pruned" if found.pruned else ""
    return f"{found.source}: {output.count(found.links, 'link')} whole{pruned}, head {found.head}"


def _json(found: Verification) -> dict[str, object]:
    return {
        "source": found.source,
        "whole": not found.breaks,
        "links": found.links,
        "pruned": found.pruned,
        "head": found.head or None,
        "breaks": [{"link": one.link, "what": one.what} for one in found.breaks],
    }
