"""Exit codes, as documented in the README and by ``monitor --help``."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the shell is told."""

    FINE = 0
    CHANGED = 1
    """`diff`, or `check --exit-code`, found a change."""
    USAGE = 2
    """The command line or the configuration is wrong."""
    SOME_FAILED = 3
    ALL_FAILED = 4
    """Every source failed, or storage did."""
    UNVERIFIED = 5
    INTERRUPTED = 130
