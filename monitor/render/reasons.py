"""Why a check was, or was not, an alert: one sentence for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.model import CheckRow

_DECIDED = {
    ("unchanged", "body"): "no alert: the same bytes as before",
    ("unchanged", "gate"): "no alert: the same visible words as before",
    ("unchanged", "compare"): "no alert: what differs is not the wording of the policy",
    ("not_modified", "validators"): "no alert: the server says that nothing changed (304)",
    ("first", "extract"): "no alert: the first document of this source",
}
_RULES = {
    "clear": "alert: {detail}; a plain edit, told at once",
    "confirmed": "alert: {detail}; a later capture still showed it",
    "at_once": "alert: {detail}; this source waits for no second capture",
    "released": "alert: {detail}; believed at the end of an import, where no capture follows",
    "once": "not yet: {detail}; waits for a second capture that shows it too",
    "suspect": "not yet: {detail}; perhaps the capture rather than the policy, "
    "so three captures must agree",
    "volatile": "not yet: {detail}; passages that come and go must stay for three days",
    "seen": "no alert: {detail} again, which was shown within two weeks",
    "returned": "alert: back to {detail}, told once as returned",
    "stayed": "alert: back to {detail}, and it has stayed for three days",
    "extractor": "no alert: read anew by a newer extractor; what differs is our doing",
    "rules": "no alert: read anew under other rules; what differs is our doing",
}


def why(row: CheckRow) -> str:
    """Say in one sentence why a check was, or was not, an alert."""
    decided = row.explanation
    rule = _RULES.get(decided.rule)
    if rule and row.outcome in {"changed", "pending", "variant", "rederived"}:
        return rule.format(detail=row.detail)
    if row.outcome == "blocked":
        return f"no alert: not the policy ({row.detail}); kept in quarantine"
    if row.outcome == "failed":
        return f"no alert: the page could not be had ({row.detail})"
    known = _DECIDED.get((row.outcome, decided.stage))
    if known is None:
        # Recorded before explanations were.
        return row.detail
    vanished = row.detail.removeprefix("vanished: ")
    return f"{known}; seen before and gone again: {vanished}" if vanished else known
