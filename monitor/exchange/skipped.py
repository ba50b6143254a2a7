"""What is left out of an import, and why."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from monitor.errors import MonitorError

Reason = Literal[
    "elsewhere",
    "not_a_page",
    "too_large",
    "encoded",
    "unresolved",
    "damaged",
    "undated",
    "future",
    "repeated",
    "known",
    "unserved",
    "single",
]

WORDS: dict[Reason, str] = {
    "elsewhere": "of other addresses",
    "not_a_page": "of no page: redirects, errors, other protocols",
    "too_large": "with more than 20 MB",
    "encoded": "in an encoding that cannot be undone",
    "unresolved": "of the same body as one that is in none of the files",
    "damaged": "damaged or cut short",
    "undated": "without a usable date",
    "future": "dated in the future",
    "repeated": "taken at the same time as another",
    "known": "no newer than what is known: imported before, or checked since",
    "unserved": "that the archive lists and does not serve",
    "single": "of one page where several make up the policy",
}
"""How each reason is told, after a number of records."""

Skipped = Counter[Reason]
"""How many records were left out for which reason."""


class UnusableError(MonitorError):
    """A record cannot be imported; `reason` says why, and the rest can."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(WORDS[reason])
        self.reason = reason
