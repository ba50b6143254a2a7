"""From checked entries to the values the stages receive: defaults applied, labels filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from monitor.model import (
    AppriseConfig,
    EmailConfig,
    Pace,
    Page,
    Rules,
    Schedule,
    Source,
    Wants,
    WebhookConfig,
)
from monitor.sources.kinds import guess, title
from monitor.sources.schema import AppriseEntry, EmailEntry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.model import ChannelConfig
    from monitor.sources.schema import ChannelEntry, File, PageEntry, SourceEntry, WebhookEntry

PORTS = {"starttls": 587, "tls": 465, "none": 25}
_RULES = ("select", "remove", "ignore", "part", "date", "language")
_LISTS = {"select", "remove", "ignore", "date"}
_SCHEDULE = ("every", "cron", "timezone", "jitter")
_PLAIN = (
    "timeout",
    "enabled",
    "confirm_after",
    "alert_after",
    "remind_after",
    "remind_before",
    "objection_days",
    "fetcher",
    "keep",
    "keep_for",
    "keep_versions",
    "robots",
    "allow_private",
)


_WANTS = ("sites", "kinds", "tags", "languages", "findings", "events", "first")
_PACE = ("quiet", "digest", "at", "timezone")


def build_sources(file: File) -> tuple[Source, ...]:
    """Return the sources of `file`; what one does not say comes from the defaults."""
    defaults = file.defaults.given()
    defaults.setdefault("notify", list(file.channels))
    return tuple(_source(entry, defaults) for entry in file.source)


def build_channels(file: File) -> dict[str, ChannelConfig]:
    """Return the channels of `file` by name."""
    return {name: _channel(name, entry) for name, entry in file.channels.items()}


def _channel(name: str, entry: ChannelEntry) -> ChannelConfig:
    if isinstance(entry, EmailEntry):
        return _email(name, entry)
    if isinstance(entry, AppriseEntry):
        given = _routed(entry.given())
        del given["type"]
        return AppriseConfig(name=name, **given)
    return _webhook(name, entry)


def _source(entry: SourceEntry, defaults: dict[str, Any]) -> Source:
    own = entry.given()
    chosen = defaults | own
    if "every" in own:
        chosen.pop("cron", None)
    rules = _rules(chosen, entry.pages or ())
    url = entry.url or rules.pages[0].url
    kind = entry.kind or guess(url)["kind"]
    return Source(
        id=entry.id,
        site=entry.site or guess(url)["site"],
        kind=kind,
        name=entry.name or title(kind),
        url=url,
        schedule=_schedule(chosen),
        rules=rules,
        headers=_headers(chosen.get("headers")),
        tags=tuple(chosen.get("tags", ())),
        notify=tuple(dict.fromkeys(chosen["notify"])),
        mute_until=_mute(chosen),
        **_pick(chosen, _PLAIN),
    )


def _schedule(chosen: dict[str, Any]) -> Schedule:
    given = _pick(chosen, _SCHEDULE)
    if "cron" in given:
        given["every"] = None
    elif isinstance(given.get("every"), tuple):
        given["least"], given["most"] = given["every"]
        given["every"] = None
    return Schedule(**given)


def _mute(chosen: dict[str, Any]) -> datetime | None:
    """Read a date as its first moment, and a time without offset as one of the source's zone."""
    given: date | None = chosen.get("mute_until")
    if given is None:
        return None
    at = given if isinstance(given, datetime) else datetime.combine(given, time())
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(chosen.get("timezone", "UTC")))
    return at.astimezone(UTC)


def _rules(chosen: dict[str, Any], pages: Sequence[PageEntry] = ()) -> Rules:
    """Return the rules of a source; a page has its own, and for the rest those of the source."""
    given = _pick(chosen, _RULES)
    for key in _LISTS & given.keys():
        given[key] = tuple(given[key])
    each = tuple(Page(page.url, _rules(chosen | page.given())) for page in pages)
    return Rules(**given, pages=each)


def _headers(headers: Mapping[str, str | None] | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in (headers or {}).items() if value is not None)


def _email(name: str, entry: EmailEntry) -> EmailConfig:
    given = _routed(entry.given()) | {"to": tuple(entry.to)}
    given.setdefault("port", PORTS[given.get("security", "starttls")])
    del given["type"]
    return EmailConfig(name=name, **given)


def _webhook(name: str, entry: WebhookEntry) -> WebhookConfig:
    given = _routed(entry.given()) | {"headers": _headers(entry.headers)}
    if "secret" in given:
        given["secret"] = tuple(key for key in given["secret"] if key) or None
    del given["type"]
    return WebhookConfig(name=name, **given)


def _routed(given: dict[str, Any]) -> dict[str, Any]:
    """Gather what a channel wants and when into two values."""
    wants: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in _pick(given, _WANTS).items()
    }
    rest = {key: value for key, value in given.items() if key not in {*_WANTS, *_PACE}}
    return rest | {"wants": Wants(**wants), "pace": Pace(**_pick(given, _PACE))}


def _pick(chosen: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: chosen[key] for key in keys if key in chosen}
