"""Which channels are told of an event: pure, decided when the event is recorded."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from monitor.model import Wants

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.model import EventType, Finding, Source

_EVERYTHING = Wants()
_KIND_OF: dict[EventType, EventType] = {
    "policy.silent_change": "policy.changed",
    "source.gone": "source.failing",
}
"""Events that are of a more general kind, which who asks for that is told of too."""


def chosen(
    wants: Mapping[str, Wants],
    source: Source,
    event: EventType,
    *,
    language: str | None = None,
    findings: Iterable[Finding] = (),
) -> tuple[str, ...]:
    """Return those of the channels a source notifies that want this event.

    A language that is not known excludes nobody: too much is told rather than too little.
    """
    rules = [finding.rule for finding in findings]
    named = ((name, wants.get(name, _EVERYTHING)) for name in source.notify)
    return tuple(
        name
        for name, given in named
        if concerns(given, source, language)
        and takes(given, event)
        and (not given.findings or _any_like(rules, given.findings))
    )


def concerns(wants: Wants, source: Source, language: str | None = None) -> bool:
    """Tell whether a channel wants anything of a source."""
    return (
        (not wants.sites or _any_like((source.site,), wants.sites))
        and (not wants.kinds or _any_like((source.kind,), wants.kinds))
        and (not wants.tags or _any_like(source.tags, wants.tags))
        and _speaks(language or source.rules.language, wants.languages)
    )


def takes(wants: Wants, event: EventType) -> bool:
    """Tell whether a channel wants events of this type."""
    if event == "policy.first_seen":
        return wants.first or event in wants.events
    return not wants.events or bool({event, _KIND_OF.get(event)} & set(wants.events))


def _any_like(words: Iterable[str], globs: Iterable[str]) -> bool:
    patterns = [glob.casefold() for glob in globs]
    return any(fnmatchcase(word.casefold(), glob) for word in words for glob in patterns)


def _speaks(language: str | None, wanted: tuple[str, ...]) -> bool:
    if not wanted or language is None:
        return True
    tag = language.casefold()
    return any(tag == one.casefold() or tag.startswith(f"{one.casefold()}-") for one in wanted)
