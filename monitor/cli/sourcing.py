"""``validate``, ``preview`` and ``add``: getting a page watched, and seeing how it is read."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output, reading
from monitor.cli.app import app
from monitor.cli.exits import Exit
from monitor.cli.stations import archive, configuration, one, path_of, settings
from monitor.errors import ArchiveError, ConfigError, ExtractError, FetchError, UsageError
from monitor.model import Source
from monitor.model.renaming import advice, renamed

if TYPE_CHECKING:
    from monitor.model import Capture, Document

MEDIA_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
}
"""What files a preview reads, by the end of their name."""


@app.command()
def validate(context: typer.Context) -> None:
    """Say everything that is wrong with sources.toml."""
    from monitor.lexicon import open_lexicon

    found = configuration(context.obj)
    open_lexicon(found.lexicon)
    sites = {source.site for source in found.sources}
    told = output.count(len(found.channels), "channel")
    for warning in found.warnings:
        typer.echo(f"{warning}", err=True)
    for new, before in _renamed(context, found.sources).items():
        typer.echo(f"{found.path}: {new} {advice(before)}", err=True)
    typer.echo(
        f"{found.path}: fine: {output.count(len(found.sources), 'source')} "
        f"of {output.count(len(sites), 'site')}, {told}"
    )


def _renamed(context: typer.Context, sources: tuple[Source, ...]) -> dict[str, str]:
    try:
        with archive(context.obj) as opened:
            return renamed(sources, opened.sources(), opened.states())
    except (UsageError, ArchiveError):
        # A file can be validated where nothing has been watched, or the database is elsewhere.
        return {}


@app.command()
def preview(
    context: typer.Context,
    target: Annotated[str, typer.Argument(metavar="URL-or-SITE-or-FILE")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="A page to open in a browser.")] = False,
    full: Annotated[bool, typer.Option("--full", help="The whole text.")] = False,
    url: Annotated[str, typer.Option(help="Address a FILE was saved from.")] = "",
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also addresses of a private network.")
    ] = False,
) -> None:
    """Show how a page is read.

    That is its sections, its dates with their evidence, and what was left out.

    The page is fetched, or read from a file that ends in .html, .htm, .xhtml, .txt, .md
    or .pdf.
    """
    if as_json and as_html:
        raise UsageError("--json and --html exclude one another")
    file = _file(target)
    source = _target(context, url or target, allow_private=allow_private, file=file)
    try:
        capture, document = _saved(file, url, source) if file else _fetched(context, source)
    except FetchError as error:
        typer.echo(f"{source.url}: {error.kind}: {error}", err=True)
        if error.kind == "forbidden_address":
            typer.echo("To look at it all the same: monitor preview --allow-private", err=True)
        raise typer.Exit(Exit.ALL_FAILED) from None
    except ExtractError as error:
        typer.echo(f"{file or source.url}: not a policy: {error} ({error.reason})", err=True)
        raise typer.Exit(Exit.ALL_FAILED) from None
    address = capture.final_url or str(file)
    if as_json:
        output.emit(reading.as_json(document, url=capture.url, final_url=capture.final_url))
    elif as_html:
        from monitor.render.preview import preview as page

        sys.stdout.write(page(document, address=address))
    else:
        reading.show(document, address=address, full=full)


def _file(target: str) -> Path | None:
    """Tell a file from an address and from the name of a source."""
    path = Path(target)
    if "://" in target or path.suffix.lower() not in MEDIA_TYPES:
        return None
    return path if path.is_file() or "/" in target else None


def _target(
    context: typer.Context, target: str, *, allow_private: bool, file: Path | None
) -> Source:
    if file or target.startswith(("http://", "https://")):
        address = "" if file and target == str(file) else target
        return Source("preview", target, "policy", "Policy", address, allow_private=allow_private)
    if "/" in target:
        raise UsageError(
            f"{target!r} is no address; write https://{target.partition('://')[2] or target}"
        )
    return one(target, configuration(context.obj, secrets=False).sources)


def _saved(file: Path, url: str, source: Source) -> tuple[Capture, Document]:
    from monitor.model import Capture
    from monitor.reading import read

    try:
        body = file.read_bytes()
        saved_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    kind = MEDIA_TYPES[file.suffix.lower()]
    capture = Capture(url, url, saved_at, 200, kind, None, (), body)
    return capture, read(source, capture)


def _fetched(context: typer.Context, source: Source) -> tuple[Capture, Document]:
    from monitor.model import Capture
    from monitor.reading import read
    from monitor.wiring import open_fetcher

    try:
        # Names the contact of the configuration, if there is one that can be used.
        found = configuration(context.obj, secrets=False)
    except ConfigError:
        found = None
    with open_fetcher(settings(context.obj), found) as fetcher:
        capture = fetcher.fetch(source, None)
        assert isinstance(capture, Capture)
        try:
            return capture, read(source, capture)
        except ExtractError as error:
            if source.fetcher != "auto" or error.reason != "empty_shell":
                raise
            if lacks := fetcher.lacks_browser:
                hint = f"{error}; a browser may show it: {lacks}"
                raise ExtractError(error.reason, hint) from None
        capture = fetcher.render(source)
        return capture, read(source, capture)


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="Address of the policy.")],
    ident: Annotated[
        str | None, typer.Option("--id", help="Its id; from the address if left out.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Whose policy it is.")] = None,
    kind: Annotated[str | None, typer.Option(help="privacy-policy, terms-of-service …")] = None,
    name: Annotated[str | None, typer.Option(help="How to call it.")] = None,
) -> None:
    """Add a source to sources.toml.

    The rest of the file stays as it is.
    """
    from monitor.sources import add_source, guess, load_sources, suggest_id, title

    path = path_of(context.obj)
    known = load_sources(path)
    if twin := next((source.id for source in known if source.url == url), None):
        raise UsageError(f"{path}: {twin} watches this address already")
    guessed = guess(url)
    entry = {
        "id": ident or suggest_id(url, {source.id for source in known}),
        "site": site or guessed["site"],
        "kind": kind or guessed["kind"],
        "name": name or (title(kind) if kind else guessed["name"]),
        "url": url,
    }
    add_source(path, entry)
    typer.echo(f"{path}: added {entry['id']} ({entry['site']} – {entry['name']})")
    typer.echo(f"See how it is read: monitor preview {entry['id']}")
