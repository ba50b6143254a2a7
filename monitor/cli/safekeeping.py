"""``backup`` and ``restore``: a copy of the archive, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.stations import archive, settings
from monitor.errors import UsageError
from monitor.render.sizes import size


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where to write the copy.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that is there already.")
    ] = False,
) -> None:
    """Copy the archive into a file, while it is in use.

    A database file for SQLite; what pg_dump writes for PostgreSQL.
    """
    with archive(context.obj) as opened:
        opened.upkeep.back_up(file, replace=force)
        states = opened.states()
    sources = output.count(len(states), "source")
    typer.echo(f"{file}: {size(file.stat().st_size)}, {sources}; `monitor restore` puts it back")


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A copy that `monitor backup` made.")],
    force: Annotated[
        bool, typer.Option("--force", help="Also while a monitor runs on this database.")
    ] = False,
) -> None:
    """Put a copy in the place of the archive.

    What is there is saved first. Refuses a copy of a newer program, and a database in use.
    """
    from monitor.owner import presence
    from monitor.record import Archive
    from monitor.record.address import file_at
    from monitor.record.copies import restore as put_back

    url = settings(context.obj).database
    if (place := file_at(url)) is not None:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with presence(url) as other:
        if other and not force:
            raise UsageError(
                f"a monitor ({other}) runs on this database; stop it, or say --force and start "
                "it again afterwards"
            )
        saved = put_back(url, file, datetime.now(UTC), force=force)
        with Archive.open(url, create=False) as opened:
            opened.upkeep.inspect()
            count = len(opened.states())
    if saved is not None:
        typer.echo(f"what was there is in {saved}")
    typer.echo(f"restored {output.count(count, 'source')}; `monitor verify` checks every byte")
