"""``diff``: any two versions of a policy, section by section."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.exits import Exit
from monitor.cli.stations import archive, one
from monitor.cli.times import moment
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import Change, Comparison, Source
    from monitor.record import Archive


class Form(StrEnum):
    """How a diff is written."""

    WORDS = "words"
    UNIFIED = "unified"
    HTML = "html"
    SECTIONS = "sections"
    JSON = "json"


@app.command()
def diff(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="Source id, site name or host.")],
    old: Annotated[
        int | None, typer.Argument(metavar="FROM", max=output.MOST, help="Version number.")
    ] = None,
    new: Annotated[
        int | None, typer.Argument(metavar="TO", max=output.MOST, help="Version number.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="What has changed since this date: 2026-01-31, 2w, 6m.")
    ] = None,
    words: Annotated[bool, typer.Option("--words", help="Words, by section [default].")] = False,
    unified: Annotated[bool, typer.Option("--unified", help="For patch(1).")] = False,
    html: Annotated[bool, typer.Option("--html", help="A page of its own.")] = False,
    sections: Annotated[bool, typer.Option("--sections", help="Only which sections.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show what changed between two versions.

    The newest change, if no version is named.
    """
    flags = (words, unified, html, sections, as_json)
    asked = [form for form, flag in zip(Form, flags, strict=True) if flag]
    if len(asked) > 1:
        raise UsageError(f"choose one of {', '.join(f'--{form}' for form in asked)}")
    with archive(context.obj) as opened:
        source = one(site, opened.sources())
        if since is not None:
            if old is not None:
                raise UsageError("name versions or --since, not both")
            old, new = _since(opened, source, since)
        start, end = _versions(opened, source, old, new)
        change = opened.past.change_between(source.id, start, end)
        comparison = _comparison(opened, source, start, end, change)
    labels = (f"{source.id}/{start}", f"{source.id}/{end}")
    if start == end and not asked:
        output.console(stderr=True).print(f"{source.id}: both are version {start}", markup=False)
    _write(comparison, asked[0] if asked else Form.WORDS, labels, source, change)
    raise typer.Exit(Exit.CHANGED if comparison.edits else Exit.FINE)


def _since(opened: Archive, source: Source, since: str) -> tuple[int, int]:
    """Return what was in force on a date, and what is shown today; say how sure that is."""
    from monitor.render.certainty import certainty

    now = datetime.now(UTC)
    found = opened.past.in_force(source.id, moment(since, now), now)
    shown = opened.state(source.id).version
    versions = opened.versions(source.id)
    if shown is None or not versions:
        raise UsageError(f"{source.id} has no version yet; run `monitor check {source.id}`")
    first = versions[0]
    said = f"not captured yet then; what is kept begins {output.local(first.fetched_at)}"
    said = certainty(found, output.local) if found else said
    start = found.version.number if found else first.number
    line = f"{source.id}: version {start} on {since}: {said}; version {shown} today"
    output.console(stderr=True).print(line, style="dim", markup=False)
    return start, shown


def _versions(opened: Archive, source: Source, old: int | None, new: int | None) -> tuple[int, int]:
    numbers = [version.number for version in opened.versions(source.id)]
    if not numbers:
        raise UsageError(f"{source.id} has no version yet; run `monitor check {source.id}`")
    if old is None:
        newest = opened.history([source.id], limit=1)
        if newest:
            return newest[0].from_version, newest[0].to_version
        old = max(numbers[-1] - 1, 1)
    ends = (old, new if new is not None else max(numbers))
    for number in ends:
        if number not in numbers:
            raise UsageError(
                f"{source.id} has no version {number}; it has {min(numbers)} to {max(numbers)}"
            )
    return ends


def _comparison(
    opened: Archive, source: Source, start: int, end: int, change: Change | None
) -> Comparison:
    if change is not None:
        return opened.comparison(change.id)
    from monitor.compare.verdict import compare

    first, second = opened.version(source.id, start), opened.version(source.id, end)
    assert first is not None
    assert second is not None
    return compare(first.document, second.document, ignore=source.rules.ignored)


def _write(
    comparison: Comparison,
    form: Form,
    labels: tuple[str, str],
    source: Source,
    change: Change | None,
) -> None:
    match form:
        case Form.UNIFIED:
            _print_unified(comparison.unified(*labels))
        case Form.JSON:
            from monitor.render import answers

            told: dict[str, object] = {**answers.change(change)} if change else {}
            meaning = ("change", "announcement", "summary", "score", "findings")
            output.emit(
                {
                    **answers.diff(comparison, labels),
                    **{key: told.get(key) for key in meaning},
                }
            )
        case Form.HTML:
            from monitor.render.html import page

            subtitle = f"{source.url} · {labels[0]} → {labels[1]}"
            sys.stdout.write(page(comparison, title=source.title, subtitle=subtitle))
        case _:
            if change is not None:
                output.tell_meaning(output.console(), change, indent="")
                output.console().print()
            _print(comparison, words=form is Form.WORDS)


def _print_unified(diff: str) -> None:
    if not sys.stdout.isatty():
        sys.stdout.write(diff)
        return
    from monitor.render.terminal import diff_unified

    out = output.console()
    out.print(diff_unified(diff, color=out.color_system is not None), soft_wrap=True)


def _print(comparison: Comparison, *, words: bool) -> None:
    out = output.console()
    if not comparison.edits:
        out.print("No difference.")
        return
    if words:
        from monitor.render.terminal import diff_sections, hang

        for block in diff_sections(comparison, color=out.color_system is not None):
            hang(out, block)
            out.print()
        return
    grid = output.table("", "section", "added", "removed")
    for edit in comparison.edits:
        path = output.place(edit.path)
        glyph = output.GLYPHS[edit.operation]
        grid.add_row(glyph, path, f"+{edit.words_added}", f"−{edit.words_removed}")
    out.print(grid)
