"""``verify``: whether what is kept is still what was captured."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.exits import Exit
from monitor.cli.progress import progress
from monitor.cli.stations import archive, chosen
from monitor.errors import UsageError
from monitor.model.evidence import Break, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from monitor.model import Seal, Source, Verification
    from monitor.record import Archive


@app.command()
def verify(
    context: typer.Context,
    site: Annotated[list[str] | None, typer.Argument(help="All sources if left out.")] = None,
    trusted: Annotated[
        Path | None,
        typer.Option(
            "--certificates", metavar="FILE", help="PEM of authorities whose time stamps hold."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Hold what is kept against its chain.

    Reads every body and every document, names the first broken link of each source, and ends
    with 5 where one is broken. With --certificates it also checks the signatures of time stamps.
    """
    doubts = _doubts(trusted) if trusted else None
    with archive(context.obj) as opened:
        found = tuple(_verified(opened, chosen(site or [], opened.sources())))
    if doubts:
        found = tuple(replace(one, breaks=(*one.breaks, *doubts(one))) for one in found)
    if as_json:
        output.emit([_json(one) for one in found])
    else:
        for one in found:
            typer.echo(_line(one, signed=trusted is not None))
    if any(one.breaks for one in found):
        raise typer.Exit(Exit.UNVERIFIED)


def _verified(opened: Archive, sources: Sequence[Source]) -> Iterator[Verification]:
    with progress() as bar:
        task = bar.add_task("verifying", total=len(sources))
        for source in sources:
            yield opened.evidence.verify(source.id)
            bar.advance(task)


def _doubts(file: Path) -> Callable[[Verification], Iterator[Break]]:
    from monitor.stamping import certificates, doubt

    try:
        trusted = certificates(file.read_bytes(), str(file))
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None

    # One time stamp stands over many chains.
    @cache
    def doubted(seal: Seal) -> str:
        return doubt(seal, trusted)

    def doubts(found: Verification) -> Iterator[Break]:
        for seal in found.seals:
            if why := doubted(seal):
                yield Break(None, f"the time stamp of {stamp(seal.sealed_at)} does not hold: {why}")

    return doubts


def _line(found: Verification, *, signed: bool) -> str:
    if found.breaks:
        more = len(found.breaks) - 1
        rest = f"; {more} more (--json lists them)" if more else ""
        return f"{found.source}: broken: {output.plain(found.breaks[0].what)}{rest}"
    if not found.links:
        return f"{found.source}: nothing is kept yet"
    pruned = f", {found.pruned} of them pruned" if found.pruned else ""
    whole = f"{found.source}: {output.count(found.links, 'link')} whole{pruned}, head {found.head}"
    if not found.seals:
        return whole
    last = found.seals[-1]
    number = last.reaches(found.source)
    trust = "signature holds" if signed else "signature not checked (--certificates)"
    return f"{whole}; time-stamped up to link {number} on {stamp(last.sealed_at)}, {trust}"


def _json(found: Verification) -> dict[str, object]:
    return {
        "source": found.source,
        "whole": not found.breaks,
        "links": found.links,
        "pruned": found.pruned,
        "head": found.head or None,
        "time_stamps": [
            {
                "at": stamp(seal.sealed_at),
                "authority": seal.authority,
                "link": seal.reaches(found.source),
            }
            for seal in found.seals
        ],
        "breaks": [{"link": one.link, "what": one.what} for one in found.breaks],
    }
