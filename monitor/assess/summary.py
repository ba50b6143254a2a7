"""One plain sentence or two about a change, built from its edits, findings and dates."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from monitor.assess.announcement import moved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.model import Announcement, Dates, Edit, Finding, Operation

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
SENTENCE = 160
"""Characters of a sentence about words; what is longer is cut."""


def summary(
    edits: Sequence[Edit],
    findings: Sequence[Finding],
    old: Dates,
    new: Dates,
    announcement: Announcement,
) -> str:
    """Say which sections changed, what in them matters most, and what the date did.

    `edits` are those that change more than a date.
    """
    heaviest = sorted(findings, key=lambda finding: -finding.weight)
    named = sections(edits)
    words = [
        finding.summary
        for finding in heaviest
        if finding.rule.startswith("significance.")
        and finding.weight
        and not all(word in named for word in finding.words)
    ]
    clock = [f.summary for f in findings if f.rule.startswith(("effective.", "notice.short"))]
    told = [one if len(one) <= SENTENCE else f"{one[: SENTENCE - 1].rstrip()}…" for one in words]
    if announcement == "date_only":
        return joined([f.summary for f in findings if f.rule == "announcement.date_only"] + clock)
    return joined([named, *told[:TOLD], _date(findings, announcement, old, new), *clock])


def joined(sentences: Sequence[str]) -> str:
    """Join sentences that are not empty."""
    return " ".join(filter(None, sentences))


def sections(edits: Sequence[Edit]) -> str:
    """Say how many sections had what done to them, and name those that came or went."""
    paths: defaultdict[Operation, list[str]] = defaultdict(list)
    for edit in edits:
        paths[edit.operation].append(_name(edit.path))
    if not paths:
        return ""
    if len(edits) == 1:
        ((operation, (name,)),) = paths.items()
        if operation == "edited" and all(hunk.elsewhere is not None for hunk in edits[0].hunks):
            return f"Text moved to {name}, in the same words."
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
    return f"{'; '.join(parts)}." if any(":" in part for part in parts) else f"{', '.join(parts)}."


def _name(path: Sequence[str]) -> str:
    if not path:
        return START
    heading = " ".join(path[-1].split())
    return f"“{heading if len(heading) <= NAME else heading[: NAME - 1].rstrip() + '…'}”"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMES
    return ", ".join(names[:NAMES]) + (f" and {more} more" if more > 0 else "")


def _date(findings: Sequence[Finding], announcement: Announcement, old: Dates, new: Dates) -> str:
    if announcement in _DATES:
        return _DATES[announcement]
    step = moved(old, new)
    if announcement == "silent":
        return "The date did not change."
    if announcement == "announced" and step:
        return step
    told = (f.summary for f in findings if f.rule == f"announcement.{announcement}")
    return next(told, "")
