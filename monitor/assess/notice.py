"""The policy's own promise of notice, and whether this change kept it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.assess.effective import day_of, days
from monitor.assess.quantities import quantities
from monitor.assess.sentences import split
from monitor.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.assess.interval import Interval
    from monitor.assess.sentences import Sentence
    from monitor.assess.vocabulary import Vocabulary
    from monitor.model import Announcement, Document

PROMISE, KEPT, SHORT = "notice.promise", "notice.kept", "notice.short"
UNANNOUNCED = "notice.unannounced"
LONGEST = 700
"""Characters of a sentence that may be a promise."""
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_MOST = 366
QUIET: frozenset[Announcement] = frozenset({"silent", "backdated"})
"""Announcements that are none."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A sentence that promises notice of changes."""

    sentence: str
    days: int | None
    """How long before; `None` where it does not say."""
    path: tuple[str, ...]


def notice(
    sentences: Sequence[Sentence],
    old: Document,
    new: Document,
    interval: Interval,
    words: Vocabulary,
    announced: Announcement,
    *,
    matters: bool,
) -> tuple[Finding, ...]:
    """Compare the promise that stood in the old text with what was observed of this change.

    `matters` says whether other rules found the change to matter: nobody announces a comma.
    """
    found = list(_differing(sentences, words))
    clock = day_of(new.dates.effective) not in {None, day_of(old.dates.effective)}
    unheard = matters and announced in QUIET and not found
    before = tuple(promises(old, words)) if clock or unheard else ()
    given = max((one for one in before if one.days), key=lambda one: one.days or 0, default=None)
    if clock and given is not None and given.days:
        found += _kept(given, given.days, new, interval)
    if unheard and not found and before:
        told = "The policy promises notice of changes; nothing on the page announced this one."
        found.append(Finding(UNANNOUNCED, told, (before[0].sentence,), before[0].path, weight=0.1))
    return tuple(found)


def _kept(given: Promise, promised: int, new: Document, interval: Interval) -> Iterator[Finding]:
    stated, day = new.dates.effective, day_of(new.dates.effective)
    assert stated is not None
    assert day is not None
    least, most = (max(left, 0) for left in interval.notice(day))
    observed = days(least) if most - least <= 1 else f"between {least} and {days(most)}"
    quotes = (given.sentence, stated.evidence)
    told = f"The policy promises {days(promised)} of notice; it gave {observed}."
    if least >= promised:
        yield Finding(KEPT, told, quotes, given.path, old=given.sentence)
    elif most < promised:
        yield Finding(SHORT, told, quotes, given.path, old=given.sentence, weight=0.5)


def _differing(sentences: Sequence[Sentence], words: Vocabulary) -> Iterator[Finding]:
    """Tell where a promise of notice came, went or changed with this change itself."""
    gone = [p for one in sentences if (p := _promise(one.old, one.path, words))]
    come = [p for one in sentences if (p := _promise(one.new, one.path, words))]
    was, now = _longest(gone), _longest(come)
    if not come and not gone:
        return
    if come and gone:
        told = "The promise of notice changed"
        told += f", from {days(was)} to {days(now)}." if was and now and was != now else "."
    else:
        told = f"A promise of notice is {'new' if come else 'gone'}"
        length = now or was
        told += f": {days(length)}." if length else "."
    quotes = tuple(one.sentence for one in (*gone[:1], *come[:1]))
    yield Finding(
        PROMISE, told, quotes, (come or gone)[0].path,
        gone[0].sentence if gone else "", come[0].sentence if come else "", 0.3,
    )  # fmt: skip


def _longest(found: list[Promise]) -> int | None:
    return max((one.days for one in found if one.days), default=None)


def promises(document: Document, words: Vocabulary) -> Iterator[Promise]:
    """Yield the sentences of a policy that promise notice of changes to it."""
    tell, before = words.pattern("notice", "tell"), words.pattern("notice", "before")
    for section in document.sections:
        if tell.search(section.text) and before.search(section.text):
            for sentence in split(section.text):
                if (found := _promise(sentence, section.path, words)) is not None:
                    yield found


def _promise(sentence: str, path: tuple[str, ...], words: Vocabulary) -> Promise | None:
    if not sentence or len(sentence) > LONGEST:
        return None
    asked = ("tell", "before", "change")
    if not all(words.pattern("notice", part).search(sentence) for part in asked):
        return None
    subject = words.pattern("notice", "subject")
    if not (subject.search(sentence) or _changes_headed(path, words)):
        return None
    if words.pattern("notice", "never").search(sentence):
        return None
    return Promise(sentence, _period(sentence, words), path)


def _changes_headed(path: tuple[str, ...], words: Vocabulary) -> bool:
    """Whether a heading says that its section is about changes of the policy."""
    return bool(path) and all(
        words.pattern("notice", part).search(path[-1]) for part in ("change", "subject")
    )


def _period(sentence: str, words: Vocabulary) -> int | None:
    found = [
        int(one.value * _DAYS[one.unit])
        for one in quantities(sentence, words)
        if one.kind == "period" and one.unit in _DAYS
    ]
    return next((length for length in found if 0 < length <= _MOST), None)
