"""How sure an answer about the past is, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.model import Gap, InForce

    Written = Callable[[datetime], str]


def certainty(found: InForce, written: Written) -> str:
    """Say in a sentence how sure it is that a version was in force."""
    seen = written(found.seen_at)
    if found.next_seen_at is None:
        return f"last seen {seen}, and not since"
    after = written(found.next_seen_at)
    gap = found.gap
    unseen = f"; {unwatched(gap)} in between" if gap else ""
    if found.certainty == "certain":
        return f"seen {seen} and again {after}{unseen}"
    return (
        f"uncertain: seen {seen}, and version {found.next_version} {after}{unseen}: "
        "it had perhaps taken its place"
    )


def unwatched(gap: Gap) -> str:
    """Say why nothing was seen in a gap."""
    if not gap.failed:
        return "nobody looked"
    return "one check failed" if gap.failed == 1 else f"{gap.failed} checks failed"
