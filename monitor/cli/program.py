"""The whole program: every command, and the one place where errors become exit codes."""

from __future__ import annotations

import typer

from monitor.cli import (  # noqa: F401 - importing a module hangs its commands onto the app
    channels,
    checking,
    demonstration,
    differing,
    history,
    importing,
    listing,
    sourcing,
)
from monitor.cli.app import app
from monitor.cli.exits import Exit
from monitor.errors import ArchiveError, ConfigError, MonitorError


def run() -> int:
    """Run one command and return its exit code."""
    try:
        app(prog_name="monitor")
    except ConfigError as error:
        return _report("the configuration cannot be used:\n", error, Exit.USAGE)
    except ArchiveError as error:
        return _report("storage: ", error, Exit.ALL_FAILED)
    except MonitorError as error:
        return _report("", error, Exit.USAGE)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else Exit.FINE
    return Exit.FINE


def _report(what: str, error: Exception, code: Exit) -> int:
    typer.echo(f"monitor: {what}{error}", err=True)
    return code
