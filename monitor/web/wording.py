"""Words and numbers of pages: what templates need to say things as people would."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from monitor.render import facts
from monitor.render.excerpt import words_changed
from monitor.render.visible import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.model import Change, Source, Standing, VersionSummary

STANDING_WORDS: dict[Standing, tuple[str, str]] = {
    "failing": ("Failing", "The page could not be had at the last check."),
    "blocked": ("Blocked", "Something else came in place of the policy; it is in quarantine."),
    "overdue": ("Overdue", "It should have been checked by now."),
    "drifted": ("Rules do not fit", "A rule of this source matches nothing on its page."),
    "pending": ("Suspect", "A difference waits for a second capture that shows it too."),
    "changed": ("Changed lately", "It changed within the last fourteen days."),
    "new": ("New", "It has not been captured yet."),
    "fine": ("Fresh", "The last check saw the policy as it is recorded."),
    "not watched": ("Not watched", "It is switched off, or no longer among the sources."),
}
CAUSES = {
    "source": "the policy changed",
    "extractor": "read anew by a newer extractor: our doing",
    "rules": "read anew under other rules: our doing",
    "unattributed": "page and reading may both have changed",
}
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def instant(at: datetime | None) -> Markup:
    """Write an instant to the minute; the browser shows it in its own zone."""
    return _time(at, "%Y-%m-%d %H:%M", "minute")


def day(at: datetime | None) -> Markup:
    """Write the day of an instant."""
    return _time(at, "%Y-%m-%d", "day")


def _time(at: datetime | None, form: str, precision: str) -> Markup:
    if at is None:
        return Markup("–")
    utc = at.astimezone(UTC)
    return Markup('<time datetime="{}" data-show="{}">{}</time>').format(
        utc.strftime("%Y-%m-%dT%H:%M:%SZ"), precision, utc.strftime(form)
    )


def ago(at: datetime | None, now: datetime) -> str:
    """Say how far an instant is away: ``3 h ago``, ``in 2 d``."""
    if at is None:
        return "never"
    distance = abs(now - at)
    if distance < _MINUTE:
        return "now"
    units = ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"))
    size, unit = next(pair for pair in units if distance >= pair[0])
    number = int(distance / size)
    if unit == "d" and number > 400:  # noqa: PLR2004 - from here on years say more
        number, unit = number // 365, "y"
    return f"in {number} {unit}" if at > now else f"{number} {unit} ago"


def headline(change: Change) -> str:
    """Say in one line what a change is."""
    return one_line(change.summary or facts.sections_phrase(change, None), 220)


def first_sentence(text: str) -> tuple[str, str]:
    """Divide a text behind its first sentence; a full stop inside quotes ends none."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char == "“") - (char == "”")
        if char == "." and depth <= 0 and text[place + 1 : place + 2] in {"", " "}:
            return text[: place + 1], text[place + 1 :].strip()
    return text, ""


def counts(change: Change) -> tuple[int, int]:
    """Count words added and removed."""
    return facts.stats(change, None)


def slim(text: object) -> object:
    """Take what cannot be seen out of a text on its way into a page; nothing else is touched."""
    return visible(text) if isinstance(text, str) and not isinstance(text, Markup) else text


def rule_words(rule: str) -> str:
    """Write the name of a finding's rule for people: ``announcement.silent`` is ``silent``."""
    return one_line(re.sub(r"[_-]", " ", rule.rpartition(".")[2]), 40)


def rhythm(source: Source) -> str:
    """Say how often a source is checked."""
    schedule = source.schedule
    if schedule.cron:
        return f"by cron “{schedule.cron}” ({schedule.timezone})"
    if schedule.every is None:
        return "as often as it changes"
    return f"every {facts.span(schedule.every).removeprefix('1 ')}"


def option(version: VersionSummary) -> str:
    """Name a version in a list to choose from."""
    return f"{version.number} · {version.fetched_at.astimezone(UTC):%Y-%m-%d}"


def path_of(path: tuple[str, ...]) -> Markup:
    """Write a heading path with the last heading foremost."""
    if not path:
        return Markup("{}").format(facts.START)
    *outer, last = (one_line(part, 120) or "…" for part in path)
    if not outer:
        return escape(last)
    above = " › ".join(outer[-2:])
    return Markup('<span class="above">{} › </span>{}').format(above, last)


FILTERS: dict[str, Callable[..., object]] = {
    "instant": instant,
    "day": day,
    "ago": ago,
    "headline": headline,
    "counts": counts,
    "words": words_changed,
    "heading": facts.heading,
    "count": facts.count,
    "rule": rule_words,
    "rhythm": rhythm,
    "path": path_of,
    "option": option,
    "one_line": one_line,
}
