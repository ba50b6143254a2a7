"""Exit codes, as documented in the README and by ``monitor --help``."""

from __future__ import annotations

import sys
from enum import IntEnum

from monitor.errors import (
    ArchiveError,
    ConfigError,
    MonitorError,
    StalledError,
    StampError,
    WorkerError,
)
from monitor.render.visible import visible


class Exit(IntEnum):
    """What the shell is told."""

    FINE = 0
    CHANGED = 1
    """`diff`, or `check --exit-code`, found a change; `backtest` found alerts that differ."""
    USAGE = 2
    """The command line or the configuration is wrong."""
    SOME_FAILED = 3
    ALL_FAILED = 4
    """Every source failed, storage did, or a daemon hung."""
    UNVERIFIED = 5
    DEFECT = 70
    """A defect of the program itself; sysexits.h calls it EX_SOFTWARE."""
    INTERRUPTED = 130


def report(error: MonitorError) -> Exit:
    """Say on stderr what went wrong, and return the exit code for it."""
    match error:
        case ConfigError():
            what, code = "the configuration cannot be used:\n", Exit.USAGE
        case ArchiveError():
            what, code = "storage: ", Exit.ALL_FAILED
        case WorkerError() | StalledError() | StampError():
            what, code = "", Exit.ALL_FAILED
        case _:
            what, code = "", Exit.USAGE
    sys.stderr.write(visible(f"monitor: {what}{error}\n"))
    return code
