"""``seal``: have somebody else vouch for when it was recorded."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.stations import archive, configuration


@app.command()
def seal(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Have what was recorded time-stamped by an authority (RFC 3161).

    Shows the one that timestamp_url in [monitor] names a digest over the newest link of each chain
    that grew, and keeps its answer; `monitor run` does so once a day. Ends with 4 where it gives
    none.
    """
    from monitor.model.evidence import stamp
    from monitor.wiring import stamped

    configured = configuration(context.obj, secrets=False)
    with archive(context.obj) as opened:
        made = stamped(opened, configured)
    if as_json:
        given = {"at": stamp(made.sealed_at), "authority": made.authority} if made else {}
        output.emit({"chains": len(made.heads) if made else 0, **given})
    elif made is None:
        typer.echo("nothing is new since the last time stamp")
    else:
        chains = output.count(len(made.heads), "chain")
        typer.echo(f"{chains} time-stamped by {made.authority}: {stamp(made.sealed_at)}")
