"""Who is told what is decided when it is recorded, by the configuration of that moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

from pages import page
from surroundings import Answer

from monitor.model import Pace, Wants, WebhookConfig

if TYPE_CHECKING:
    from watching_line import Line

NEW = b"<h2>4. Training</h2><p>We may use what you write to train our models.</p>"


def _channels(line: Line, **configs: tuple[Wants, Pace]) -> None:
    """Configure channels, and notify them."""
    made = {
        name: WebhookConfig(name, "https://h.example/", wants=wants, pace=pace)
        for name, (wants, pace) in configs.items()
    }
    line.pipeline = replace(line.pipeline, channels=made)
    line.source = replace(line.source, notify=tuple(made), confirm_after=timedelta())


def _change(line: Line) -> None:
    line.check()
    line.serve(page("english").replace(b"</main>", NEW + b"</main>"))
    line.check()
    assert line.archive.history([line.source.id])


def _told(line: Line) -> list[tuple[str, str]]:
    rows = line.archive.outbox.deliveries(limit=100)
    return sorted((row.channel, row.event) for row in rows)


def test_each_channel_gets_what_it_wants(line: Line) -> None:
    """Language, kind and event decide; a first version is told where that is asked for."""
    _channels(
        line,
        english=(Wants(languages=("en",)), Pace()),
        german=(Wants(languages=("de",)), Pace()),
        terms=(Wants(kinds=("terms-*",)), Pace()),
        outages=(Wants(events=("source.failing",)), Pace()),
        first=(Wants(first=True, findings=("none.*",)), Pace()),
        all=(Wants(first=True), Pace()),
    )
    _change(line)
    assert _told(line) == [
        ("all", "policy.first_seen"),
        ("all", "policy.silent_change"),
        ("english", "policy.silent_change"),
    ]
    (first,) = [row for row in line.archive.outbox.deliveries() if row.version]
    assert (first.version, first.change, first.source) == (1, None, line.source.id)
    line.site.answers["/policy"] = Answer(b"broken", 500)
    line.check()
    line.check()
    outages = [channel for channel, event in _told(line) if event == "source.failing"]
    assert outages == ["all", "english", "outages"]


def test_what_falls_into_quiet_hours_waits_for_their_end(line: Line) -> None:
    """The delivery is owed at once and due later."""
    _channels(line, mail=(Wants(), Pace(quiet=(time(0), time(23)))))
    _change(line)
    (owed,) = line.archive.outbox.deliveries()
    assert owed.next_attempt_at == line.now.replace(hour=23)
    assert line.archive.outbox.due_channels(line.now) == ()


def test_a_muted_source_is_watched_and_nobody_is_told(line: Line) -> None:
    """The change is recorded as one that was muted; afterwards changes are told again."""
    _channels(line, mail=(Wants(first=True), Pace()))
    line.source = replace(line.source, mute_until=line.now + timedelta(days=30))
    _change(line)
    line.site.answers["/policy"] = Answer(b"broken", 500)
    for _ in range(4):
        line.check(timedelta(days=4))
    assert _told(line) == []
    (change,) = line.archive.history([line.source.id])
    assert (change.muted, change.alert) == (True, True)
    line.check(timedelta(days=20))
    assert _told(line) == [("mail", "source.reminder")]
    line.serve(page("english"))
    line.check()
    assert ("mail", "source.recovered") in _told(line)
