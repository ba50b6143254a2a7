"""From checked entries to the values the stages receive: defaults applied, labels filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.model import EmailConfig, Rules, Schedule, Source, WebhookConfig
from monitor.sources.kinds import guess, title
from monitor.sources.schema import EmailEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.model import ChannelConfig
    from monitor.sources.schema import File, SourceEntry, WebhookEntry

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
    "robots",
    "allow_private",
)


def build_sources(file: File) -> tuple[Source, ...]:
    """Return the sources of `file`; what one does not say comes from the defaults."""
    defaults = file.defaults.given()
    defaults.setdefault("notify", list(file.channels))
    return tuple(_source(entry, defaults) for entry in file.source)


def build_channels(file: File) -> dict[str, ChannelConfig]:
    """Return the channels of `file` by name."""
    return {
        name: _email(name, entry) if isinstance(entry, EmailEntry) else _webhook(name, entry)
        for name, entry in file.channels.items()
    }


def _source(entry: SourceEntry, defaults: dict[str, Any]) -> Source:
    own = entry.given()
    chosen = defaults | own
    if "every" in own:
        chosen.pop("cron", None)
    kind = entry.kind or guess(entry.url)["kind"]
    return Source(
        id=entry.id,
        site=entry.site or guess(entry.url)["site"],
        kind=kind,
        name=entry.name or title(kind),
        url=entry.url,
        schedule=_schedule(chosen),
        rules=_rules(chosen),
        headers=_headers(chosen.get("headers")),
        tags=tuple(chosen.get("tags", ())),
        notify=tuple(dict.fromkeys(chosen["notify"])),
        **_pick(chosen, _PLAIN),
    )


def _schedule(chosen: dict[str, Any]) -> Schedule:
    given = _pick(chosen, _SCHEDULE)
    if "cron" in given:
        given["every"] = None
    return Schedule(**given)


def _rules(chosen: dict[str, Any]) -> Rules:
    given = _pick(chosen, _RULES)
    for key in _LISTS & given.keys():
        given[key] = tuple(given[key])
    return Rules(**given)


def _headers(headers: Mapping[str, str | None] | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in (headers or {}).items() if value is not None)


def _email(name: str, entry: EmailEntry) -> EmailConfig:
    given = entry.given() | {"to": tuple(entry.to)}
    given.setdefault("port", PORTS[given.get("security", "starttls")])
    del given["type"]
    return EmailConfig(name=name, **given)


def _webhook(name: str, entry: WebhookEntry) -> WebhookConfig:
    given = entry.given() | {"headers": _headers(entry.headers)}
    if "secret" in given:
        given["secret"] = tuple(key for key in given["secret"] if key) or None
    del given["type"]
    return WebhookConfig(name=name, **given)


def _pick(chosen: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: chosen[key] for key in keys if key in chosen}
