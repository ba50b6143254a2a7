"""Sizes of archives, in words."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1000
NEAR = 0.8
"""Part of a quota from which on is warned."""


def size(count: int) -> str:
    """Write a number of bytes: ``812 bytes``, ``3.1 GB``."""
    value, unit = float(count), 0
    while abs(value) >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit else f"{count} {_UNITS[0]}"


def fullness(used: int, quota: int) -> str:
    """Say that an archive comes near its quota or is over it; nothing before that."""
    if used < NEAR * quota:
        return ""
    part = f"{size(used)} of {size(quota)}"
    what = "over its quota" if used >= quota else f"at {used * 100 // quota} % of its quota"
    return (
        f"the archive is {what} ({part}); nothing is dropped by itself: see "
        "`monitor prune --dry-run` and keep_for in sources.toml, or raise the quota"
    )
