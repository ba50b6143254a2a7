"""``import wayback``: history out of a web archive, asked for politely."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.exits import Exit
from monitor.cli.importing import import_one, importing, resumable, tell_skipped
from monitor.cli.stations import one, station
from monitor.cli.times import moment
from monitor.errors import FetchError, UsageError

if TYPE_CHECKING:
    from monitor.exchange.wayback import Wayback
    from monitor.model import Source
    from monitor.wiring import Station

SPACING = 4.0
"""Seconds between two requests: what the public archive is known to bear."""


@importing.command("wayback")
def wayback(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="Source id, site name or host.")],
    start: Annotated[
        str | None, typer.Option("--from", help="Captures from this date on: 2020-01-31, 2y.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="Captures up to and including this date.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Captures at most; oldest first.")
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Another archive: https://host/collection."),
    ] = None,
    cdx: Annotated[
        str, typer.Option(metavar="URL", help="Where it lists captures, if not at SERVER/cdx.")
    ] = "",
    spacing: Annotated[
        float, typer.Option(min=0, max=3600, help="Seconds between two requests.")
    ] = SPACING,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="The archive may have a private address.")
    ] = False,
    deliver: Annotated[
        bool, typer.Option("--deliver", help="Tell the source's channels of what changed.")
    ] = False,
) -> None:
    """Feed what a web archive holds of a source's address through the line, oldest first.

    The Wayback Machine, unless --server names another one. Nobody is told unless --deliver says
    so. Run it again after it was interrupted: it goes on from there.
    """
    from monitor.exchange.wayback import PUBLIC, Server, Wayback
    from monitor.wiring import open_fetcher

    now = datetime.now(UTC)
    since = moment(start, now) if start else None
    until = moment(end, now, end=True) if end else None
    if since and until and until < since:
        raise UsageError("--to is before --from")
    asked = Server(server or PUBLIC, cdx, allow_private)
    with station(context.obj) as built, resumable():
        source = one(site, built.configuration.sources)
        known = built.archive.seen_until(source.id)
        if known is not None:
            since = max(since or known, known + timedelta(seconds=1))
        slow = replace(built.configuration, host_spacing=timedelta(seconds=spacing))
        with open_fetcher(built.settings, slow) as fetcher:
            trove = Wayback(fetcher, asked, since, until, limit, _wait)
            free = _import(built, source, trove, first=known is None, deliver=deliver)
        if deliver:
            built.courier.drain()
    if not free:
        raise typer.Exit(Exit.SOME_FAILED)


def _import(built: Station, source: Source, trove: Wayback, *, first: bool, deliver: bool) -> bool:
    """Import what the archive has; tell whether nobody else held the source."""
    from monitor.exchange.history import History

    history = History(built.pipeline, source, trove, deliver=deliver)
    try:
        if not trove.count(source.url) and first:
            raise UsageError(f"the archive has no page of {source.url}")
        return import_one(built, history)
    except FetchError as error:
        if error.kind == "forbidden_address":
            raise UsageError(f"{error} (--allow-private)") from None
        typer.echo(
            f"monitor: {error}. What was imported is kept; run the same command again to go on",
            err=True,
        )
        raise typer.Exit(Exit.ALL_FAILED) from None
    finally:
        tell_skipped(history.skipped)


def _wait(pause: timedelta) -> None:
    typer.echo(f"the archive asks for time: waiting {pause.total_seconds():.0f} s", err=True)
    time.sleep(pause.total_seconds())
