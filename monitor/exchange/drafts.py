"""Sources as other programs' lists describe them, on their way into a configuration.

What cannot be carried over is told, key by key; what is left is a source that loads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from monitor.errors import ConfigError, UsageError
from monitor.sources import guess, parse, suggest_id, to_toml
from monitor.sources.kinds import slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.errors import Fault
    from monitor.model import Source

LARGEST = 64 * 1024 * 1024
"""Bytes of the largest list that is read."""
_KEYS = ("id", "site", "kind", "name", "url")
_FAULTY = re.compile(r"source\[0\]\.([a-z_]+)")
_NEEDED = frozenset({"id", "url"})


@dataclass(slots=True)
class Draft:
    """One source as it was found."""

    name: str
    """What the list calls it, for the report."""
    entry: dict[str, Any] = field(default_factory=dict)
    """Keys and values of a ``[[source]]`` table."""
    lost: list[str] = field(default_factory=list)
    """What cannot be carried over, each with why."""

    def lose(self, key: str, why: str) -> None:
        """Tell of something that is left behind."""
        self.lost.append(f"{key}: {why}")


class Carried(NamedTuple):
    """What came of a draft."""

    name: str
    entry: dict[str, Any] | None
    """A source that loads; `None` where there is none."""
    lost: tuple[str, ...]


def read_file(path: Path) -> bytes:
    """Return the bytes of a list; raises `UsageError` where it cannot be read, or is too large."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(content) > LARGEST:
        raise UsageError(f"{path}: is larger than {LARGEST // 1024 // 1024} MB")
    return content


def text_of(content: bytes) -> str:
    """Decode a list: UTF-8, UTF-16 with its mark, or the western letters of old spreadsheets."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def carried(drafts: Iterable[Draft], known: Sequence[Source]) -> Iterator[Carried]:
    """Make of each draft a source that loads beside the `known` ones, or say why there is none."""
    taken = {source.id for source in known}
    addresses = {source.url: source.id for source in known}
    for draft in drafts:
        entry = {key: value for key, value in draft.entry.items() if value not in (None, "", [])}
        url = entry.get("url")
        address = _address(url)
        if address is None:
            yield Carried(draft.name, None, (*draft.lost, "url: no http or https address"))
            continue
        twin = addresses.get(address)
        if twin is not None:
            why = f"url: {twin} watches this address already"
            yield Carried(draft.name, None, (*draft.lost, why))
            continue
        entry |= {"url": address, "id": _ident(entry, address, taken)}
        entry = _labelled(entry)
        found = _loading(entry, draft)
        if found is not None:
            taken.add(found["id"])
            addresses[address] = found["id"]
        yield Carried(draft.name, found, tuple(draft.lost))


def _address(url: object) -> str | None:
    if not isinstance(url, str):
        return None
    text = url.strip()
    if text.startswith("www."):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    # What stands behind # is not sent, and lists use it to tell entries apart.
    return parts._replace(fragment="").geturl() if parts.scheme in {"http", "https"} else None


def _ident(entry: dict[str, Any], url: str, taken: set[str]) -> str:
    wanted = slug(str(entry.get("id", "")))[:90] or slug(_named(entry))[:90].strip("-")
    if not wanted:
        return suggest_id(url, taken)
    number, candidate = 1, wanted
    while candidate in taken:
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate


def _named(entry: dict[str, Any]) -> str:
    return f"{entry['site']} {entry['name']}" if {"site", "name"} <= entry.keys() else ""


def _labelled(entry: dict[str, Any]) -> dict[str, Any]:
    """Fill in the labels that the address suggests, and put the keys in their usual order."""
    guessed: dict[str, Any] = {**guess(entry["url"])}
    if "kind" in entry:
        entry["kind"] = slug(str(entry["kind"])) or guessed["kind"]
    labels = {key: entry.get(key, guessed.get(key)) for key in _KEYS}
    return labels | {key: value for key, value in entry.items() if key not in _KEYS}


def _loading(entry: dict[str, Any], draft: Draft) -> dict[str, Any] | None:
    """Leave out keys until the source loads; `None` where it does not without one it needs."""
    while True:
        faults = _faults(entry)
        if not faults:
            return entry
        for fault in faults:
            found = _FAULTY.match(fault.key)
            key = found[1] if found else ""
            draft.lose(key or "entry", f"{fault.problem}{f' ({fault.hint})' if fault.hint else ''}")
            if key not in entry or key in _NEEDED:
                return None
        for fault in faults:
            found = _FAULTY.match(fault.key)
            if found:
                entry.pop(found[1], None)


def _faults(entry: dict[str, Any]) -> tuple[Fault, ...]:
    try:
        parse(to_toml(entry), "entry", environ=None, base_dir=Path())
    except ConfigError as error:
        return error.faults
    except UnicodeEncodeError:
        return ()
    return ()
