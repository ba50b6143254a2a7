"""Pages of an archive that open from disk: no script, no address of their own, nothing loaded.

Everything in them comes from strangers' pages and is shown as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.render.excerpt import WHOLE, excerpt
from monitor.render.facts import (
    count,
    date_rows,
    date_text,
    heading,
    instant,
    sections_phrase,
    stats,
    title,
    words_phrase,
)
from monitor.render.html import environment
from monitor.render.preview import lines
from monitor.render.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.model import Change, Comparison, Source, Version, VersionSummary

_OURS = {"extractor": "read anew by a newer extractor", "rules": "read anew under edited rules"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list of pages."""

    href: str
    """Relative to the page it stands on."""
    title: str
    more: str
    remarks: tuple[str, ...] = ()


def front(entries: Sequence[Entry], *, at: datetime) -> str:
    """Write the page that lists the sources."""
    told = count(len(entries), "source")
    return _page("Policies", f"{told}, as of {instant(at)}", entries=entries)


def source_entry(source: Source, versions: int, newest: Change | None) -> Entry:
    """Write the line of a source in that list."""
    last = f", last changed {instant(newest.first_seen_at)}" if newest else ""
    return Entry(f"{source.id}/index.html", title(source), f"{count(versions, 'version')}{last}")


def history(source: Source, changes: Sequence[Change], versions: Sequence[VersionSummary]) -> str:
    """Write the page of a source: its changes and its versions, newest first."""
    told = [_change_entry(change) for change in changes]
    read = [_version_entry(version) for version in reversed(versions)]
    return _page(
        title(source),
        one_line(source.url, 300),
        up="../index.html",
        entries=told,
        versions=read,
    )


def change_page(source: Source, change: Change, comparison: Comparison) -> str:
    """Write the page of a change: its facts, and all of its words."""
    rows = date_rows(change.old_dates, change.new_dates)
    facts = [
        ("Changed after", f"{instant(change.last_seen_unchanged_at)} (last seen unchanged)"),
        ("Changed by", f"{instant(change.first_seen_at)} (first seen changed)"),
        ("Confirmed", instant(change.confirmed_at)),
        *((label, date_text(was, now)) for label, was, now in rows),
    ]
    return _page(
        title(source),
        _news(change),
        up="index.html",
        facts=facts,
        remarks=tuple(one_line(found.summary, 300) for found in change.findings),
        excerpt=excerpt(comparison, WHOLE),
        sides=(version_name(change.from_version), version_name(change.to_version)),
    )


def version_page(source: Source, version: Version) -> str:
    """Write the page of a version: all of its text, its dates marked where they stand."""
    words = count(len(version.document.text.split()), "word")
    return _page(
        title(source),
        f"Version {version.number}, captured {instant(version.fetched_at)}, {words}",
        up="index.html",
        document=version.document,
        lines=tuple(lines(version.document)),
    )


def version_name(number: int) -> str:
    """Return the file of a version."""
    return f"version-{number}.html"


def change_name(change: Change) -> str:
    """Return the file of a change."""
    return f"change-{change.from_version}-{change.to_version}.html"


def _change_entry(change: Change) -> Entry:
    paths = (heading(part.path) for part in change.sections[:3])
    more = " · ".join((_news(change), *paths))
    remarks = tuple(one_line(found.summary, 300) for found in change.findings)
    return Entry(change_name(change), instant(change.first_seen_at), more, remarks)


def _version_entry(version: VersionSummary) -> Entry:
    told = _OURS.get(version.cause, one_line(version.title, 120))
    more = f"{instant(version.fetched_at)} · {count(version.words, 'word')} · {told}"
    return Entry(version_name(version.number), f"Version {version.number}", more)


def _news(change: Change) -> str:
    words = words_phrase(*stats(change, None))
    phrase = sections_phrase(change, None)
    return f"{phrase}: {words}" if words else phrase


def _page(name: str, subtitle: str, **shown: object) -> str:
    names = (
        *("up", "entries", "versions", "facts", "remarks", "excerpt", "sides"),
        *("document", "lines"),
    )
    given: dict[str, object] = dict.fromkeys(names)
    template = environment().get_template("site.html")
    return template.render(title=name, subtitle=subtitle, **(given | shown))
