"""The shapes of JSON answers, the same from every command and address; times are ISO 8601 UTC."""

from __future__ import annotations

from typing import Literal

# The standard library's own is readable to pydantic only from Python 3.12 on.
from typing_extensions import TypedDict


class DatesAnswer(TypedDict):
    """A policy's own dates: ISO 8601, down to the day, the month or the year."""

    updated: str | None
    effective: str | None
    published: str | None
    last_updated: str | None


class BothDates(TypedDict):
    """The dates of both versions of a change."""

    old: DatesAnswer
    new: DatesAnswer


class ReviewAnswer(TypedDict):
    """A person's verdict."""

    verdict: Literal["real", "noise"]
    note: str
    reviewed_at: str | None


class FindingAnswer(TypedDict):
    """One explained observation about a change."""

    rule: str
    summary: str
    words: list[str]
    path: list[str]
    old: str
    new: str
    weight: float


class SectionCounts(TypedDict):
    """One edited section, without its words."""

    path: list[str]
    op: Literal["added", "removed", "edited", "moved", "renamed"]
    words_added: int
    words_removed: int


class Stats(TypedDict):
    """Words over all sections."""

    words_added: int
    words_removed: int


class ChangeAnswer(TypedDict):
    """One change, as a history lists it."""

    source: str
    site: str
    kind: str
    name: str
    url: str
    change: int
    from_version: int
    to_version: int
    last_seen_unchanged_at: str | None
    first_seen_at: str | None
    confirmed_at: str | None
    verdict: Literal["same", "changed", "suspect"]
    reason: str
    alert: bool
    imported: bool
    muted: bool
    review: ReviewAnswer | None
    dates: BothDates
    announcement: (
        Literal[
            "announced", "silent", "date_only", "backdated", "date_removed", "date_added", "none"
        ]
        | None
    )
    summary: str
    score: float
    findings: list[FindingAnswer]
    sections: list[SectionCounts]
    stats: Stats


class SectionAnswer(TypedDict):
    """One section of a version."""

    path: list[str]
    heading: str
    text: str


class VersionAnswer(TypedDict):
    """One version of a policy, whole."""

    source: str
    site: str
    url: str
    version: int
    recorded_at: str | None
    fetched_at: str | None
    snapshot: str
    cause: Literal["source", "extractor", "rules", "unattributed"]
    title: str
    language: str | None
    dates: DatesAnswer
    sections: list[SectionAnswer]
    text: str


class HunkAnswer(TypedDict):
    """Lines replaced; `runs` are pairs of kind and text.

    `elsewhere` is set where they only moved: the section they stand in in the other version.
    """

    old_line: int
    new_line: int
    old: list[str]
    new: list[str]
    runs: list[list[str]]
    elsewhere: list[str] | None


class EditAnswer(TypedDict):
    """What happened to one section, with its words."""

    path: list[str]
    old_path: list[str] | None
    op: Literal["added", "removed", "edited", "moved", "renamed"]
    hunks: list[HunkAnswer]


# `from` is a word of the language.
DiffAnswer = TypedDict(
    "DiffAnswer",
    {
        "from": str,
        "to": str,
        "verdict": Literal["same", "changed", "suspect"],
        "reason": str,
        "sections": list[EditAnswer],
        "unified_diff": str,
    },
)


class PendingAnswer(TypedDict):
    """A difference that waits for a second capture."""

    reason: str
    first_seen_at: str | None


class QuarantineAnswer(TypedDict):
    """What came in place of the policy."""

    reason: str
    message: str
    since: str | None


class StateAnswer(TypedDict):
    """How a source stands."""

    source: str
    site: str
    kind: str
    name: str
    url: str
    state: str
    version: int | None
    changes: int
    checks: int
    drift: str | None
    failures: int
    last_outcome: str | None
    detail: str
    last_checked_at: str | None
    last_success_at: str | None
    last_seen_unchanged_at: str | None
    next_check_at: str | None
    pending: PendingAnswer | None
    quarantine: QuarantineAnswer | None
    outage_since: str | None


class CheckAnswer(TypedDict):
    """One check, and why it was, or was not, an alert."""

    source: str
    checked_at: str | None
    duration_ms: int
    outcome: str
    alert: bool
    why: str
    stage: str | None
    rule: str | None
    verdict: Literal["same", "changed", "suspect"] | None
    detail: str
    words: list[str]
    http_status: int | None
    version: int | None
    change: int | None


class GapAnswer(TypedDict):
    """A time in which nobody saw a policy."""

    since: str | None
    until: str | None
    failed_checks: int


class InForceAnswer(TypedDict):
    """How sure it is that a version was in force at a time."""

    certainty: Literal["certain", "changing", "open"]
    seen_at: str | None
    next_seen_at: str | None
    next_version: int | None
    gap: GapAnswer | None


class HitAnswer(TypedDict):
    """A passage that holds what was searched for, and how long it stood."""

    source: str
    text: str
    path: list[str]
    from_version: int
    until_version: int
    first_seen_at: str | None
    last_seen_at: str | None
    standing: bool


class FormerName(TypedDict):
    """What a section was called, and the last version that called it so."""

    heading: str
    until_version: int


class PassageAnswer(TypedDict):
    """One line of a version, and where it comes from."""

    line: int
    text: str
    first_version: int
    first_seen_at: str | None
    changed_version: int
    changed_at: str | None
    replaced: str
    returned_from: int | None
    moved_in: int | None


class BlamedSection(TypedDict):
    """One section of a version, where it comes from, and its passages."""

    id: str
    path: list[str]
    heading: str
    line: int
    first_version: int
    first_seen_at: str | None
    changed_version: int
    changed_at: str | None
    former_names: list[FormerName]
    split_from: str | None
    merged: list[str]
    returned_from: int | None
    moved_in: int | None
    passages: list[PassageAnswer]


class BlameAnswer(TypedDict):
    """Where all that a version says comes from."""

    source: str
    version: int
    fetched_at: str | None
    oldest_version: int
    sections: list[BlamedSection]
