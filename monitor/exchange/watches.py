"""Watches of a changedetection.io backup: read in place, member by member, within limits."""

from __future__ import annotations

import json
import re
import zlib
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from monitor.errors import UsageError
from monitor.exchange.drafts import LARGEST, Draft
from monitor.exchange.jobs import carry_headers, choose, cut, ignore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from zipfile import ZipInfo

_MOST = 200_000
"""Members of the largest backup that is read."""
_ONE = re.compile(r"[0-9a-f-]{36}/watch\.json")
_HISTORY = re.compile(r"[0-9a-f-]{36}/history\.txt")
_PERL = re.compile(r"/(.+)/([ims]*)", re.DOTALL)
_UNITS = {"weeks": 604_800, "days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}
_DEFAULTS: dict[str, object] = {
    "browser_steps": [],
    "conditions": {},
    "extract_text": [],
    "method": "GET",
    "body": None,
    "notification_urls": [],
    "proxy": None,
    "text_should_not_be_present": [],
    "trigger_text": [],
    "webdriver_js_execute_code": None,
}
"""What a watch may say that has no counterpart, and what it says where nobody has set it."""


def watches(path: Path) -> Iterator[Draft]:
    """Yield the sources of a backup; raises `UsageError` where it is none."""
    name = str(path)
    try:
        with ZipFile(path) as backup:
            members = backup.infolist()
            if len(members) > _MOST:
                raise UsageError(f"{name}: holds more than {_MOST} files")
            found, tags = _watches(backup, members, name)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise UsageError(f"{name}: is no zip file that can be read: {error}") from None
    if not found:
        raise UsageError(f"{name}: is no backup of changedetection.io: it holds no watches")
    kept = {member.filename.partition("/")[0] for member in members if _is_history(member)}
    for ident, watch in found.items():
        draft = _draft(watch, tags)
        if ident in kept:
            draft.lose("history", "holds texts without the pages they were read from")
        yield draft


def _is_history(member: ZipInfo) -> bool:
    return _HISTORY.fullmatch(member.filename) is not None


def _watches(
    backup: ZipFile, members: list[ZipInfo], name: str
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Read the watches by their ids, and the names of their tags: in one file, or in one each."""
    found: dict[str, dict[str, Any]] = {}
    settings: dict[str, Any] = {}
    left = LARGEST
    for member in members:
        whole = member.filename in {"url-watches.json", "changedetection.json"}
        if not whole and not _ONE.fullmatch(member.filename):
            continue
        with backup.open(member) as file:
            text = file.read(left + 1)
        left -= len(text)
        if left < 0:
            raise UsageError(f"{name}: unpacks to more than {LARGEST // 1024 // 1024} MB")
        read = _object(text, f"{name}: {member.filename}")
        if whole:
            settings = read
            found |= dict(_tables(read.get("watching")))
        else:
            found[member.filename.partition("/")[0]] = read
    return found, _tags(settings)


def _object(text: bytes, name: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise UsageError(f"{name}: is no JSON object")
    return read


def _tables(value: object) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        yield from ((key, each) for key, each in value.items() if isinstance(each, dict))


def _tags(settings: dict[str, Any]) -> dict[str, str]:
    inner = settings.get("settings")
    application = inner.get("application") if isinstance(inner, dict) else None
    tags = application.get("tags") if isinstance(application, dict) else None
    return {key: str(tag.get("title", "")) for key, tag in _tables(tags)}


def _draft(watch: dict[str, Any], tags: dict[str, str]) -> Draft:
    title = watch.get("title") or watch.get("page_title")
    url = watch.get("url")
    draft = Draft(title if isinstance(title, str) else url if isinstance(url, str) else "a watch")
    draft.entry = {"name": title if isinstance(title, str) else None, "url": url}
    draft.entry["tags"] = _named(watch, tags)
    if watch.get("paused") is True:
        draft.entry["enabled"] = False
    if watch.get("fetch_backend") not in (None, "", "system", "html_requests"):
        draft.entry["fetcher"] = "browser"
    if not watch.get("time_between_check_use_default", False):
        draft.entry["every"] = _every(watch.get("time_between_check"))
    if isinstance(watch.get("headers"), dict):
        carry_headers(draft, watch["headers"])
    _rules(draft, watch)
    if watch.get("processor") not in (None, "text_json_diff"):
        draft.lose("processor", "only the words of a page are watched")
    for key, default in _DEFAULTS.items():
        if watch.get(key) not in (None, "", default):
            draft.lose(key, "has no counterpart")
    return draft


def _named(watch: dict[str, Any], tags: dict[str, str]) -> list[str]:
    listed = watch.get("tags")
    found = [tags.get(tag, "") for tag in listed if isinstance(tag, str)] if listed else []
    old = watch.get("tag")
    found += old.split(",") if isinstance(old, str) else []
    return [tag.strip() for tag in found if tag.strip()]


def _every(given: object) -> str | None:
    if not isinstance(given, dict):
        return None
    seconds = sum(
        int(given[unit]) * size
        for unit, size in _UNITS.items()
        if isinstance(given.get(unit), int | str) and str(given[unit]).isdecimal()
    )
    minutes = -(-seconds // 60)
    if not minutes:
        return None
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def _rules(draft: Draft, watch: dict[str, Any]) -> None:
    chosen = [text for text in _texts(watch, "include_filters") if text.strip()]
    css = [text for text in chosen if not _is_other(text)]
    if css:
        choose(draft, ", ".join(css), "include_filters")
    for text in chosen:
        if _is_other(text):
            draft.lose("include_filters", f"only CSS selectors can be used, not {text[:80]!r}")
    for text in _texts(watch, "subtractive_selectors"):
        if _is_other(text):
            draft.lose("subtractive_selectors", f"only CSS selectors, not {text[:80]!r}")
        else:
            cut(draft, text, "subtractive_selectors")
    for text in _texts(watch, "ignore_text"):
        pattern = _PERL.fullmatch(text.strip())
        flags = f"(?{pattern[2]})" if pattern and pattern[2] else ""
        entry = f"/{flags}{pattern[1]}/" if pattern else text
        ignore(draft, entry, "ignore_text", lines=True)


def _texts(watch: dict[str, Any], key: str) -> list[str]:
    found = watch.get(key)
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []


def _is_other(text: str) -> bool:
    return text.lstrip().startswith(("/", "xpath", "json:", "jq:", "jqraw:"))
