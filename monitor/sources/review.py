"""What no single value shows: contradictions between keys, entries and tables."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from monitor.sources.checks import is_secret_header
from monitor.sources.faults import Problem
from monitor.sources.kinds import KINDS
from monitor.sources.refusal import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from monitor.model import Source
    from monitor.sources.lines import Location

_CLOSE = 0.85
"""Above this likeness a free kind is taken for a misspelled usual one."""
_SECRET = "is a secret in plain text"  # noqa: S105 - a message
_ADVICE = 'keep the value in the environment or in a file: "env:NAME" or "file:PATH"'


def problems(raw: Mapping[str, Any]) -> list[Problem]:
    """Return the contradictions in `raw`, a file that may be wrong in any other way too."""
    channels = _table(raw, "channels")
    found = list(_duplicate_ids(raw))
    for location, table in _tables(raw):
        found.extend(_addresses(location, table))
        found.extend(_two_schedules(location, table))
        found.extend(_plain_headers(location, table))
        found.extend(_unknown_channels(location, table, channels))
    for name, channel in channels.items():
        if isinstance(channel, dict):
            found.extend(_plain_headers(("channels", name), channel))
            found.extend(_half_login(("channels", name), channel))
    return found


def doubts(sources: Sequence[Source]) -> list[Problem]:
    """Return what is allowed in `sources` but probably not meant."""
    found = []
    addresses: dict[object, str] = {}
    sites: dict[str, str] = {}
    for index, source in enumerate(sources):
        at = ("source", index)
        hint = "" if source.kind in KINDS else suggestion(source.kind, KINDS, cutoff=_CLOSE)
        if hint:
            found.append(Problem((*at, "kind"), f'unusual kind "{source.kind}"', hint))
        first = addresses.setdefault((source.url, source.rules, source.headers), source.id)
        if first != source.id:
            found.append(Problem((*at, "url"), f'watches the same as source "{first}"'))
        site = sites.setdefault(source.site.casefold(), source.site)
        if site != source.site:
            found.append(Problem((*at, "site"), f'"{source.site}" is also written "{site}"'))
    return found


def _table(raw: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = raw.get(key)
    return value if isinstance(value, dict) else {}


def _tables(raw: Mapping[str, Any]) -> Iterator[tuple[Location, dict[str, Any]]]:
    yield ("defaults",), _table(raw, "defaults")
    sources = raw.get("source")
    for index, source in enumerate(sources if isinstance(sources, list) else []):
        if isinstance(source, dict):
            yield ("source", index), source


def _duplicate_ids(raw: Mapping[str, Any]) -> Iterator[Problem]:
    places: dict[str, list[Location]] = defaultdict(list)
    for location, table in _tables(raw):
        identity = table.get("id")
        if isinstance(identity, str) and location != ("defaults",):
            places[identity].append((*location, "id"))
    for identity, locations in places.items():
        for location in locations[1:]:
            yield Problem(location, f'the id "{identity}" is taken', first=locations[0])


def _addresses(location: Location, table: dict[str, Any]) -> Iterator[Problem]:
    if location == ("defaults",):
        return
    pages = table.get("pages")
    if "url" in table and isinstance(pages, list) and pages:
        first = pages[0].get("url") if isinstance(pages[0], dict) else pages[0]
        if first != table["url"]:
            yield Problem((*location, "url"), "is not the first of `pages`", "leave it out")
    elif "url" not in table and "pages" not in table:
        hint = 'add url = "https://www.example.com/privacy"'
        yield Problem((*location, "url"), "is missing", hint)


def _two_schedules(location: Location, table: dict[str, Any]) -> Iterator[Problem]:
    if "every" in table and "cron" in table:
        yield Problem((*location, "cron"), "contradicts `every`", "keep one of the two")


def _plain_headers(location: Location, table: dict[str, Any]) -> Iterator[Problem]:
    for name, value in _table(table, "headers").items():
        plain = isinstance(value, str) and not value.startswith(("env:", "file:"))
        if plain and is_secret_header(name):
            yield Problem((*location, "headers", name), _SECRET, _ADVICE)


def _unknown_channels(
    location: Location, table: dict[str, Any], channels: dict[str, Any]
) -> Iterator[Problem]:
    notify = table.get("notify", [])
    for index, name in enumerate(notify if isinstance(notify, list) else [notify]):
        if isinstance(name, str) and name not in channels:
            names = ", ".join(sorted(channels)[:10])
            hint = f"channels: {names}" if names else f"add a table [channels.{name}]"
            at = (*location, "notify", *([index] if isinstance(notify, list) else []))
            yield Problem(at, f'there is no channel "{name}"', suggestion(name, channels) or hint)


def _half_login(location: Location, channel: dict[str, Any]) -> Iterator[Problem]:
    for key, other in (("username", "password"), ("password", "username")):
        if key in channel and other not in channel:
            yield Problem((*location, key), f"needs `{other}` beside it")
