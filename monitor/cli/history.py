"""``history`` and ``show``: what changed when, and what the policy said then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.stations import archive, chosen
from monitor.cli.times import moment
from monitor.render import answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from monitor.cli.telling import Telling
    from monitor.model import Change, Source
    from monitor.record import Archive

SECTIONS_SHOWN = 6


@app.command()
def history(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="Source id, site name, host or glob.")],
    since: Annotated[
        str | None, typer.Option(help="2026-01-31, or a time ago: 2w, 30d, 12h.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="As --since.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=output.MOST, help="At most this many.")] = 20,
    every: Annotated[
        bool,
        typer.Option("--all", help="No limit; also the checks that led to no change, and why."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the changes of a site's policies, newest first."""
    now = datetime.now(UTC)
    after = moment(since, now) if since else None
    before = moment(until, now, end=True) if until else None
    with archive(context.obj) as opened:
        sources = chosen([site], opened.sources())
        changes = opened.history(
            [source.id for source in sources],
            since=after,
            until=before,
            limit=None if every or as_json else limit + 1,
        )
        if every:
            _tell_all(opened, sources, changes, (after, before), as_json=as_json)
            return
        if as_json:
            output.emit([answers.change(change) for change in changes])
            return
        out = output.console()
        for source in sources:
            mine = [change for change in changes[:limit] if change.source == source.id]
            _tell(out, opened, source, mine)
        if len(changes) > limit:
            out.print("Older changes are left out; --all shows them.", style="dim")


def _tell_all(
    opened: Archive,
    sources: Sequence[Source],
    changes: Sequence[Change],
    between: tuple[datetime | None, datetime | None],
    *,
    as_json: bool,
) -> None:
    from monitor.cli.telling import Telling

    mine = {
        source.id: [change for change in changes if change.source == source.id]
        for source in sources
    }
    told = {ident: Telling(opened, ident, found, between) for ident, found in mine.items()}
    if as_json:
        output.emit([entry for telling in told.values() for entry in telling.json()])
        return
    out = output.console()
    for source in sources:
        _tell(out, opened, source, mine[source.id], told[source.id])


def _tell(
    out: Console,
    opened: Archive,
    source: Source,
    changes: Sequence[Change],
    telling: Telling | None = None,
) -> None:
    from rich.text import Text

    out.print(Text.assemble((source.title, "bold"), "  ", (source.url, "dim")))
    if telling is not None:
        telling.print(out, _tell_change)
    else:
        for change in changes:
            _tell_change(out, change)
    first = opened.version(source.id, 1)
    if first is None:
        out.print("  Not captured yet.\n", style="dim")
        return
    state = opened.state(source.id)
    seen = output.local(state.last_success_at)
    words = len(first.document.text.split())
    out.print(f"  {output.local(first.fetched_at)}  first seen, {words} words", style="dim")
    out.print(f"  Last seen {seen}; {output.count(state.checks, 'check')} so far.", style="dim")
    if changes:
        newest = changes[0]
        command = f"monitor diff {source.id} {newest.from_version} {newest.to_version}"
        out.print(Text.assemble("  See the words: ", (command, "bold")))
    out.print()


def _tell_change(out: Console, change: Change) -> None:
    from rich.text import Text

    from monitor.render.terminal import hang

    added = sum(section.words_added for section in change.sections)
    removed = sum(section.words_removed for section in change.sections)
    when = f"  {output.local(change.first_seen_at)}  "
    hang(
        out,
        Text.assemble(
            when,
            (output.count(len(change.sections), "section") + " changed", "bold"),
            "  ",
            (f"+{added}", "green"),
            " ",
            (f"−{removed}", "red"),
            f" words  {output.date_story(change)}",
            (f"  versions {change.from_version} → {change.to_version}", "dim"),
            (f"  change {change.id}", "dim"),
            ("  imported" if change.imported else "", "dim"),
            ("  muted, nobody was told" if change.muted else "", "dim"),
            (f"  reviewed {change.review.verdict}" if change.review else "", "dim"),
        ),
        deeper=len(when.strip()) + 2,
    )
    output.tell_meaning(out, change)
    for section in change.sections[:SECTIONS_SHOWN]:
        path = output.place(section.path)
        glyph = output.GLYPHS[section.operation]
        counts = f"+{section.words_added} −{section.words_removed}"
        hang(out, Text(f"      {glyph} {path}  ").append(counts, "dim"), deeper=2)
    if (more := len(change.sections) - SECTIONS_SHOWN) > 0:
        out.print(f"      … {more} more", style="dim")
