"""``checks``: every check with the reason why it was, or was not, an alert."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.stations import archive, chosen
from monitor.cli.times import moment

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.model import CheckRow
    from monitor.pipeline import Checked

STYLES = {"changed": "bold green", "pending": "yellow", "blocked": "red", "failed": "red"}

_DECIDED = {
    ("unchanged", "body"): "no alert: the same bytes as before",
    ("unchanged", "gate"): "no alert: the same visible words as before",
    ("unchanged", "compare"): "no alert: what differs is not the wording of the policy",
    ("not_modified", "validators"): "no alert: the server says that nothing changed (304)",
    ("first", "extract"): "no alert: the first document of this source",
}
_RULES = {
    "clear": "alert: {detail}; a plain edit, told at once",
    "confirmed": "alert: {detail}; a later capture still showed it",
    "at_once": "alert: {detail}; this source waits for no second capture",
    "released": "alert: {detail}; believed at the end of an import, where no capture follows",
    "once": "not yet: {detail}; waits for a second capture that shows it too",
    "suspect": "not yet: {detail}; perhaps the capture rather than the policy, "
    "so three captures must agree",
    "volatile": "not yet: {detail}; passages that come and go must stay for three days",
    "seen": "no alert: {detail} again, which was shown within two weeks",
    "returned": "alert: back to {detail}, told once as returned",
    "stayed": "alert: back to {detail}, and it has stayed for three days",
    "extractor": "no alert: read anew by a newer extractor; what differs is our doing",
    "rules": "no alert: read anew under other rules; what differs is our doing",
}


@app.command()
def checks(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="Source id, site name, host or glob.")],
    since: Annotated[
        str | None, typer.Option(help="2026-01-31, or a time ago: 2w, 30d, 12h.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=output.MOST, help="At most this many of each source.")
    ] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List checks, and why each was an alert or not.

    Newest first.
    """
    after = moment(since, datetime.now(UTC)) if since else None
    with archive(context.obj) as opened:
        found = {
            source.title: opened.checks(source.id, limit, since=after)
            for source in chosen([site], opened.sources())
        }
    if as_json:
        output.emit([check_json(row) for rows in found.values() for row in rows])
        return
    out = output.console()
    for title, rows in found.items():
        out.print(title, style="bold", markup=False)
        for row in rows:
            tell_check(out, row)
        if not rows:
            out.print("  Not checked yet.", style="dim")


def why(row: CheckRow) -> str:
    """Say in one sentence why a check was, or was not, an alert."""
    decided = row.explanation
    rule = _RULES.get(decided.rule)
    if rule and row.outcome in {"changed", "pending", "variant", "rederived"}:
        return rule.format(detail=row.detail)
    if row.outcome == "blocked":
        return f"no alert: not the policy ({row.detail}); kept in quarantine"
    if row.outcome == "failed":
        return f"no alert: the page could not be had ({row.detail})"
    known = _DECIDED.get((row.outcome, decided.stage))
    if known is None:
        # Recorded before explanations were.
        return row.detail
    vanished = row.detail.removeprefix("vanished: ")
    return f"{known}; seen before and gone again: {vanished}" if vanished else known


def check_json(row: CheckRow) -> dict[str, Any]:
    """Return a check as lists and logs show it."""
    decided = row.explanation
    return {
        "source": row.source,
        "checked_at": output.utc(row.started_at),
        "duration_ms": round(row.duration.total_seconds() * 1000),
        "outcome": row.outcome,
        "alert": row.change is not None or decided.rule == "returned",
        "why": why(row),
        "stage": decided.stage or None,
        "rule": decided.rule or None,
        "verdict": decided.verdict,
        "detail": row.detail,
        "words": list(decided.words),
        "http_status": row.http_status,
        "version": row.version,
        "change": row.change,
    }


def tell_check(out: Console, row: CheckRow) -> None:
    """Print a check on one line, and the words it rests on below."""
    from rich.text import Text

    kind = row.outcome.replace("_", " ")
    line = Text(f"  {output.local(row.started_at)}  ")
    line.append(f"{kind:<12} ", STYLES.get(row.outcome, ""))
    out.print(line.append(output.plain(why(row))))
    tell_words(out, row)


def tell_words(out: Console, row: CheckRow) -> None:
    """Print the passages a check rests on."""
    from rich.text import Text

    for passage in row.explanation.words:
        out.print(Text(f"      {output.plain(passage)}", "dim"))


def row_of(checked: Checked) -> CheckRow:
    """Return a check that has just been recorded as the archive lists it."""
    from monitor.model import CheckRow, Variant
    from monitor.record.notes import http_status, note

    check, recorded = checked.check, checked.recorded
    kind, said = note(check)
    found = check.outcome.version if isinstance(check.outcome, Variant) else recorded.version
    return CheckRow(
        source=check.source.id,
        started_at=check.started_at,
        duration=check.finished_at - check.started_at,
        outcome=kind,
        detail=said,
        http_status=http_status(check),
        explanation=checked.explanation,
        version=found,
        change=recorded.change,
    )
