"""How outcomes are worded, tabled, and turned into an exit code."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.exits import Exit
from monitor.model import Blocked, Changed, Failed, First, Pending, Rederived, Unchanged, Variant
from monitor.render import answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from monitor.model import Outcome
    from monitor.pipeline import Checked
    from monitor.wiring import Station

MANY = 8
"""More failures than this for want of a network are counted rather than listed."""
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
            date = answers.date_value(document.dates.last_updated)
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
    if len(checked) > MANY and _unreachable(checked):
        # The same sentence once for each source would bury the advice that follows.
        kinds = Counter(
            one.check.outcome.kind for one in checked if isinstance(one.check.outcome, Failed)
        )
        for kind, number in kinds.most_common():
            out.print(f"{output.count(number, 'source')} failed: {kind}", markup=False)
        return
    _print_grid(out, checked)
    changed = [one.check.source.id for one in checked if isinstance(one.check.outcome, Changed)]
    told = sum(one.recorded.deliveries for one in checked)
    if changed:
        out.print(f"\n{output.count(len(changed), 'policy')} changed", markup=False)
        out.print(f"See what: monitor diff {changed[0]}", markup=False)
    if told:
        outbox = built.archive.outbox
        waiting, failed = outbox.pending_count(), outbox.failed_count()
        left = f"{waiting} waiting, {failed} given up (monitor deliveries)"
        rest = left if waiting or failed else "all delivered"
        out.print(f"{output.count(told, 'alert')}; outbox: {rest}", markup=False)


def _print_grid(out: Console, checked: Sequence[Checked]) -> None:
    from rich.text import Text

    roomy = out.width >= output.ROOMY
    grid = output.table("source", "found", "", *(["next check"] if roomy else []), text="")
    for one in checked:
        kind = kind_of(one.check.outcome)
        off = not one.check.source.enabled
        due = "off" if off else output.local(one.check.next_check_at)
        grid.add_row(
            one.check.source.id,
            Text(kind, STYLES.get(kind, "")),
            Text(output.plain(detail(one.check.outcome))),
            *([due] if roomy else []),
        )
    out.print(grid)


def _unreachable(checked: Sequence[Checked]) -> bool:
    return all(
        isinstance(one.check.outcome, Failed)
        and one.check.outcome.kind in {"dns", "connect", "timeout"}
        for one in checked
    )


def network_advice(checked: Sequence[Checked]) -> str:
    """Say what to do where every source failed."""
    if _unreachable(checked):
        many = len(checked) > 1
        why = "this machine seems to have no network" if many else "a wrong address, or no network"
        return f"No source could be reached: {why}. `monitor demo` shows everything without one."
    return "Every source failed; `monitor status` says why."


def verdict(outcomes: Sequence[Outcome]) -> Exit:
    """Return the exit code of a pass: fine, some failed, or all failed."""
    troubled = sum(isinstance(outcome, Failed | Blocked) for outcome in outcomes)
    if not troubled:
        return Exit.FINE
    return Exit.ALL_FAILED if troubled == len(outcomes) else Exit.SOME_FAILED
