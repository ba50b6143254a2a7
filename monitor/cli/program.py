"""The whole program: every command, and the one place where errors become exit codes."""

from __future__ import annotations

from monitor.cli import (  # noqa: F401 - importing a module hangs its commands onto the app
    asking,
    assessing,
    backtest,
    blaming,
    carrying,
    channels,
    checking,
    clustering,
    deadlines,
    deliveries,
    demonstration,
    differing,
    explaining,
    exporting,
    history,
    importing,
    listing,
    pruning,
    rendering,
    reviewing,
    safekeeping,
    sealing,
    searching,
    serving,
    showing,
    sourcing,
    verifying,
)
from monitor.cli.app import app
from monitor.cli.exits import Exit, report
from monitor.errors import MonitorError

ORDER = (
    *("demo", "preview", "add", "check", "run", "web"),
    *("status", "history", "diff", "show", "blame", "search", "list", "validate", "deliveries"),
)
"""Commands as a newcomer meets them: try, watch, read, keep going; others come last."""
_PLACES = {name: place for place, name in enumerate(ORDER)}
app.registered_commands.sort(
    key=lambda command: _PLACES.get(
        command.name or str(getattr(command.callback, "__name__", "")), len(ORDER)
    )
)


def run() -> int:
    """Run one command and return its exit code."""
    try:
        app(prog_name="monitor")
    except MonitorError as error:
        return report(error)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else Exit.FINE
    return Exit.FINE
