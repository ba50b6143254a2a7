"""What the row of a check says about its outcome."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from monitor.model import (
    Blocked,
    Changed,
    Failed,
    First,
    Pending,
    Rederived,
    Unchanged,
    Variant,
    explain,
    kind_of,
)
from monitor.record import codec

if TYPE_CHECKING:
    from monitor.model import Check, Outcome, OutcomeKind

LIMIT = 2000
"""Characters of a failure's words that are kept; a hostile server's may be endless."""


def note(check: Check) -> tuple[OutcomeKind, str]:
    """Return the kind of outcome, and what there is to say about it."""
    return kind_of(check.outcome), _detail(check.outcome)[:LIMIT]


def _detail(outcome: Outcome) -> str:
    match outcome:
        case Changed(comparison=comparison):
            return comparison.reason
        case Rederived(cause=cause):
            return cause
        case Unchanged(detail=detail):
            return detail
        case Pending(reason):
            return reason
        case Variant(version):
            return f"version {version}"
        case Blocked(reason, message):
            return f"{reason}: {message}"
        case Failed(kind, message):
            return f"{kind}: {message}"
        case First():
            return ""


def columns(check: Check, *, returned: bool) -> dict[str, Any]:
    """Return what the row of a check says: when, what, and why that is, or is not, an alert."""
    kind, detail = note(check)
    found = explain(check, returned=returned)
    return {
        "started_at": check.started_at,
        "duration_ms": (check.finished_at - check.started_at) // timedelta(milliseconds=1),
        "outcome": kind,
        "detail": detail,
        "http_status": http_status(check),
        "stage": found.stage,
        "rule": found.rule,
        "verdict": found.verdict,
        "words": codec.dump(found.words) if found.words else None,
    }


def http_status(check: Check) -> int | None:
    """Return the status the server answered with; `None` where none came."""
    match check.outcome:
        case Failed(status=status):
            return status
        case Unchanged("validators"):
            return 304
        case _:
            return check.capture.status if check.capture else None
