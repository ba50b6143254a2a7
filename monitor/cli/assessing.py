"""``assess``: what recorded changes mean, by the rules and words of today."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.stations import archive, chosen, configuration
from monitor.errors import ConfigError
from monitor.render import answers


@app.command()
def assess(
    context: typer.Context,
    site: Annotated[list[str] | None, typer.Argument(help="All sources if left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell; keep nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Assess recorded changes again, by the rules and words of today.

    Their findings, summaries and scores take the place of the earlier ones. Nobody is told.
    """
    from monitor.lexicon import open_lexicon
    from monitor.meaning import again

    configured = {}
    words = open_lexicon(None)
    try:
        read = configuration(context.obj, secrets=False)
        configured = {source.id: source for source in read.sources}
        words = open_lexicon(read.lexicon)
    except ConfigError as error:
        output.console(stderr=True).print(f"without sources.toml: {error}", markup=False)
    told = []
    with archive(context.obj) as opened:
        sources = {source.id: source for source in chosen(site or [], opened.sources())}
        for change in opened.history(tuple(sources)):
            source = configured.get(change.source, sources[change.source])
            found = again(opened, source, change, lexicon=words)
            if not dry_run:
                opened.assess(change.id, found)
            told.append((change, found))
    if as_json:
        output.emit(
            [
                {
                    "source": change.source,
                    "change": change.id,
                    "announcement": found.announcement,
                    "summary": found.summary,
                    "score": found.score,
                    "findings": [answers.finding(one) for one in found.findings],
                }
                for change, found in told
            ]
        )
        return
    grid = output.table("change", "source", "score", "what it means", text="what it means")
    for change, found in told:
        summary = output.plain(found.summary)
        grid.add_row(str(change.id), change.source, f"{found.score:.2f}", summary)
    output.console().print(grid if told else "No change has been recorded yet.")
