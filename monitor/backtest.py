"""Replays kept captures under edited rules, and tells which alerts would come and go by that.

::

    captures kept ─► ingest under the rules of their time ─► alerts ┐
              └────► ingest under the edited rules ────────► alerts ┴► appear | disappear | alter

Only captures that were kept can be replayed: those of versions, variants, pending differences and
the quarantine. A capture that showed nothing new was not kept, and none is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.model import Blocked, Pending
from monitor.model.explaining import passages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from monitor.model import Capture, Change, KeptCapture, Rules, Source
    from monitor.pipeline import Pipeline
    from monitor.record import Archive

AGAIN = 2
"""How often a text that stayed is shown again, where it waits to be confirmed."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a replay."""

    told: Change
    words: tuple[str, ...]
    """The first passages that differ."""
    recorded: Change | None = None
    """The alert that was recorded when the page was watched; `None` where none was."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What kept captures lead to under one set of rules."""

    alerts: tuple[Alert, ...]
    """Oldest first."""
    blocked: int
    """Captures that are not a policy under these rules."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """What edited rules would have made of the past."""

    source: str
    captures: int
    before: Replay
    after: Replay
    appear: tuple[Alert, ...]
    disappear: tuple[Alert, ...]
    altered: tuple[tuple[Alert, Alert], ...]
    """Alerts that stay and name other sections or words: before, after."""
    unreplayable: tuple[Change, ...]
    """Recorded alerts that the kept captures alone do not lead to."""


def backtest(
    line: Pipeline,
    archive: Archive,
    now: Source,
    edited: Source,
    *,
    shown: Callable[[], None] = lambda: None,
) -> Backtest:
    """Replay a source as it is watched now and as it would be.

    Args:
        line: over an archive that may be written to and thrown away.
        archive: where the captures are; only read.
        now: the source as the archive knows it.
        edited: the same with the edited rules.
        shown: called after each capture, twice for each in all.

    """
    kept = archive.kept(now.id)[::-1]

    def load(one: KeptCapture) -> Capture:
        capture = archive.kept_capture(now.id, one.number)
        assert capture is not None
        return capture

    def run(source: Source, role: str, rules: Callable[[KeptCapture], Rules]) -> Replay:
        apart = replace(source, id=f"{source.id}.{role}", notify=())
        return _replay(line, apart, [(one, rules(one)) for one in kept], load, shown)

    before = run(now, "before", lambda one: one.rules or now.rules)
    after = run(edited, "after", lambda _: edited.rules)
    return _compare(now.id, len(kept), before, after, archive.history([now.id]))


def _replay(
    line: Pipeline,
    source: Source,
    kept: Sequence[tuple[KeptCapture, Rules]],
    load: Callable[[KeptCapture], Capture],
    shown: Callable[[], None],
) -> Replay:
    blocked = 0
    for one, rules in kept:
        under = replace(source, rules=rules)
        line.rederive(under)
        blocked += _show(line, under, one, load(one))
        shown()
    told = line.archive.history([source.id])[::-1]
    alerts = tuple(
        Alert(change, passages(line.archive.comparison(change.id)))
        for change in told
        if change.alert
    )
    return Replay(alerts, blocked)


def _show(line: Pipeline, source: Source, one: KeptCapture, capture: Capture) -> bool:
    """Send a capture down the line; what stayed on the page confirms itself."""
    outcome = line.ingest(source, capture).check.outcome
    stayed = one.seen_until - one.fetched_at if one.seen_until else None
    for time in range(1, AGAIN + 1):
        if not stayed or not isinstance(outcome, Pending):
            break
        later = replace(capture, fetched_at=one.fetched_at + stayed * time / AGAIN)
        outcome = line.ingest(source, later).check.outcome
    return isinstance(outcome, Blocked)


def _compare(
    source: str, captures: int, before: Replay, after: Replay, recorded: Sequence[Change]
) -> Backtest:
    known = {change.first_seen_at: change for change in recorded if change.alert}
    old = {alert.told.first_seen_at: _named(alert, known) for alert in before.alerts}
    new = {alert.told.first_seen_at: _named(alert, known) for alert in after.alerts}
    for at in [at for at in new if at not in old]:
        # Under other rules the same alert may wait for another capture first.
        same = next((a for a in old.values() if _same(a, new[at]) and _at(a) not in new), None)
        if same is not None:
            new[_at(same)] = new.pop(at)
    replayed = {alert.recorded.id for alert in old.values() if alert.recorded}
    return Backtest(
        source=source,
        captures=captures,
        before=before,
        after=after,
        appear=tuple(new[at] for at in sorted(new.keys() - old.keys())),
        disappear=tuple(old[at] for at in sorted(old.keys() - new.keys())),
        altered=tuple(
            (old[at], new[at])
            for at in sorted(old.keys() & new.keys())
            if old[at].told.sections != new[at].told.sections
        ),
        unreplayable=tuple(change for change in known.values() if change.id not in replayed),
    )


def _at(alert: Alert) -> datetime:
    return alert.told.first_seen_at


def _same(one: Alert, other: Alert) -> bool:
    return one.told.confirmed_at == other.told.confirmed_at


def _named(alert: Alert, known: dict[datetime, Change]) -> Alert:
    return replace(alert, recorded=known.get(alert.told.first_seen_at))
