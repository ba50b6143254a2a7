"""The whole program: every command, and the one place where errors become exit codes."""

from __future__ import annotations

import sys

import click
import typer

from monitor.cli import (  # noqa: F401 - importing a module hangs its commands onto the app
    channels,
    checking,
    demonstration,
    differing,
    history,
    listing,
    sourcing,
)
from monitor.cli.app import app
from monitor.cli.exits import Exit
from monitor.errors import ArchiveError, ConfigError, MonitorError


def run() -> int:
    """Run one command and return its exit code."""
    try:
        answer = app(standalone_mode=False)
    except ConfigError as error:
        return _report("sources could not be read:", error, Exit.USAGE)
    except ArchiveError as error:
        return _report("storage:", error, Exit.ALL_FAILED)
    except MonitorError as error:
        return _report("", error, Exit.USAGE)
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (KeyboardInterrupt, click.Abort):
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; that is its right.
        sys.stderr.close()
        return Exit.FINE
    return int(answer or 0)


def _report(what: str, error: Exception, code: Exit) -> int:
    typer.echo(f"monitor: {what} {error}".replace(":  ", ": "), err=True)
    return code
