"""``history --all``: changes, and between them the checks that have something to say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from monitor.cli import output
from monitor.cli.explaining import tell_check, tell_words
from monitor.model import Change, CheckRow, Gap, QuietStretch
from monitor.render import answers
from monitor.render.certainty import unwatched
from monitor.render.reasons import why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from monitor.record import Archive

Entry = Change | CheckRow | QuietStretch | Gap


class Telling:
    """One source's changes, checks and quiet stretches, newest first."""

    def __init__(
        self,
        opened: Archive,
        source: str,
        changes: Sequence[Change],
        between: tuple[datetime | None, datetime | None],
    ) -> None:
        since, until = between
        rows = opened.checks(source, None, since=since, until=until, telling=True)
        self._deciding = {row.change: row for row in rows if row.change is not None}
        entries: list[tuple[datetime, Entry]] = [
            (change.confirmed_at, change) for change in changes
        ]
        # A check that made a change is told with it.
        alone = (row for row in rows if row.change is None and row.outcome != "changed")
        entries += [(row.started_at, row) for row in alone]
        stretches = opened.quiet(source, since=since, until=until)
        entries += [(stretch.last_at, stretch) for stretch in stretches]
        entries += [
            (gap.since, gap)
            for gap in opened.past.gaps(source, datetime.now(UTC))
            if not (since and gap.until and gap.until <= since)
            and not (until and gap.since >= until)
        ]
        entries.sort(key=lambda entry: entry[0], reverse=True)
        self.entries = [entry for _, entry in entries]

    def print(self, out: Console, tell_change: Callable[[Console, Change], None]) -> None:
        """Print everything in order of time."""
        for entry in self.entries:
            if isinstance(entry, Change):
                tell_change(out, entry)
                self._print_reason(out, entry)
            elif isinstance(entry, CheckRow):
                tell_check(out, entry)
            elif isinstance(entry, Gap):
                _print_gap(out, entry)
            else:
                _print_quiet(out, entry)

    def json(self) -> Iterator[dict[str, Any]]:
        """Yield every entry with the keys of a change; what is no change has none to tell."""
        for entry in self.entries:
            if isinstance(entry, Change):
                row = self._deciding.get(entry.id)
                reason = answers.check(row) if row else None
                yield {"entry": "change", **answers.change(entry), "explanation": reason}
            elif isinstance(entry, CheckRow):
                yield {**_empty("check", entry.source, entry.started_at), **answers.check(entry)}
            elif isinstance(entry, Gap):
                yield _empty("gap", entry.source, entry.since) | {"gap": answers.gap(entry)}
            else:
                found = {"checks": entry.checks, "last_checked_at": answers.utc(entry.last_at)}
                yield _empty("quiet", entry.source, entry.first_at) | found

    def _print_reason(self, out: Console, change: Change) -> None:
        from rich.text import Text

        from monitor.render.terminal import hang

        row = self._deciding.get(change.id)
        if row is not None:
            hang(out, Text(f"      {output.plain(why(row))}", "dim"))
            tell_words(out, row)


def _print_gap(out: Console, gap: Gap) -> None:
    since = output.local(gap.since)
    until = output.local(gap.until) if gap.until else "now"
    line = f"  {since} to {until}  not seen: {unwatched(gap)}"
    out.print(line, style="yellow", markup=False)


def _print_quiet(out: Console, stretch: QuietStretch) -> None:
    first, last = output.local(stretch.first_at), output.local(stretch.last_at)
    span = first if first == last else f"{first} to {last}"
    said = f"{output.count(stretch.checks, 'check')} found nothing new"
    out.print(f"  {span}  {said}", style="dim", markup=False)


def _empty(kind: str, source: str, at: datetime) -> dict[str, Any]:
    """Return the keys every entry of a history has, for one that is no change."""
    seen = answers.utc(at)
    dates = dict.fromkeys(("updated", "effective", "published", "last_updated"))
    return {
        "entry": kind,
        "source": source,
        "change": None,
        "from_version": None,
        "to_version": None,
        "last_seen_unchanged_at": None,
        "first_seen_at": seen,
        "confirmed_at": seen,
        "verdict": "same",
        "alert": False,
        "dates": {"old": dates, "new": dates},
        "announcement": None,
        "summary": "",
        "score": 0.0,
        "findings": [],
        "sections": [],
        "stats": {"words_added": 0, "words_removed": 0},
    }
