"""How outcomes are worded, tabled, and turned into an exit code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.exits import Exit
from monitor.model import Blocked, Changed, Failed, First, Pending, Variant, kind_of
from monitor.render import answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from rich.console import Console

    from monitor.model import Outcome, Recorded, Source
    from monitor.pipeline import Checked
    from monitor.wiring import Station

MANY = 8
"""More failures than this for want of a network are counted rather than listed."""
_WORDS = {"not_modified": "not modified", "rederived": "re-read"}
STYLES = {"changed": "bold green", "pending": "yellow", "blocked": "red", "failed": "red"}


@dataclass(frozen=True, slots=True)
class Found:
    """What is shown of a check; a pass over thousands of sources keeps no document of any."""

    source: Source
    kind: str
    detail: str
    failure: str
    """Kind of failure; empty where the page was reached."""
    recorded: Recorded
    checked_at: datetime
    next_check_at: datetime


def found(checked: Checked) -> Found:
    """Take from a check what is shown of it."""
    check, outcome = checked.check, checked.check.outcome
    return Found(
        check.source,
        word_of(outcome),
        detail(outcome),
        outcome.kind if isinstance(outcome, Failed) else "",
        checked.recorded,
        check.finished_at,
        check.next_check_at,
    )


def word_of(outcome: Outcome) -> str:
    """Name an outcome as people read it."""
    kind = kind_of(outcome)
    return _WORDS.get(kind, kind)


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


def print_table(out: Console, built: Station, checked: Sequence[Found]) -> None:
    """Print what each check found, then what follows from it."""
    if len(checked) > MANY and _unreachable(checked):
        # The same sentence once for each source would bury the advice that follows.
        kinds = Counter(one.failure for one in checked if one.failure)
        for kind, number in kinds.most_common():
            out.print(f"{output.count(number, 'source')} failed: {kind}", markup=False)
        return
    _print_grid(out, checked)
    changed = [one.source.id for one in checked if one.kind == "changed"]
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


def _print_grid(out: Console, checked: Sequence[Found]) -> None:
    from rich.text import Text

    roomy = out.width >= output.ROOMY
    grid = output.table("source", "found", "", *(["next check"] if roomy else []), text="")
    for one in checked:
        due = output.local(one.next_check_at) if one.source.enabled else "off"
        grid.add_row(
            one.source.id,
            Text(one.kind, STYLES.get(one.kind, "")),
            Text(output.plain(one.detail)),
            *([due] if roomy else []),
        )
    out.print(grid)


def _unreachable(checked: Sequence[Found]) -> bool:
    # One page that takes too long was reached; a host of them was probably not.
    kinds = {one.failure for one in checked}
    return kinds <= {"dns", "connect", "timeout"} and (len(checked) > 1 or "timeout" not in kinds)


def network_advice(checked: Sequence[Found]) -> str:
    """Say what to do where every source failed."""
    if _unreachable(checked):
        many = len(checked) > 1
        why = "this machine seems to have no network" if many else "a wrong address, or no network"
        return f"No source could be reached: {why}. `monitor demo` shows everything without one."
    return "Every source failed; `monitor status` says why."


def verdict(kinds: Iterable[str]) -> Exit:
    """Return the exit code of a pass: fine, some failed, or all failed."""
    seen = Counter(kinds)
    troubled = seen["failed"] + seen["blocked"]
    if not troubled:
        return Exit.FINE
    return Exit.ALL_FAILED if troubled == seen.total() else Exit.SOME_FAILED
