"""``search``: passages of all versions of all policies, by their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.stations import archive, chosen
from monitor.errors import UsageError
from monitor.record.tokens import terms
from monitor.render import answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.model import Hit, Source

SHOWN = 300
"""Letters of a passage that are printed."""


@app.command()
def search(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            help="All of them in one passage; 'begin*' may go on, '\"side by side\"' must stand so."
        ),
    ],
    site: Annotated[
        list[str] | None, typer.Option(help="Only in these; may be given more than once.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=output.MOST, help="At most this many.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Find passages in all versions of all policies.

    Those recorded last come first. Case and accents do not matter.
    """
    wanted = " ".join(words)
    if not terms(wanted):
        raise UsageError(f"{wanted!r} holds no word to search for")
    with archive(context.obj) as opened:
        known = opened.sources()
        sources = chosen(site, known) if site else ()
        hits = opened.past.search(wanted, [source.id for source in sources], limit + 1)
        waiting = opened.past.unsearched()
    if as_json:
        output.emit([answers.hit(hit) for hit in hits[:limit]])
    else:
        _print(hits[:limit], known)
        if len(hits) > limit:
            output.console().print("More are left out; --limit shows them.", style="dim")
    if waiting:
        missing = output.count(waiting, "version")
        typer.echo(
            f"{missing} of earlier schemas cannot be searched yet; `monitor prune` takes them in, "
            "and so does `monitor run` by and by",
            err=True,
        )


def _print(hits: Sequence[Hit], known: Sequence[Source]) -> None:
    from rich.text import Text

    titles = {source.id: source.title for source in known}
    out = output.console()
    for hit in hits:
        path = output.place(hit.path)
        out.print(Text.assemble((titles.get(hit.source, hit.source), "bold"), "  ", (path, "dim")))
        text = output.plain(hit.text)
        out.print(Text(f"  {text[:SHOWN]}{'…' if len(text) > SHOWN else ''}"))
        out.print(Text(f"  {_stood(hit)}", "dim"))
        out.print()
    if not hits:
        out.print("No version of any policy has a passage with all of these words.")


def _stood(hit: Hit) -> str:
    number = hit.from_version
    versions = (
        f"version {number}"
        if number == hit.until_version
        else f"versions {number} to {hit.until_version}"
    )
    first = f"first seen {output.local(hit.first_seen_at)}" if hit.first_seen_at else ""
    last = f"last seen {output.local(hit.last_seen_at)}"
    return output.joined((versions, first, last, "still there" if hit.standing else "gone"))
