"""One plain sentence or two about a change, built from its edits, findings and dates."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.model import Announcement, Comparison, Dates, Finding, Operation

_VERBS: dict[Operation, str] = {
    "edited": "changed",
    "added": "added",
    "removed": "removed",
    "renamed": "renamed",
    "moved": "moved",
}
_NAMED = {"added", "removed", "renamed"}
NAMES = 3
NAME = 60
TOLD = 3
"""Findings about words that are told; the rest is listed."""
START = "the start of the document"
_DATES = {
    "date_removed": "The policy no longer states a date.",
    "none": "The policy states no date.",
}


def summary(
    comparison: Comparison,
    findings: Sequence[Finding],
    old: Dates,
    new: Dates,
    announcement: Announcement | None = None,
) -> str:
    """Say which sections changed, what in them matters most, and what the date did."""
    heaviest = sorted(findings, key=lambda finding: -finding.weight)
    words = [f.summary for f in heaviest if f.rule.startswith("significance.") and f.weight][:TOLD]
    clock = [f.summary for f in findings if f.rule.startswith("effective.")]
    first = "Only the date changed." if announcement == "date_only" else sections(comparison)
    return " ".join(part for part in (first, *words, _date(announcement, old, new), *clock) if part)


def sections(comparison: Comparison) -> str:
    """Say how many sections had what done to them, and name those that came or went."""
    paths: defaultdict[Operation, list[str]] = defaultdict(list)
    for edit in comparison.edits:
        paths[edit.operation].append(_name(edit.path))
    if not paths:
        return ""
    if len(comparison.edits) == 1:
        ((operation, (name,)),) = paths.items()
        verb = _VERBS[operation] if operation == "edited" else f"was {_VERBS[operation]}"
        return f"{name[0].upper()}{name[1:]} {verb}."
    parts: list[str] = []
    for operation, verb in _VERBS.items():
        names = paths.get(operation)
        if not names:
            continue
        noun = "" if parts else (" section" if len(names) == 1 else " sections")
        listed = f": {_listed(names)}" if operation in _NAMED else ""
        parts.append(f"{len(names)}{noun} {verb}{listed}")
    return f"{', '.join(parts)}."


def _name(path: Sequence[str]) -> str:
    if not path:
        return START
    heading = " ".join(path[-1].split())
    return f"“{heading if len(heading) <= NAME else heading[: NAME - 1].rstrip() + '…'}”"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMES
    return ", ".join(names[:NAMES]) + (f" and {more} more" if more > 0 else "")


def _date(announcement: Announcement | None, old: Dates, new: Dates) -> str:
    if announcement in _DATES:
        return _DATES[announcement]
    was = old.last_updated.value if old.last_updated else None
    now = new.last_updated.value if new.last_updated else None
    if was == now:
        return "The date did not change." if now else _DATES["none"]
    if was is None:
        return f"The policy now states a date, {now}."
    return f"The date went from {was} to {now}." if now else _DATES["date_removed"]
