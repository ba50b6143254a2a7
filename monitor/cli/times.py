"""Dates as people type them on a command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from monitor.errors import UsageError

_AGO = re.compile(r"(\d{1,5})\s*([hdwmy])")
_DAY = re.compile(r"\d{4}-?\d\d-?\d\d")
_UNITS = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "m": timedelta(days=30),
    "y": timedelta(days=365),
}


def moment(text: str, now: datetime, *, end: bool = False) -> datetime:
    """Read ``2026-01-31``, ``2026-01-31T12:00`` (local unless it names a zone), or ``2w`` ago.

    A day alone means its first moment, or with `end` its last.
    Raises `UsageError` saying which forms are read.
    """
    try:
        if ago := _AGO.fullmatch(text.strip().removesuffix("ago").strip()):
            return now - int(ago[1]) * _UNITS[ago[2]]
        found = datetime.fromisoformat(text.strip())
        if end and _DAY.fullmatch(text.strip()):
            found += timedelta(days=1, microseconds=-1)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{text!r} is not a time; write 2026-01-31, 2026-01-31T12:00 or 12h, 30d, 2w, 6m, 1y"
        ) from None
