"""Where a version's passages come from, section by section: for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from monitor.render.answers import utc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from monitor.model import Lineage, Origin, Section, SectionOrigin, Version
    from monitor.render import shapes


@dataclass(frozen=True, slots=True)
class Followed:
    """A section with its passages, each at its line and with its origin."""

    section: Section
    origin: SectionOrigin
    passages: tuple[tuple[int, str, Origin], ...]
    """Without the heading, and without lines that say nothing."""


def followed(version: Version, lineage: Lineage, *, changed: bool = False) -> Iterator[Followed]:
    """Yield the sections of a version with their origins.

    With `changed`, only what is younger than the oldest version it is followed back to.
    """
    document = version.document
    lines = document.lines
    ends = [*(section.line for section in document.sections), len(lines)]
    for section, origin, (start, end) in zip(
        document.sections, lineage.sections, pairwise(ends), strict=True
    ):
        passages = tuple(
            (at, lines[at], lineage.lines[at])
            for at in range(start + bool(section.heading), end)
            if lines[at].strip() and (not changed or _younger(lineage.lines[at], lineage))
        )
        if passages or not changed or origin.since > lineage.oldest:
            yield Followed(section, origin, passages)


def _younger(origin: Origin, lineage: Lineage) -> bool:
    return max(origin.since, origin.moved or 0) > lineage.oldest


def remarks(origin: Origin) -> tuple[str, ...]:
    """Say what else is known of a passage than when it last changed."""
    return tuple(
        remark
        for remark in (
            f"there since v{origin.first} in other words" if origin.first < origin.since else "",
            f"back again, gone after v{origin.returned}" if origin.returned else "",
            f"moved here in v{origin.moved}" if origin.moved else "",
        )
        if remark
    )


def section_remarks(origin: SectionOrigin) -> tuple[str, ...]:
    """Say where a section comes from and what it was called."""
    names = (f"called “{name.heading}” until v{name.until}" for name in origin.names)
    return tuple(
        remark
        for remark in (
            f"section {origin.ident}, there since v{origin.first}",
            f"changed in v{origin.since}" if origin.since > origin.first else "",
            *names,
            f"moved in v{origin.moved}" if origin.moved else "",
            f"split from {origin.split_from}" if origin.split_from else "",
            f"took in {', '.join(origin.merged)}" if origin.merged else "",
            f"back again, gone after v{origin.returned}" if origin.returned else "",
        )
        if remark
    )


def answer(
    version: Version,
    lineage: Lineage,
    seen_at: Mapping[int, datetime],
    *,
    changed: bool = False,
) -> shapes.BlameAnswer:
    """Return the origins of a version as ``blame --json`` prints them."""
    return {
        "source": version.source,
        "version": version.number,
        "fetched_at": utc(version.fetched_at),
        "oldest_version": lineage.oldest,
        "sections": [_section(one, seen_at) for one in followed(version, lineage, changed=changed)],
    }


def _section(told: Followed, seen_at: Mapping[int, datetime]) -> shapes.BlamedSection:
    section, origin = told.section, told.origin
    return {
        "id": origin.ident,
        "path": list(section.path),
        "heading": section.heading,
        "line": section.line,
        "first_version": origin.first,
        "first_seen_at": utc(seen_at.get(origin.first)),
        "changed_version": origin.since,
        "changed_at": utc(seen_at.get(origin.since)),
        "former_names": [
            {"heading": name.heading, "until_version": name.until} for name in origin.names
        ],
        "split_from": origin.split_from,
        "merged": list(origin.merged),
        "returned_from": origin.returned,
        "moved_in": origin.moved,
        "passages": [_passage(at, text, one, seen_at) for at, text, one in told.passages],
    }


def _passage(
    line: int, text: str, origin: Origin, seen_at: Mapping[int, datetime]
) -> shapes.PassageAnswer:
    return {
        "line": line,
        "text": text,
        "first_version": origin.first,
        "first_seen_at": utc(seen_at.get(origin.first)),
        "changed_version": origin.since,
        "changed_at": utc(seen_at.get(origin.since)),
        "replaced": origin.replaced,
        "returned_from": origin.returned,
        "moved_in": origin.moved,
    }
