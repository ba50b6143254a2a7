"""Puts all findings about one change together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.assess import effective
from monitor.assess.announcement import announcement, without_dates
from monitor.assess.notice import notice
from monitor.assess.sentences import changed_sentences
from monitor.assess.significance import significance
from monitor.assess.summary import summary
from monitor.assess.upcoming import announced_before, upcoming
from monitor.assess.vocabulary import shipped
from monitor.model import Assessment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from monitor.assess.interval import Interval
    from monitor.assess.vocabulary import Vocabulary
    from monitor.model import Comparison, Deadline, Document, Finding

    Lexicon = Callable[[str], Vocabulary]


MATTERS = 0.25
"""Weight of a finding from which a change is one to announce."""


def assess(
    old: Document,
    new: Document,
    comparison: Comparison,
    interval: Interval,
    *,
    objection_days: int | None = None,
    lexicon: Lexicon = shipped,
) -> Assessment:
    """Say what a change means; the same arguments give the same answer.

    `lexicon` gives the words of a language; those that come with the program unless set.
    """
    language = (new.language or "en").partition("-")[0].casefold()
    words = lexicon(language)
    sentences = changed_sentences(comparison)
    coming, days = upcoming(sentences, new, words, interval)
    told = bool(coming) or announced_before(sentences, old, interval)
    kind, how = announcement(old, new, comparison, interval, told=told)
    weighty = significance(sentences, old, new, words, language)
    matters = any(finding.weight >= MATTERS for finding in weighty)
    promised = notice(sentences, old, new, interval, words, kind, matters=matters)
    clock, due = _clock(old, new, interval, days)
    objecting, last = effective.objection(objection_days, interval)
    findings = (*how, *coming, *weighty, *promised, *clock, *objecting)
    edits = without_dates(comparison, old, new) or comparison.edits
    return Assessment(
        announcement=kind,
        findings=findings,
        summary=summary(edits, findings, old.dates, new.dates, kind),
        score=score(findings),
        deadlines=(*days, *due, *last),
    )


def _clock(
    old: Document, new: Document, interval: Interval, days: Iterable[Deadline]
) -> tuple[tuple[Finding, ...], tuple[Deadline, ...]]:
    stated = effective.day_of(new.dates.effective)
    if stated in {day.due_on for day in days}:
        # It is another text that takes effect then.
        return (), ()
    return effective.clock(old.dates, new.dates, interval)


def assess_first(new: Document, seen_on: date) -> tuple[Deadline, ...]:
    """Return the days to come that a source's first version states."""
    return effective.first(new.dates, seen_on)


def score(findings: Iterable[Finding]) -> float:
    """Add up weights so that many weak findings never outweigh certainty: 1 is never passed."""
    rest = 1.0
    for finding in findings:
        rest *= 1 - finding.weight
    return round(1 - rest, 3)
