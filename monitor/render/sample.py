"""A made-up change of a made-up policy, for messages that show what an alert looks like."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.model import (
    Change,
    Comparison,
    Dates,
    Edit,
    Finding,
    Hunk,
    PolicyDate,
    Run,
    SectionChange,
    Source,
)

_DATED = "Last updated: 1 March 2025"
_LINES = (
    "# Privacy policy",
    _DATED,
    "## Sharing",
    "We share your e-mail address with our payment provider.",
    "## Retention",
    "We delete your account within 30 days of your request.",
    "Backups are kept for a further 30 days.",
)
_NEW = {
    3: "We share your e-mail address with our payment provider and our advertising partners.",
    5: "We may delete your account within 90 days of your request.",
}

SOURCE = Source(
    id="example-privacy",
    site="Example",
    kind="privacy-policy",
    name="Privacy policy",
    url="https://example.com/privacy",
)
COMPARISON = Comparison(
    verdict="changed",
    reason="two sections edited",
    edits=(
        Edit(
            operation="edited",
            path=("Privacy policy", "Sharing"),
            old_path=("Privacy policy", "Sharing"),
            hunks=(
                Hunk(
                    old_line=3,
                    new_line=3,
                    old=(_LINES[3],),
                    new=(_NEW[3],),
                    runs=(
                        Run("same", "We share your e-mail address with our payment provider"),
                        Run("added", " and our advertising partners"),
                        Run("same", "."),
                    ),
                ),
            ),
        ),
        Edit(
            operation="edited",
            path=("Privacy policy", "Retention"),
            old_path=("Privacy policy", "Retention"),
            hunks=(
                Hunk(
                    old_line=5,
                    new_line=5,
                    old=(_LINES[5],),
                    new=(_NEW[5],),
                    runs=(
                        Run("same", "We "),
                        Run("added", "may "),
                        Run("same", "delete your account within "),
                        Run("removed", "30"),
                        Run("added", "90"),
                        Run("same", " days of your request."),
                    ),
                ),
            ),
        ),
    ),
    old_lines=_LINES,
    new_lines=tuple(_NEW.get(at, line) for at, line in enumerate(_LINES)),
)
_DATES = Dates(
    updated=PolicyDate(
        value="2025-03-01",
        precision="day",
        label="updated",
        evidence=_DATED,
        confidence=1.0,
        line=1,
    )
)
CHANGE = Change(
    id=1,
    source=SOURCE.id,
    site=SOURCE.site,
    kind=SOURCE.kind,
    name=SOURCE.name,
    url=SOURCE.url,
    from_version=1,
    to_version=2,
    last_seen_unchanged_at=datetime(2025, 6, 1, 6, 0, tzinfo=UTC),
    first_seen_at=datetime(2025, 6, 1, 18, 0, tzinfo=UTC),
    confirmed_at=datetime(2025, 6, 1, 18, 5, tzinfo=UTC),
    verdict="changed",
    reason=COMPARISON.reason,
    sections=tuple(
        SectionChange(edit.path, edit.operation, edit.words_added, edit.words_removed)
        for edit in COMPARISON.edits
    ),
    old_dates=_DATES,
    new_dates=_DATES,
    alert=True,
    announcement="silent",
    summary="2 sections changed. Retention went from 30 days to 90 days. "
    "A statement became a possibility: “may” is new. "
    "Recipients: “advertising partners” is new. The date did not change.",
    score=0.823,
    findings=(
        Finding(
            "announcement.silent",
            "The words changed; the date did not: 2025-03-01.",
            (_DATED,),
            weight=0.3,
        ),
        Finding(
            "significance.retention",
            "Retention went from 30 days to 90 days.",
            ("30 days", "90 days"),
            ("Privacy policy", "Retention"),
            _LINES[5],
            _NEW[5],
            0.4,
        ),
        Finding(
            "significance.modal",
            "A statement became a possibility: “may” is new.",
            ("may",),
            ("Privacy policy", "Retention"),
            _LINES[5],
            _NEW[5],
            0.35,
        ),
        Finding(
            "significance.recipient",
            "Recipients: “advertising partners” is new.",
            ("advertising partners",),
            ("Privacy policy", "Sharing"),
            _LINES[3],
            _NEW[3],
            0.35,
        ),
    ),
)
