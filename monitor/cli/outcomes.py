"""How outcomes are worded, tabled, and turned into an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.exits import Exit
from monitor.model import Blocked, Changed, Failed, First, Pending, Rederived, Unchanged, Variant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from monitor.model import Outcome
    from monitor.pipeline import Checked
    from monitor.wiring import Station

STYLES = {"changed": "bold green", "pending": "yellow", "blocked": "red", "failed": "red"}


def kind_of(outcome: Outcome) -> str:
    """Name an outcome as people and programs read it."""
    match outcome:
        case Unchanged(by="validators"):
            return "not modified"
        case Rederived():
            return "re-read"
        case _:
            return type(outcome).__name__.lower()


def detail(outcome: Outcome) -> str:
    """Say what there is to say about an outcome, on one line."""
    match outcome:
        case First(document=document):
            date = output.date_value(document.dates.last_updated)
            words = len(document.text.split())
            sections = output.count(len(document.sections), "section")
            return output.joined(
                (f"{words} words", sections, f"dated {date}" if date else "states no date")
            )
        case Changed(comparison=comparison):
            return comparison.reason
        case Pending(reason=reason):
            return f"{reason}; waits for a second capture"
        case Variant(version=number):
            return f"back to version {number}"
        case Blocked(reason=reason, message=message):
            return message or reason
        case Failed(kind=kind, message=message):
            return f"{kind}: {message}"
        case _:
            return ""


def print_table(out: Console, built: Station, checked: Sequence[Checked]) -> None:
    """Print what each check found, then what follows from it."""
    from rich.text import Text

    grid = output.table("source", "found", "", "next check")
    for one in checked:
        kind = kind_of(one.check.outcome)
        grid.add_row(
            one.check.source.id,
            Text(kind, STYLES.get(kind, "")),
            Text(output.plain(detail(one.check.outcome))),
            output.local(one.check.next_check_at),
        )
    out.print(grid)
    changed = [one.check.source.id for one in checked if isinstance(one.check.outcome, Changed)]
    told = sum(one.recorded.deliveries for one in checked)
    if changed:
        out.print(f"\n{output.count(len(changed), 'policy')} changed", markup=False)
        out.print(f"See what: monitor diff {changed[0]}", markup=False)
    if told:
        pending = built.archive.outbox.pending_count()
        out.print(f"{output.count(told, 'alert')} to deliver, {pending} waiting", markup=False)


def network_advice(checked: Sequence[Checked]) -> str:
    """Say what to do where every source failed."""
    kinds = {one.check.outcome.kind for one in checked if isinstance(one.check.outcome, Failed)}
    if kinds <= {"dns", "connect", "timeout"}:
        return (
            "No source could be reached: this machine seems to have no network. "
            "`monitor demo` shows everything without one."
        )
    return "Every source failed; `monitor status` says why."


def verdict(checked: Sequence[Checked]) -> int:
    """Return the exit code of a pass: fine, some failed, or all failed."""
    troubled = [one for one in checked if isinstance(one.check.outcome, Failed | Blocked)]
    if not troubled:
        return Exit.FINE
    return Exit.ALL_FAILED if len(troubled) == len(checked) else Exit.SOME_FAILED
