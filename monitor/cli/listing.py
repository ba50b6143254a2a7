"""``status`` and ``list``: how every source stands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.rhythm import configured, explained
from monitor.cli.stations import archive, chosen, configuration, path_of
from monitor.errors import ConfigError
from monitor.model import CONDITIONS, condition
from monitor.model.renaming import advice, renamed
from monitor.render import answers
from monitor.render.sizes import fullness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Protocol

    from rich.console import Console

    from monitor.cli.app import Options
    from monitor.model import ChannelOutage, Delivery, Source, SourceState, VolatilePassage
    from monitor.record import Archive

    class _Show(Protocol):
        def __call__(
            self, opened: Archive, known: dict[str, Source], /, *, as_json: bool
        ) -> None: ...


NAMED = 3
"""Sources that are named; of more, the rest is counted."""
STYLES = {
    "failing": "red",
    "blocked": "red",
    "overdue": "yellow",
    "drifted": "yellow",
    "pending": "yellow",
}


@app.command()
def status(
    context: typer.Context,
    site: Annotated[list[str] | None, typer.Argument(help="All sources if left out.")] = None,
    volatile: Annotated[
        bool, typer.Option("--volatile", help="Passages that come and go, and so are doubted.")
    ] = False,
    precision: Annotated[
        bool, typer.Option("--precision", help="How many reviewed alerts were real changes.")
    ] = False,
    upcoming: Annotated[
        bool, typer.Option("--upcoming", help="Days to come: taking effect, objecting.")
    ] = False,
    untracked: Annotated[
        bool, typer.Option("--untracked", help="Policies that pages lead to and nobody tracks.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show how every source stands.

    What needs a person comes first.
    """
    now = datetime.now(UTC)
    with archive(context.obj) as opened:
        if volatile:
            learned = {s.id: opened.volatile(s.id) for s in chosen(site or [], opened.sources())}
            _show_volatile(learned, as_json=as_json)
            return
        known = {source.id: source for source in chosen(site or [], opened.sources())}
        show = _shown_instead(upcoming=upcoming, untracked=untracked, precision=precision)
        if show is not None:
            show(opened, known, as_json=as_json)
            return
        every = opened.states()
        states = [state for state in every if state.source in known]
        watched = {state.source for state in every if state.next_check_at}
        current = [source for source in opened.sources() if source.id in watched]
        former = renamed(current, opened.sources(), every)
        waiting, failed = opened.outbox.pending_count(), opened.outbox.failed_count()
        silent, partly = opened.outbox.outages(), opened.outbox.partly_refused()
        full = _fullness(context.obj, opened)
        named = known.values() if site else ()
        more = [line for source in named for line in _more(opened, source, now)]
    rows = sorted(
        (CONDITIONS.index(condition(state, now)), state.source, state) for state in states
    )
    if as_json:
        described = ((name, answers.state(known[name], state, now)) for _, name, state in rows)
        output.emit([{**state, "formerly": former.get(name)} for name, state in described])
        return
    _print(rows, known, former, now)
    out = output.console()
    _print_more(out, more, full)
    _print_outbox(out, waiting, failed, silent)
    _print_partly(out, partly)


def _shown_instead(*, upcoming: bool, untracked: bool, precision: bool) -> _Show | None:
    if upcoming:
        from monitor.cli.deadlines import show_upcoming

        return show_upcoming
    if untracked:
        from monitor.cli.untracked import show_untracked

        return show_untracked
    if precision:
        from monitor.cli.reviewing import show_precision

        return show_precision
    return None


def _print_more(out: Console, more: Sequence[str], full: str) -> None:
    for line in more:
        out.print(line, markup=False)
    if full:
        out.print(f"\n{full[0].upper()}{full[1:]}", style="yellow", markup=False)


def _fullness(options: Options, opened: Archive) -> str:
    """Say that the archive comes near its quota; an unusable configuration has none."""
    from monitor.sources.load import load_quota

    try:
        quota = load_quota(path_of(options))
    except ConfigError:
        return ""
    return fullness(opened.upkeep.size(), quota) if quota else ""


def _more(opened: Archive, source: Source, now: datetime) -> Iterator[str]:
    """Say of one source what a table has no room for."""
    if source.schedule.adaptive:
        yield f"{source.id}: {explained(source.schedule, now, opened.rhythm(source.id))}"
    for change in opened.history([source.id], limit=1):
        when = output.local(change.first_seen_at)
        yield f"{source.id}: last change {when}: {output.plain(change.summary or change.reason)}"


def _print_outbox(out: Console, waiting: int, failed: int, silent: Sequence[ChannelOutage]) -> None:
    if waiting or failed:
        out.print(f"\nOutbox: {waiting} waiting, {failed} given up (monitor deliveries)")
    for one in silent:
        since, answer = output.local(one.opened_at), output.plain(one.detail)
        out.print(f"Channel {one.channel} fails since {since}: {answer}", style="red", markup=False)


