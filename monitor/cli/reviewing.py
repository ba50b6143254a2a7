"""``review``: whether an alert deserved to be one, and how often they do."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.stations import archive
from monitor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

    from monitor.model import SourceScore
    from monitor.record import Archive

LONGEST_NOTE = 2000


class Judged(StrEnum):
    """What a person says of an alert."""

    REAL = "real"
    NOISE = "noise"


@app.command()
def review(
    context: typer.Context,
    change: Annotated[
        int,
        typer.Argument(min=1, max=output.MOST, help="Number of the change, as `history` shows it."),
    ],
    verdict: Annotated[Judged, typer.Argument(help="Whether the policy really changed.")],
    note: Annotated[str, typer.Option(help="Why, for whoever reads it later.")] = "",
) -> None:
    """Say whether a change deserved its alert.

    A later verdict replaces an earlier one.
    """
    from monitor.model import Review

    found = Review(verdict.value, note.strip()[:LONGEST_NOTE], datetime.now(UTC))
    with archive(context.obj) as opened:
        if not opened.review(change, found):
            raise UsageError(f"there is no change {change}; `monitor history SITE` numbers them")
        reviewed = opened.change(change)
    assert reviewed is not None
    typer.echo(f"change {change} of {reviewed.source}: reviewed as {verdict.value}")


def show_precision(opened: Archive, wanted: Collection[str], *, as_json: bool) -> None:
    """Print the measured precision of these sources, and of all of them together."""
    from monitor.model.review import total

    scores = tuple(score for score in opened.scores() if score.source in wanted)
    overall = total(scores)
    if as_json:
        found = [{"source": score.source} | _score_json(score) for score in scores]
        output.emit({"overall": _score_json(overall), "sources": found})
        return
    grid = output.table("source", "alerts", "real", "noise", "unreviewed", "precision")
    for score in scores:
        if score.alerts:
            _add_row(grid.add_row, score, score.source)
    _add_row(grid.add_row, overall, f"all {len(scores)}")
    out = output.console()
    out.print(grid)
    if overall.unreviewed:
        out.print("\nTo review an alert: monitor review CHANGE real|noise", markup=False)


def _add_row(add: Any, score: SourceScore, name: str) -> None:  # noqa: ANN401 - a table's method
    counts = (score.alerts, score.real, score.noise, score.unreviewed)
    add(name, *map(str, counts), share(score.precision))


def share(precision: float | None) -> str:
    """Write a precision as a percentage."""
    return "–" if precision is None else f"{precision:.1%}"


def _score_json(score: SourceScore) -> dict[str, Any]:
    return {
        "alerts": score.alerts,
        "reviewed": score.real + score.noise,
        "real": score.real,
        "noise": score.noise,
        "unreviewed": score.unreviewed,
        "precision": score.precision,
        "checks": score.checks,
        "captures": score.captures,
    }
