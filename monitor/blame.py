"""Where all that a version says comes from, worked out from the versions that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.compare.lineage import Stage, follow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from monitor.model import Lineage, Source, Version, VersionSummary
    from monitor.record import Archive


@dataclass(frozen=True, slots=True)
class Blame:
    """The origins of a version, with what is known of the versions they name."""

    lineage: Lineage
    seen_at: Mapping[int, datetime]
    """UTC; the first capture known to show each version."""
    changes: Mapping[int, int]
    """The change that led to each version; none for the first, and for our own doing."""


def blame(archive: Archive, source: Source, version: Version, *, most: int | None = None) -> Blame:
    """Follow everything a version says back through those that are kept before it.

    With `most`, through so many at most.
    """
    kept = [one for one in archive.versions(source.id) if one.number <= version.number]
    kept = kept[-most:] if most else kept
    stages = _stages(archive, kept, version)
    lineage = follow(stages, ignore=source.rules.ignored)
    seen_at = {one.number: one.fetched_at for one in kept}
    changes = archive.history([source.id])
    seen_at |= {one.to_version: one.first_seen_at for one in changes if one.to_version in seen_at}
    return Blame(lineage, seen_at, {change.to_version: change.id for change in changes})


def _stages(archive: Archive, kept: Sequence[VersionSummary], last: Version) -> Iterator[Stage]:
    for one in kept:
        found = last if one.number == last.number else archive.version(last.source, one.number)
        if found is not None:
            ours = found.cause in {"extractor", "rules"}
            yield Stage(found.number, found.document, ours)