def _print_partly(out: Console, partly: Sequence[Delivery]) -> None:
    for one in partly:
        answer = output.plain(one.attempts[-1].answer)
        line = f"Channel {one.channel}: not everybody has the last message: {answer}"
        out.print(f"{line} (monitor deliveries {one.id})", style="yellow", markup=False)


def _print(
    rows: list[tuple[int, str, SourceState]],
    known: dict[str, Source],
    former: dict[str, str],
    now: datetime,
) -> None:
    from rich.text import Text

    out = output.console()
    roomy = out.width >= output.ROOMY
    more = ("version", "changes", "last seen") if roomy else ()
    grid = output.table("source", "state", *more, "next check", text="source")
    remarks = []
    for _, name, state in rows:
        word = condition(state, now)
        shown = Text(word, STYLES.get(word, "green" if word == "fine" else ""))
        numbers = (str(state.version or "–"), str(state.changes))
        seen = (*numbers, output.local(state.last_success_at)) if roomy else ()
        grid.add_row(name, shown, *seen, output.local(state.next_check_at))
        history = advice(former[name]) if name in former else ""
        if remark := output.joined((_remark(state, known[name]), history)):
            remarks.append(Text.assemble((name, "bold"), f": {output.plain(remark)}"))
    out.print(grid if rows else "No source has been watched yet: monitor check")
    # Sentences in a column of their own would leave them a few letters a line.
    if private := [name for _, name, _ in rows if known[name].allow_private]:
        remarks.append(Text(f"Private addresses are allowed for {_few(private)}"))
    for place, line in enumerate(remarks):
        out.print(*([] if place else ["\n"]), line, sep="")


def _few(names: Sequence[str]) -> str:
    named = ", ".join(names[:NAMED])
    return f"{named} and {len(names) - NAMED} more" if len(names) > NAMED else named


def _remark(state: SourceState, source: Source) -> str:
    if state.pending:
        since = output.local(state.pending.first_seen_at)
        return f"{state.pending.reason}, seen {since}, waits for a second capture"
    muted = source.mute_until is not None and source.mute_until > datetime.now(UTC)
    silent = f"muted until {output.local(source.mute_until)}" if muted else ""
    trouble = state.last_detail if state.last_outcome in {"failed", "blocked"} else ""
    since = f"since {output.local(state.troubled_at)}" if state.troubled_at else ""
    times = f"{state.failures} times in a row" if state.failures > 1 else ""
    held = f"monitor show {state.source} --quarantine" if state.last_outcome == "blocked" else ""
    drift = f"{state.drift} (monitor preview {state.source})" if state.drift else ""
    return output.joined((trouble, since, times, held, drift, silent))


def _show_volatile(learned: dict[str, tuple[VolatilePassage, ...]], *, as_json: bool) -> None:
    if as_json:
        output.emit(
            [
                {
                    "source": name,
                    "passage": entry.passage.sample,
                    "flips": entry.flips,
                    "first_seen_at": answers.utc(entry.first_seen_at),
                    "last_seen_at": answers.utc(entry.last_seen_at),
                }
                for name, entries in learned.items()
                for entry in entries
            ]
        )
        return
    grid = output.table("source", "flips", "last", "passage")
    for name, entries in learned.items():
        for entry in entries:
            seen = output.local(entry.last_seen_at)
            grid.add_row(name, str(entry.flips), seen, output.plain(entry.passage.sample)[:100])
    out = output.console()
    out.print(grid if grid.row_count else "No passage has come and gone.")


@app.command()
def reset(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="Source id, site name, host or glob.")],
) -> None:
    """Forget which passages come and go.

    They count as wording again.
    """
    with archive(context.obj) as opened:
        for source in chosen([site], opened.sources()):
            forgotten = opened.forget_volatile(source.id)
            typer.echo(f"{source.id}: {output.count(forgotten, 'passage')} forgotten")


@app.command("list")
def sources(
    context: typer.Context,
    site: Annotated[list[str] | None, typer.Argument(help="All sources if left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the configured sources."""
    found = chosen(site or [], configuration(context.obj, secrets=False).sources)
    if as_json:
        output.emit([_source_json(source) for source in found])
        return
    grid = output.table("id", "site", "policy", "checked", "address", text="address")
    for source in found:
        checked = configured(source.schedule) if source.enabled else "off"
        grid.add_row(source.id, source.site, source.name, checked, source.url)
    output.console().print(grid)


def _source_json(source: Source) -> dict[str, object]:
    every, bounds = source.schedule.every, (source.schedule.least, source.schedule.most)
    return {
        "id": source.id,
        "site": source.site,
        "kind": source.kind,
        "name": source.name,
        "url": source.url,
        "enabled": source.enabled,
        "every_s": every.total_seconds() if every and not source.schedule.cron else None,
        "every_between_s": [bound.total_seconds() for bound in bounds if bound] or None,
        "cron": source.schedule.cron,
        "timezone": source.schedule.timezone,
        "tags": list(source.tags),
        "notify": list(source.notify),
    }
