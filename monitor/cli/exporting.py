"""``export``: the archive in forms that other programs read."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.exits import Exit
from monitor.cli.progress import progress
from monitor.cli.stations import archive, chosen, one
from monitor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.model import Source
    from monitor.record import Archive

AUTHOR = "Policy monitor <policy-monitor@localhost>"
_AUTHOR = re.compile(r"[^<>\x00-\x1f]* <[^<>\s\x00-\x1f]*>")

exporting = typer.Typer(help="Take the archive elsewhere.", no_args_is_help=True)
app.add_typer(exporting, name="export")


class Writable(Protocol):
    """What lines can be written to."""

    def write(self, content: bytes, /) -> object:
        """Write all of it."""


Sites = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SITE]…", help="Ids, sites, hosts or globs; all if left out."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")]


@exporting.command("warc")
def warc(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="FILE.warc.gz, or FILE.warc to leave it unpacked.")],
    site: Sites = None,
    force: Force = False,
) -> None:
    """Write every capture that is kept to a WARC file.

    Bodies are byte for byte as they arrived, with their headers, addresses and times. `import warc`
    makes the same versions and changes of it.
    """
    from monitor import __version__
    from monitor.exchange.file import whole_file
    from monitor.exchange.warc_writing import WarcWriter, kept

    with archive(context.obj) as opened, whole_file(file, replace=force) as out:
        writer = WarcWriter(out, packed=file.suffix == ".gz")
        writer.begin(file.name, datetime.now(UTC), f"policy-monitor/{__version__}")
        count = 0
        sources = _sources(opened, site)
        with progress() as bar:
            for source in bar.track(sources, description="writing"):
                for found, capture in kept(opened, source.id):
                    writer.add(source.id, capture, found.role)
                    count += 1
    typer.echo(f"{file}: {output.count(count, 'capture')} of {_number(sources)}")


@exporting.command("jsonl")
def jsonl(
    context: typer.Context,
    site: Sites = None,
    out: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="FILE.jsonl, or FILE.jsonl.gz; stdout if left out."),
    ] = None,
    deliveries: Annotated[
        bool,
        typer.Option("--deliveries", help="Also who was told of what, and who is still to be."),
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of the lines instead.")
    ] = False,
    force: Force = False,
) -> None:
    """Write all there is as lines of JSON, one record each.

    `import jsonl` makes an equal archive of it, on SQLite or PostgreSQL. Its lines are described
    in docs/exporting.md.
    """
    if schema:
        from monitor.exchange.export_schema import json_schema

        output.emit(json_schema())
        return
    with archive(context.obj) as opened:
        sources = _sources(opened, site)
        unsent = opened.outbox.pending_count()
        if out is None:
            _write_lines(opened, sources, sys.stdout.buffer, deliveries=deliveries)
        else:
            _write_file(opened, sources, out, deliveries=deliveries, force=force)
            typer.echo(f"{out}: {_number(sources)}")
    if unsent and not deliveries:
        typer.echo(
            f"{output.count(unsent, 'message')} still to be sent not in it; to move an archive, "
            "use --deliveries",
            err=True,
        )


def _write_file(
    opened: Archive, sources: Sequence[Source], out: Path, *, deliveries: bool, force: bool
) -> None:
    import gzip

    from monitor.exchange.file import whole_file

    with whole_file(out, replace=force) as file:
        if out.suffix != ".gz":
            _write_lines(opened, sources, file, deliveries=deliveries)
            return
        with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
            _write_lines(opened, sources, packed, deliveries=deliveries)


def _write_lines(
    opened: Archive, sources: Sequence[Source], file: Writable, *, deliveries: bool
) -> None:
    from monitor.exchange.jsonl import lines

    names = [source.id for source in sources]
    with progress() as bar:
        task = bar.add_task("writing", total=len(names))
        before = ""
        for name, line in lines(opened, names, deliveries=deliveries):
            file.write(line)
            if name != before:
                before = name
                bar.advance(task)


@exporting.command("git")
def git(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A git repository, or a folder to make one of.")],
    site: Sites = None,
    author: Annotated[
        str, typer.Option(metavar="'NAME <MAIL>'", help="Who signs the commits.")
    ] = AUTHOR,
) -> None:
    """Write histories to a git repository, ready for `git log -p`.

    Each source is a Markdown file and each version a commit with its capture's date, whose message
    says what changed. Run it again to add what is new.
    """
    from monitor.exchange.git import Repository, steps, write_commits

    if not _AUTHOR.fullmatch(author):
        raise UsageError(f"--author {author!r}: write 'Name <name@example.org>'")
    with archive(context.obj) as opened:
        repository = Repository(folder)
        known = repository.open()
        sources = _sources(opened, site)
        wanted = steps(opened, sources, known)
        if wanted:
            parent = repository.head()
            with progress() as bar:
                task = bar.add_task("writing", total=len(wanted))
                repository.add(
                    lambda out: write_commits(
                        out,
                        opened,
                        sources,
                        wanted,
                        parent=parent,
                        author=author,
                        passed=lambda: bar.advance(task),
                    )
                )
    typer.echo(f"{folder}: {output.count(len(wanted), 'version')} added, of {_number(sources)}")


@exporting.command("site")
def site(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="An empty folder, or one written before.")],
    site: Sites = None,
) -> None:
    """Write all histories, diffs and texts as pages that open from disk.

    Begin at index.html. The pages run no script and load nothing.
    """
    from monitor.exchange.site import write_site

    with archive(context.obj) as opened, progress() as bar:
        sources = _sources(opened, site)
        task = bar.add_task("writing", total=len(sources))
        now = datetime.now(UTC)
        pages = write_site(opened, sources, folder, at=now, passed=lambda: bar.advance(task))
    typer.echo(f"{folder / 'index.html'}: {output.count(pages, 'page')} of {_number(sources)}")


@exporting.command("bundle")
def bundle(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="Source id, site name or host.")],
    change: Annotated[
        int | None,
        typer.Option(min=1, max=output.MOST, help="Only what this change rests on; its id."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A .zip file or a folder. [default: ID-evidence.zip]"),
    ] = None,
    force: Force = False,
) -> None:
    """Write evidence that anybody can check with Python alone.

    The captures as WARC, texts, dates, diffs and intervals, the chain of digests, and a verify.py.
    Exit code 5 where what is kept does not fit its chain: the evidence says so too.
    """
    from monitor import __version__
    from monitor.exchange.bundle import Bundle, parcel

    now = datetime.now(UTC)
    with archive(context.obj) as opened:
        source = one(site, opened.sources())
        found = None if change is None else opened.change(change)
        if change is not None and (found is None or found.source != source.id):
            raise UsageError(f"{source.id} has no change {change}; `monitor history {source.id}`")
        if opened.version(source.id) is None:
            raise UsageError(f"nothing was recorded of {source.id} yet")
        path = out or Path(f"{source.id}-evidence.zip")
        with parcel(path, now, replace=force) as into:
            Bundle(opened, source, f"policy-monitor/{__version__}", now, found).write(into)
        verified = opened.evidence.verify(source.id)
    typer.echo(f"{path}: head of the chain {verified.head}")
    if verified.breaks:
        typer.echo(f"{source.id}: {verified.breaks[0].what}", err=True)
        raise typer.Exit(Exit.UNVERIFIED)


def _sources(opened: Archive, site: Sequence[str] | None) -> tuple[Source, ...]:
    return chosen(site or (), opened.sources())


def _number(sources: Sequence[Source]) -> str:
    return output.count(len(sources), "source")
