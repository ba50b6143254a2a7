"""Policies that tracked pages lead to and nobody tracks, told by address and words of a link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from monitor.sources.kinds import OTHER, kind_in, site_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_WORDS = 8
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?|intl", re.IGNORECASE)
_LANGUAGE_KEYS = frozenset(("hl", "lang", "language", "locale", "lng", "l", "country", "region"))
_TRACKING = re.compile(r"utm_.*|fbclid|gclid|ref|source|mc_.*", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"/(?:blog|news|press|media|jobs?|careers?|events?|forum|login|signin|signup|search|cart)(?:/|$)"
    r"|/(?:archive|archived|previous|history|versions?)(?:/|-|$)|/v?\d{4}[-/._]\d{1,2}"
    r"|\.(?:png|jpe?g|gif|svg|zip|docx?|xlsx?|mp4)$",
    re.IGNORECASE,
)
"""No policy in force: something else, or a text of the past."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A link on a page that is watched."""

    source: str
    """Id of the source."""
    page: str
    """Address of the page it stands on."""
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Untracked:
    """A policy nobody tracks."""

    url: str
    text: str
    """Words of the first link to it."""
    kind: str
    sources: tuple[str, ...]
    """Ids of the sources whose pages lead to it."""


def untracked(pointers: Iterable[Pointer], tracked: Iterable[str]) -> tuple[Untracked, ...]:
    """Return the policies of the same sites that are not among `tracked`, most linked first.

    Another language of a tracked policy is no policy of its own.
    """
    known = {_place(url) for url in tracked}
    found: dict[tuple[str, ...], list[Pointer]] = {}
    kinds: dict[tuple[str, ...], str] = {}
    for pointer in pointers:
        place = _place(pointer.url)
        if place in known or site_of(pointer.url) != site_of(pointer.page):
            continue
        kind = kinds.get(place, OTHER)
        if kind == OTHER and (kind := _kind(pointer)) == OTHER:
            continue
        kinds[place] = kind
        found.setdefault(place, []).append(pointer)
    every = [
        Untracked(
            links[0].url,
            links[0].text,
            kinds[place],
            tuple(dict.fromkeys(link.source for link in links)),
        )
        for place, links in found.items()
    ]
    return tuple(sorted(every, key=lambda one: (site_of(one.url), -len(one.sources), one.url)))


def _kind(pointer: Pointer) -> str:
    """Tell what a link is about: of its words, or of the end of its address, at least the half."""
    path = unquote(urlsplit(pointer.url).path)
    if _ELSEWHERE.search(path):
        return OTHER
    steps = [step for step in path.split("/") if step and not _LANGUAGE.fullmatch(step)]
    name = re.sub(r"\.(?:html?|php|aspx?|jsp|pdf)$", "", steps[-1]) if steps else ""
    if (kind := kind_in(name)) != OTHER:
        return kind
    short = len(pointer.text.split()) <= _MOST_WORDS
    return kind_in(pointer.text) if short else OTHER


def _place(url: str) -> tuple[str, ...]:
    """Return what two addresses of one policy share, in any language."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    steps = [step for step in parts.path.lower().split("/") if step]
    kept = [re.sub(r"\.html?$", "", step) for step in steps if not _LANGUAGE.fullmatch(step)]
    query = [
        f"{key}={value}"
        for key, value in sorted(parse_qsl(parts.query))
        if key.lower() not in _LANGUAGE_KEYS and not _TRACKING.fullmatch(key)
    ]
    return (host, *kept, *query)
