from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitor.model import (
    Change,
    Comparison,
    Dates,
    Delivery,
    Document,
    Edit,
    Finding,
    Hunk,
    Message,
    Outage,
    PolicyDate,
    Run,
    Section,
    SectionChange,
    Source,
    Version,
)
from monitor.render import News, compose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from monitor.model import EventType

GOLDEN = Path(__file__).parent / "golden"
AT = datetime(2026, 1, 3, 10, 0, tzinfo=UTC)
CONFIRMED = datetime(2026, 1, 3, 10, 5, tzinfo=UTC)
UNCHANGED = datetime(2026, 1, 2, 10, 0, tzinfo=UTC)
SOURCE = Source(
    id="acme-privacy",
    site="Acme",
    kind="privacy-policy",
    name="Privacy policy",
    url="https://acme.example/privacy",
    tags=("vendors",),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to rewrite the expected renderings; the difference is then read, not trusted."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/render/golden")


def words(old: str, new: str) -> Iterator[Run]:
    """Tell two passages apart word by word."""
    here, there = (re.findall(r"\s*\S+\s*?|\s+", text) for text in (old, new))
    matcher = difflib.SequenceMatcher(None, here, there, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield Run("same", "".join(here[i1:i2]))
        else:
            pair = (Run("removed", "".join(here[i1:i2])), Run("added", "".join(there[j1:j2])))
            yield from (run for run in pair if run.text)


def paths(lines: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Find the heading path of every line."""
    path: dict[int, str] = {}
    found = []
    for line in lines:
        if heading := re.match(r"(#{1,6}) (.*)", line):
            level = len(heading[1])
            path = {above: name for above, name in path.items() if above < level}
            path[level] = heading[2]
        found.append(tuple(path.values()))
    return found


def difference(old: str, new: str) -> Comparison:
    """Compare two texts line by line, well enough to have something to render."""
    before, after = tuple(old.split("\n")), tuple(new.split("\n"))
    here, there = paths(before), paths(after)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    gathered: dict[tuple[str, ...], list[Hunk]] = {}
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone, come = before[i1:i2], after[j1:j2]
        runs = tuple(words("\n".join(gone), "\n".join(come)))
        path = there[j1] if come else here[i1]
        gathered.setdefault(path, []).append(Hunk(i1, j1, gone, come, runs))
    edits = tuple(
        Edit(
            "edited" if path in here and path in there else "added" if path in there else "removed",
            path,
            path if path in here else None,
            tuple(hunks),
        )
        for path, hunks in gathered.items()
    )
    return Comparison("changed" if edits else "same", "by the test", edits, before, after)


def dated(updated: str | None = None, effective: str | None = None) -> Dates:
    """State the dates of a policy."""
    made = {
        label: PolicyDate(value, "day", label, f"{label} {value}", 1.0, 1)  # type: ignore[arg-type]  # the two labels
        for label, value in (("updated", updated), ("effective", effective))
        if value
    }
    return Dates(**made)


def changed(
    comparison: Comparison | None,
    *,
    dates: tuple[Dates, Dates] = (Dates(), Dates()),
    findings: tuple[Finding, ...] = (),
    sections: tuple[SectionChange, ...] = (),
    source: Source = SOURCE,
) -> Change:
    """Record a change as the archive would."""
    listed = tuple(
        SectionChange(edit.path, edit.operation, edit.words_added, edit.words_removed)
        for edit in (comparison.edits if comparison else ())
    )
    return Change(
        id=7,
        source=source.id,
        site=source.site,
        kind=source.kind,
        name=source.name,
        url=source.url,
        from_version=3,
        to_version=4,
        last_seen_unchanged_at=UNCHANGED,
        first_seen_at=AT,
        confirmed_at=CONFIRMED,
        verdict="changed",
        reason="sections: 1 edited",
        sections=sections or listed,
        old_dates=dates[0],
        new_dates=dates[1],
        alert=True,
        findings=findings,
    )


def delivery(event: EventType = "policy.changed") -> Delivery:
    """Owe a message to a channel."""
    return Delivery(
        id=1,
        key="change-7.mail",
        channel="mail",
        event=event,
        source=SOURCE.id,
        change=7 if event.startswith("policy.") else None,
        outage=2 if event.startswith("source") else None,
        state="pending",
        created_at=CONFIRMED,
        next_attempt_at=None,
    )


@dataclass(frozen=True)
class Bench:
    """What tests of rendering need, in one place."""

    difference = staticmethod(difference)
    dated = staticmethod(dated)
    changed = staticmethod(changed)
    delivery = staticmethod(delivery)
    source: Source = SOURCE

    def alert(
        self,
        old: str,
        new: str,
        *,
        source: Source = SOURCE,
        event: EventType = "policy.changed",
        **facts: object,
    ) -> Message:
        """Compose the message about a change from one text to another."""
        comparison = difference(old, new)
        change = changed(comparison, source=source, **facts)  # type: ignore[arg-type]  # by name
        return compose(News(delivery(event), source, change=change, comparison=comparison))

    def first(self, text: str) -> Message:
        """Compose the message about a first version."""
        sections = (Section(("Privacy",), "Privacy", text, 0, 1),)
        document = Document("Privacy", "en", sections, text, dated("2026-01-01"))
        version = Version(SOURCE.id, 1, AT, AT, "0" * 64, "source", 1, "0", document)
        return compose(News(delivery("policy.first_seen"), SOURCE, version=version))

    def outage(
        self, event: EventType, *, detail: str = "status: 503 Service Unavailable"
    ) -> Message:
        """Compose the message about an outage."""
        closed = CONFIRMED if event == "source.recovered" else None
        kind = event.partition(".")[2] if event in {"source.blocked", "source.gone"} else "failing"
        outage = Outage(2, SOURCE.id, UNCHANGED, closed, kind, detail)
        return compose(News(delivery(event), SOURCE, outage=outage))


@pytest.fixture(scope="session")
def bench() -> Bench:
    """Make values to render."""
    return Bench()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a rendering with the one kept, or keep it where ``--update-golden`` is given."""

    def compare(name: str, found: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden"):
            file.write_text(found, "utf-8")
        assert found == file.read_text("utf-8"), f"{name} differs; see --update-golden"

    return compare
