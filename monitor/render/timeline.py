"""Draws a source's life: versions, the dates they claim, outages, gaps, variants, length."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.render.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.model import Change, Outage, PolicyDate, VersionSummary
    from monitor.render.scale import Tick

WIDTH = 960
LEFT, RIGHT = 104, WIDTH - 14
HEIGHT = 132
"""Of the plot of lengths, axis not counted."""
NARROWEST = 2.5
"""Shorter stretches are drawn this wide, or nobody would see them."""
EARLIEST, LATEST = timedelta(days=400), timedelta(days=120)
"""How far before the first and after the last sight claimed dates stretch the picture."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time something lasted."""

    x: float
    width: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One version."""

    x: float
    number: int
    cause: str
    label: str
    change: int | None
    """Id of the change that led to it."""
    size: float


@dataclass(frozen=True, slots=True)
class Claim:
    """A date that a version states about itself."""

    x: float
    version_x: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that is drawn, in places of a picture `WIDTH` wide."""

    ticks: tuple[Tick, ...]
    dots: tuple[Dot, ...]
    claims: tuple[Claim, ...]
    stretches: tuple[Stretch, ...]
    variants: tuple[Stretch, ...]
    length: str
    """Path of the plot of lengths."""
    area: str
    """The same, closed at the bottom."""
    most_words: int
    first: float
    """When it was first seen."""
    now: float


@dataclass(frozen=True, slots=True)
class Life:
    """What is drawn of a source."""

    versions: Sequence[VersionSummary]
    changes: Sequence[Change]
    outages: Sequence[Outage] = ()
    gaps: Sequence[tuple[datetime, datetime]] = ()
    """Times between two looks that are longer than they should be."""
    variants: Sequence[tuple[datetime, int | None]] = ()
    """When an earlier version was shown again, and which."""


def draw(life: Life, now: datetime) -> Timeline | None:
    """Draw a source's life up to now; `None` where it has no version yet."""
    if not life.versions:
        return None
    first, last = life.versions[0].fetched_at, max(now, life.versions[-1].fetched_at)
    claimed = [at for version in life.versions for _, at, _ in _claimed(version)]
    start = min([first, *(at for at in claimed if first - at <= EARLIEST)])
    end = max([last, *(at for at in claimed if at - last <= LATEST)])
    scale = Scale.over(start, end, LEFT, RIGHT)
    most = max(version.words for version in life.versions) or 1
    length = _length(life.versions, scale, most, last)
    return Timeline(
        ticks=scale.ticks(),
        dots=tuple(_dots(life, scale)),
        claims=tuple(claim for version in life.versions for claim in _claims(version, scale)),
        stretches=(
            *(_stretch(scale, *gap, "gap", "not watched") for gap in life.gaps),
            *(_outage(outage, scale, now) for outage in life.outages),
        ),
        variants=tuple(
            Stretch(scale.x(at), NARROWEST, "variant", f"{_day(at)}: back to version {number}")
            for at, number in life.variants
        ),
        length=length,
        area=f"{length}V{HEIGHT}H{scale.x(first)}Z",
        most_words=most,
        first=scale.x(first),
        now=scale.x(now),
    )


def _dots(life: Life, scale: Scale) -> Iterable[Dot]:
    changes = {change.to_version: change for change in life.changes}
    for version in life.versions:
        change = changes.get(version.number)
        label = f"Version {version.number}, {_day(version.fetched_at)}, {version.words:,} words"
        size = 4.5
        if change is not None:
            touched = sum(part.words_added + part.words_removed for part in change.sections)
            size = min(10, 4 + touched**0.4 / 2)
            label += f": {change.reason}"
        elif version.cause in {"extractor", "rules"}:
            label += ": read anew, our doing"
        yield Dot(
            scale.x(version.fetched_at),
            version.number,
            version.cause,
            label,
            change.id if change else None,
            round(size, 1),
        )


def _claims(version: VersionSummary, scale: Scale) -> Iterable[Claim]:
    for kind, at, date in _claimed(version):
        label = f"Version {version.number} says {kind}: {date.value}"
        yield Claim(scale.x(at), scale.x(version.fetched_at), kind, label)


def _claimed(version: VersionSummary) -> Iterable[tuple[str, datetime, PolicyDate]]:
    dates = version.dates
    found = (
        ("updated", dates.updated or dates.bare or dates.published),
        ("effective", dates.effective),
    )
    for kind, date in found:
        at = _parsed(date.value) if date else None
        if date and at:
            yield kind, at, date


def _parsed(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat((value + "-01-01")[:10]).replace(tzinfo=UTC)
    except ValueError:
        return None


def _outage(outage: Outage, scale: Scale, now: datetime) -> Stretch:
    end = outage.closed_at or now
    until = _day(outage.closed_at) if outage.closed_at else "now"
    said = f"{outage.kind} {_day(outage.opened_at)} to {until}: {outage.detail}"
    return _stretch(scale, outage.opened_at, end, outage.kind, said)


def _stretch(scale: Scale, start: datetime, end: datetime, kind: str, said: str) -> Stretch:
    x = scale.x(start)
    width = max(round(scale.x(end) - x, 1), NARROWEST)
    label = said if kind != "gap" else f"{said} {_day(start)} to {_day(end)}"
    return Stretch(x, width, kind, label)


def _length(versions: Sequence[VersionSummary], scale: Scale, most: int, last: datetime) -> str:
    steps: list[str] = []
    for version in versions:
        y = round(HEIGHT - (HEIGHT - 10) * version.words / most, 1)
        steps.append(f"{'H' if steps else 'M'}{scale.x(version.fetched_at)}")
        steps[-1] += f"V{y}" if len(steps) > 1 else f" {y}"
    return "".join(steps) + f"H{scale.x(last)}"


def _day(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d")


def sparkline(times: Iterable[datetime], now: datetime, *, bars: int = 24) -> tuple[int, ...]:
    """Count changes in equal parts of the last year, oldest first."""
    counts = [0] * bars
    span = timedelta(days=365) / bars
    for at in times:
        place = int((now - at) / span)
        if 0 <= place < bars:
            counts[bars - 1 - place] += 1
    return tuple(counts)
