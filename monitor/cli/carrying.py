"""``import lists`` and ``import ota``: what others watch, into sources.toml."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from monitor.cli import output
from monitor.cli.exits import Exit
from monitor.cli.importing import import_one, importing, resumable, tell_skipped
from monitor.cli.stations import path_of, settings, station
from monitor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from monitor.exchange.drafts import Carried, Draft
    from monitor.exchange.ota import Terms
    from monitor.exchange.skipped import Skipped

Write = Annotated[
    bool, typer.Option("--write", help="Append them to sources.toml instead of printing them.")
]


@importing.command("lists")
def lists(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="CSV, OPML, YAML of urlwatch or webchanges, or a backup of changedetection.io.",
        ),
    ],
    write: Write = False,
) -> None:
    """Make sources of what other programs watch.

    They are printed as they would stand in sources.toml, or appended to it with --write. What
    cannot be carried over is told line by line on stderr.
    """
    from monitor.exchange.lists import drafts

    carry(context, (draft for file in files for draft in drafts(file)), write=write)


@importing.command("jsonl")
def jsonl(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An export, gzipped or not; - for stdin.")],
) -> None:
    """Take over what `export jsonl` wrote, source by source.

    Each source is read back and compared: it is equal, or left out. One that has a history here is
    left alone. In an archive that is empty, numbers and deliveries stay what they were.
    """
    from monitor.exchange.jsonl import opened, take
    from monitor.record import Archive

    counts: Counter[str] = Counter()
    url = settings(context.obj).database
    with Archive.open(url) as archive, resumable(), _read(file, opened) as stream:
        for source, came in take(archive, stream):
            counts[came] += 1
            if came == "different":
                typer.echo(f"{source}: has a history of its own here; left alone", err=True)
    told = {"added": "added and equal", "equal": "equal already", "different": "left alone"}
    found = ", ".join(f"{counts[came]} {words}" for came, words in told.items() if counts[came])
    typer.echo(f"{output.count(counts.total(), 'source')}: {found or 'nothing'}")
    if counts["different"]:
        raise typer.Exit(Exit.SOME_FAILED)


@contextmanager
def _read(
    file: Path, opened: Callable[[Path], AbstractContextManager[BinaryIO]]
) -> Iterator[BinaryIO]:
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    with opened(file) as stream:
        yield stream


@importing.command("ota")
def ota(
    context: typer.Context,
    declarations: Annotated[
        list[Path],
        typer.Argument(metavar="DECLARATIONS…", help="Declarations: JSON files, or their folders."),
    ],
    service: Annotated[
        list[str] | None, typer.Option(help="Only services of these names; globs.")
    ] = None,
    write: Write = False,
    snapshots: Annotated[
        Path | None,
        typer.Option(metavar="REPOSITORY", help="Feed its captures of configured sources, too."),
    ] = None,
    deliver: Annotated[
        bool, typer.Option("--deliver", help="Tell the sources' channels of what changed.")
    ] = False,
) -> None:
    """Make sources of what Open Terms Archive declares, and take its snapshots over.

    The sources are printed as they would stand in sources.toml, or appended to it with --write.
    With --snapshots the captures in such a repository go through the line, oldest first, with the
    dates of their commits. What cannot be carried over is told line by line on stderr.
    """
    from monitor.exchange.ota import declared

    found = [
        terms
        for terms in declared(declarations)
        if not service or any(fnmatchcase(terms.service, wanted) for wanted in service)
    ]
    if snapshots is None or write:
        carry(context, (terms.draft for terms in found), write=write)
    if snapshots is not None:
        _take_over(context, found, snapshots, deliver=deliver)


def _take_over(
    context: typer.Context, found: list[Terms], repository: Path, *, deliver: bool
) -> None:
    from monitor.exchange.history import History
    from monitor.exchange.snapshots import Snapshots

    with station(context.obj) as built, resumable():
        sources = {source.url: source for source in built.configuration.sources}
        wanted: dict[str, str] = {}
        for terms in found:
            url = str(terms.draft.entry.get("url"))
            if terms.combined:
                name = output.plain(terms.draft.name)
                typer.echo(f"{name}: snapshots of several pages stay behind", err=True)
            elif url in sources:
                wanted[f"{terms.service}/{terms.type}"] = url
        if not wanted:
            raise UsageError("none of the declared addresses is a source's; --write adds them")
        held = 0
        skipped: Skipped = Counter()
        with Snapshots(repository, wanted).opened() as trove:
            for url in dict.fromkeys(wanted.values()):
                if trove.holds(url):
                    history = History(built.pipeline, sources[url], trove, deliver=deliver)
                    held += not import_one(built, history)
                    skipped += history.skipped
        tell_skipped(skipped)
        if deliver:
            built.courier.drain()
    if held:
        raise typer.Exit(Exit.SOME_FAILED)


def carry(context: typer.Context, drafts: Iterable[Draft], *, write: bool) -> None:
    """Print or write the sources that drafts make, and tell what was left behind."""
    from monitor.exchange.drafts import carried
    from monitor.sources import add_sources, load_sources, to_toml

    path = path_of(context.obj)
    found = list(carried(drafts, load_sources(path)))
    _report(found)
    entries = [each.entry for each in found if each.entry is not None]
    if not found:
        raise UsageError("there is nothing to watch in it")
    if write and entries:
        add_sources(path, entries)
        typer.echo(f"{path}: added {output.count(len(entries), 'source')}")
    elif not write:
        sys.stdout.write("\n".join(to_toml(entry) for entry in entries))


def _report(found: list[Carried]) -> None:
    for each in found:
        for line in each.lost:
            typer.echo(output.plain(f"{each.name}: {line}"), err=True)
    sources = sum(each.entry is not None for each in found)
    remarks = sum(len(each.lost) for each in found)
    typer.echo(
        f"{output.count(sources, 'source')} of {output.count(len(found), 'entry')}; "
        f"{output.count(remarks, 'remark')} on what cannot be carried over",
        err=True,
    )
