"""``blame``: when each passage of a policy came, when it last changed, and what it replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.showing import version_of
from monitor.cli.stations import archive, one

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from monitor.blame import Blame
    from monitor.model import Origin, Source, Version
    from monitor.render.origins import Followed

SHOWN = 300
"""Letters of a passage that are printed."""
INDENT = " " * 7


@app.command()
def blame(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="Source id, site name or host.")],
    version: Annotated[
        int | None,
        typer.Argument(min=1, max=output.MOST, help="Number; the newest if left out."),
    ] = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only what is younger than the oldest version.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Tell when each passage came, when it last changed, and what it replaced.

    Sections are followed where they are renumbered, renamed, moved, split or merged.
    """
    from monitor.blame import blame as follow_back
    from monitor.render import origins

    with archive(context.obj) as opened:
        source = one(site, opened.sources())
        found = version_of(opened, source, version)
        traced = follow_back(opened, source, found)
    if as_json:
        output.emit(origins.answer(found, traced.lineage, traced.seen_at, changed=changed))
        return
    out = output.console()
    parts = list(origins.followed(found, traced.lineage, changed=changed))
    _print_head(out, source, found, traced)
    for part in parts:
        _print_section(out, part, traced)
    if not parts:
        out.print(f"Nothing has changed since version {traced.lineage.oldest}.")


def _print_head(out: Console, source: Source, found: Version, traced: Blame) -> None:
    head = output.joined(
        (
            source.title,
            f"version {found.number}",
            f"captured {output.local(found.fetched_at)}",
            f"followed back to version {traced.lineage.oldest}",
        )
    )
    out.print(head, style="dim", markup=False)
    out.print()


def _print_section(out: Console, part: Followed, traced: Blame) -> None:
    from rich.table import Table
    from rich.text import Text

    from monitor.render.origins import section_remarks

    heading = output.place([part.section.heading])
    out.print(Text(heading, "bold"))
    out.print(Text(INDENT + output.plain(output.joined(section_remarks(part.origin))), "dim"))
    grid = Table.grid(padding=(0, 2))
    for _, text, origin in part.passages:
        day = output.local(traced.seen_at.get(origin.since))[:10]
        grid.add_row(f"{f'v{origin.since}':>5}", Text(day, "dim"), _passage(text, origin))
    out.print(grid)
    out.print()


def _passage(text: str, origin: Origin) -> Text:
    from rich.text import Text

    from monitor.render.origins import remarks

    replaced = f"in place of: {_clipped(origin.replaced)}" if origin.replaced else ""
    more = filter(None, (output.joined(remarks(origin)), replaced))
    return Text(_clipped(text)).append("".join(f"\n{remark}" for remark in more), "dim")


def _clipped(text: str) -> str:
    plain = output.plain(text)
    return f"{plain[:SHOWN]}…" if len(plain) > SHOWN else plain
