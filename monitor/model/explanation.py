"""Why a check did, or did not, lead to an alert: told by the stage and the rule that decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model.comparison import Verdict

Stage = Literal[
    "",
    "fetch",
    "validators",
    "body",
    "gate",
    "guard",
    "extract",
    "compare",
    "confirmation",
    "known_states",
]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What decided a check."""

    stage: Stage = ""
    """Empty for checks recorded before explanations were."""
    rule: str = ""
    """What decided within the stage: a guard's reason, a failure's kind, ``clear`` …"""
    verdict: Verdict | None = None
    """Of the comparison with the version shown until then; `None` where it did not come to one."""
    words: tuple[str, ...] = ()
    """The first passages it rests on, ``[-gone-]{+come+}`` where words differ; three at most."""


@dataclass(frozen=True, slots=True)
class QuietStretch:
    """Checks in a row of one source that found nothing at all."""

    source: str
    checks: int
    first_at: datetime
    """UTC."""
    last_at: datetime
    """UTC."""
