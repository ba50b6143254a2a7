"""``validate``, ``preview`` and ``add``: getting a page watched, and seeing how it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.exits import Exit
from monitor.cli.stations import configuration, one, path_of, settings
from monitor.errors import ConfigError, ExtractError, FetchError, UsageError
from monitor.model import Source

if TYPE_CHECKING:
    from monitor.model import Capture, Document

LINES_SHOWN = 2
WIDTH_SHOWN = 96


@app.command()
def validate(context: typer.Context) -> None:
    """Read the configuration and say everything that is wrong with it."""
    found = configuration(context.obj)
    sites = {source.site for source in found.sources}
    told = output.count(len(found.channels), "channel")
    for warning in found.warnings:
        typer.echo(f"{warning}", err=True)
    typer.echo(
        f"{found.path}: fine: {output.count(len(found.sources), 'source')} "
        f"of {output.count(len(sites), 'site')}, {told}"
    )


@app.command()
def preview(
    context: typer.Context,
    target: Annotated[str, typer.Argument(metavar="URL-or-SITE")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    full: Annotated[bool, typer.Option("--full", help="The whole text.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also addresses of a private network.")
    ] = False,
) -> None:
    """Fetch a page and show how it is read: sections, dates with evidence, what was left out."""
    source = _target(context, target, allow_private=allow_private)
    try:
        capture = _fetch(context, source)
        document = _read(source, capture)
    except FetchError as error:
        typer.echo(f"{source.url}: {error.kind}: {error}", err=True)
        raise typer.Exit(Exit.ALL_FAILED) from None
    except ExtractError as error:
        typer.echo(f"{source.url}: not a policy: {error} ({error.reason})", err=True)
        raise typer.Exit(Exit.ALL_FAILED) from None
    if as_json:
        output.emit(_as_json(capture, document))
    else:
        _print(capture, document, full=full)


def _target(context: typer.Context, target: str, *, allow_private: bool) -> Source:
    if target.startswith(("http://", "https://")):
        return Source("preview", target, "policy", "Policy", target, allow_private=allow_private)
    if "/" in target:
        raise UsageError(
            f"{target!r} is no address; write https://{target.partition('://')[2] or target}"
        )
    return one(target, configuration(context.obj, secrets=False).sources)


def _fetch(context: typer.Context, source: Source) -> Capture:
    from monitor.model import Capture
    from monitor.wiring import open_fetcher

    try:
        # Names the contact of the configuration, if there is one that can be used.
        found = configuration(context.obj, secrets=False)
    except ConfigError:
        found = None
    with open_fetcher(settings(context.obj), found) as fetcher:
        answer = fetcher.fetch(source, None)
    assert isinstance(answer, Capture)
    return answer


def _read(source: Source, capture: Capture) -> Document:
    from monitor.extract.document import extract

    return extract(
        capture.body,
        url=capture.final_url,
        media_type=capture.media_type,
        charset=capture.charset,
        rules=source.rules,
    )


def _as_json(capture: Capture, document: Document) -> dict[str, object]:
    return {
        "url": capture.url,
        "final_url": capture.final_url,
        "title": document.title,
        "language": document.language,
        "dates": output.dates_json(document.dates),
        "candidates": [
            {
                "value": candidate.date.value,
                "label": candidate.date.label,
                "evidence": candidate.date.evidence,
                "chosen": candidate.chosen,
                "why": candidate.why,
            }
            for candidate in document.dates.candidates
        ],
        "sections": [
            {"path": list(section.path), "heading": section.heading, "text": section.text}
            for section in document.sections
        ],
        "parts": list(document.parts),
        "part": document.part,
        "dropped": [{"text": part.text, "why": part.why} for part in document.dropped],
        "notes": list(document.notes),
        "text": document.text,
    }


def _print(capture: Capture, document: Document, *, full: bool) -> None:
    from rich.text import Text

    out = output.console()
    out.print(Text(output.plain(document.title) or "(no title)", "bold"))
    words = output.count(len(document.text.split()), "word")
    out.print(
        Text(
            output.joined((capture.final_url, document.language or "language unknown", words)),
            "dim",
        )
    )
    for note in document.notes:
        out.print(Text(f"! {output.plain(note)}", "yellow"))
    out.print(Text("\nDates", "bold"))
    for candidate in document.dates.candidates:
        mark = "✓" if candidate.chosen else " "
        date = candidate.date
        words = output.plain(f"{date.label}: {date.evidence!r} – {candidate.why}")
        out.print(Text(f"  {mark} {date.value}  {words}", "" if candidate.chosen else "dim"))
    if not document.dates.candidates:
        out.print("  none stated", style="dim")
    out.print(Text("\nSections", "bold"))
    for section in document.sections:
        heading = output.plain(section.heading) or "(before the first heading)"
        out.print(
            Text("  " * max(section.level, 1) + heading, "bold" if section.heading else "dim")
        )
        lines = section.text.split("\n") if section.text else []
        for line in lines if full else lines[:LINES_SHOWN]:
            shown = output.plain(line) if full else output.plain(line)[:WIDTH_SHOWN]
            out.print(Text("  " * (section.level + 1) + shown, "dim"))
    if document.parts:
        out.print(Text("\nSeveral documents on this page; name one with `part`", "bold"))
        for part in document.parts:
            mark = "✓" if part == document.part else " "
            out.print(Text(f"  {mark} {output.plain(part)}"))
    out.print(Text("\nLeft out", "bold"))
    for left in document.dropped:
        out.print(Text(f"  {left.why}: {output.plain(left.text)[:WIDTH_SHOWN]}", "dim"))
    if not document.dropped:
        out.print("  nothing", style="dim")


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
    """Add a source to sources.toml, leaving the rest of the file as it is."""
    from monitor.sources import add_source, guess, suggest_id, title

    path = path_of(context.obj)
    known = configuration(context.obj, secrets=False).sources if path.exists() else ()
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
