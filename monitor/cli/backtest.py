"""``backtest``: what edited rules would have made of the past, before they are saved."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.exits import Exit
from monitor.cli.stations import archive, chosen, configuration, path_of, settings
from monitor.errors import UsageError
from monitor.render import answers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from monitor.backtest import Alert, Backtest
    from monitor.cli.app import Options
    from monitor.model import Source
    from monitor.record import Archive


@app.command()
def backtest(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="Source id, site name, host or glob.")],
    config: Annotated[
        Path | None, typer.Option(help="The edited sources. [default: as the global --config]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Try edited rules on captures of the past.

    Says which alerts they would add or take away; leaves with 1 where there are any.

    The captures in the archive are replayed twice in a scratch archive: under the rules that were
    in force, and under the edited ones. Nothing is recorded, nobody is told. Only captures that
    were kept can be replayed: those of versions, variants, pending differences and the quarantine.
    """
    path = config or path_of(context.obj)
    edited = {source.id: source for source in _read(context.obj, config)}
    with archive(context.obj) as opened:
        wanted = chosen([site], opened.sources())
        missing = [source.id for source in wanted if source.id not in edited]
        if missing:
            raise UsageError(f"{path} has no source {', '.join(missing)}")
        pairs = [(source, edited[source.id]) for source in wanted]
        tests = _run(context.obj, opened, pairs)
    if as_json:
        output.emit([_json(test) for test in tests])
    else:
        for test in tests:
            _print(output.console(), test)
    if any(test.appear or test.disappear for test in tests):
        raise typer.Exit(Exit.CHANGED)


def _read(options: Options, config: Path | None) -> Sequence[Source]:
    from dataclasses import replace

    given = replace(options, config=config) if config else options
    return configuration(given, secrets=False).sources


def _run(
    options: Options, opened: Archive, pairs: Sequence[tuple[Source, Source]]
) -> list[Backtest]:
    from rich.progress import Progress

    from monitor.backtest import backtest as tested
    from monitor.wiring import scratch

    err = output.console(stderr=True)
    with (
        Progress(console=err, transient=True, disable=not err.is_terminal) as bar,
        scratch(settings(options)) as line,
    ):
        total = 2 * sum(len(opened.kept(now.id)) for now, _ in pairs)
        task = bar.add_task("replaying", total=total)
        step: Callable[[], None] = lambda: bar.advance(task)  # noqa: E731 - a callback
        return [tested(line, opened, now, edited, shown=step) for now, edited in pairs]


def _print(out: Console, test: Backtest) -> None:
    from rich.text import Text

    count = output.count
    out.print(Text(test.source, "bold"))
    out.print(
        f"  {count(test.captures, 'kept capture')} replayed: "
        f"{count(len(test.before.alerts), 'alert')} under the rules in force, "
        f"{len(test.after.alerts)} under the edited ones."
    )
    for title, style, alerts in (
        ("appear", "green", test.appear),
        ("disappear", "red", test.disappear),
        ("told otherwise", "yellow", [after for _, after in test.altered]),
    ):
        for alert in alerts:
            _print_alert(out, alert, Text(f"{title:<16}", style))
    if not (test.appear or test.disappear):
        out.print("  No alert would appear or disappear.")
    if test.after.blocked > test.before.blocked:
        more = test.after.blocked - test.before.blocked
        out.print(f"  ! {count(more, 'capture')} more could not be read under the edited rules.")
    if test.unreplayable:
        numbers = ", ".join(str(change.id) for change in test.unreplayable)
        out.print(f"  Not judged, as the kept captures alone do not lead to them: change {numbers}")
    out.print(
        "  Only captures that were kept are replayed; what showed nothing new was not kept.",
        style="dim",
    )


def _print_alert(out: Console, alert: Alert, title: Any) -> None:  # noqa: ANN401 - rich's Text
    from rich.text import Text

    recorded = alert.recorded
    review = recorded.review if recorded else None
    line = Text("  ").append_text(title).append(f"{output.local(alert.told.first_seen_at)}  ")
    line.append(output.plain(alert.told.reason))
    line.append(f"  change {recorded.id}" if recorded else "", "dim")
    out.print(line.append(f"  reviewed {review.verdict}" if review else "", "dim"))
    for passage in alert.words:
        out.print(Text(f"      {output.plain(passage)}", "dim"))


def _json(test: Backtest) -> dict[str, Any]:
    return {
        "source": test.source,
        "captures": test.captures,
        "before": {"alerts": len(test.before.alerts), "blocked": test.before.blocked},
        "after": {"alerts": len(test.after.alerts), "blocked": test.after.blocked},
        "appear": [_alert_json(alert) for alert in test.appear],
        "disappear": [_alert_json(alert) for alert in test.disappear],
        "altered": [
            {"before": _alert_json(old), "after": _alert_json(new)} for old, new in test.altered
        ],
        "not_judged": [change.id for change in test.unreplayable],
    }


def _alert_json(alert: Alert) -> dict[str, Any]:
    told: dict[str, Any] = {**answers.change(alert.told)}
    kept = ("first_seen_at", "confirmed_at", "reason", "dates", "sections", "stats")
    recorded: dict[str, Any] = {**answers.change(alert.recorded)} if alert.recorded else {}
    return {
        "change": recorded.get("change"),
        "review": recorded.get("review"),
        "words": list(alert.words),
    } | {name: told[name] for name in kept}
