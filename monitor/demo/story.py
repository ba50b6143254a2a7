"""The story the demo tells: first version, noise, a silent change, the alert, the history."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from shutil import which
from typing import TYPE_CHECKING

from rich.panel import Panel
from rich.text import Text

from monitor.demo.publisher import published
from monitor.model import Changed, First, Pending, Unchanged, kind_of
from monitor.render.terminal import diff_sections, hang
from monitor.settings import Settings
from monitor.sources import load
from monitor.wiring import assemble

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.console import Console

    from monitor.demo.publisher import Publisher
    from monitor.model import Outcome
    from monitor.pipeline import Checked
    from monitor.wiring import Station

SECRET = "whsec_bGFudGVybmZpc2gtZGVtby1zZWNyZXQtMDEyMzQ1Ng=="  # noqa: S105 - signs the demo only
SOURCES = """\
[channels.team]
type = "webhook"
url = "http://127.0.0.1:{port}/hook"
secret = "env:DEMO_SECRET"
allow_private = true

[[source]]
id = "lanternfish-privacy"
site = "Lanternfish"
kind = "privacy-policy"
name = "Privacy policy"
url = "{url}"
confirm_after = "1s"
allow_private = true
robots = false
"""
PAUSE = timedelta(seconds=2)
CONFIRM = timedelta(seconds=1)
"""As in `SOURCES`; five minutes where nobody is watching."""


def tell(folder: Path, out: Console, wait: Callable[[float], None]) -> None:
    """Watch a publisher of our own change its policy, with the real line and a real webhook.

    Leaves `sources.toml` and `monitor.db` in `folder`, so that every other command can be tried.
    """
    with published() as publisher:
        config = folder / "sources.toml"
        config.write_text(SOURCES.format(port=publisher.port, url=publisher.url), "utf-8")
        config.chmod(0o600)
        database = f"sqlite:///{folder / 'monitor.db'}"
        settings = Settings.from_environ({}).override(config=config, database=database)
        configuration = load(config, environ={"DEMO_SECRET": SECRET})
        with assemble(configuration, settings) as station:
            _act(station, publisher, out, wait)
    _farewell(folder, out)


def _act(
    station: Station, publisher: Publisher, out: Console, wait: Callable[[float], None]
) -> None:
    pause = PAUSE.total_seconds()
    _scene(out, 1, "Lanternfish publishes a privacy policy. The first check records it.")
    _check(station, out)
    wait(pause)
    _scene(out, 2, "The page is served again: new nonces, new counters, same policy.")
    _check(station, out)
    wait(pause)
    _scene(out, 3, "Overnight, the policy is edited. Its date stays March 3, 2026.")
    publisher.edition = 2
    _check(station, out)
    _scene(out, 4, "A whole new section might be a glitch, so a second capture has to show it too.")
    time.sleep(CONFIRM.total_seconds())
    checked = _check(station, out)
    assert isinstance(checked.check.outcome, Changed)
    wait(pause)
    _scene(out, 5, "What changed, section by section:")
    color = out.color_system is not None
    for block in diff_sections(checked.check.outcome.comparison, color=color):
        hang(out, block)
        out.print()
    wait(pause)
    _scene(out, 6, "The e-mail this sends:")
    _show_email(station, out)
    wait(pause)
    _scene(out, 7, "The webhook, delivered for real to a receiver on this machine:")
    _show_webhook(station, publisher, out)


def _scene(out: Console, number: int, line: str) -> None:
    out.print()
    out.print(Text(f"{number}. {line}", "bold"))


def _check(station: Station, out: Console) -> Checked:
    source = station.configuration.sources[0]
    checked = station.pipeline.check(source)
    outcome = checked.check.outcome
    found = kind_of(outcome)
    out.print(Text.assemble("   $ monitor check lanternfish  →  ", (found, "green"), _why(outcome)))
    return checked


def _why(outcome: Outcome) -> str:
    match outcome:
        case First(document=document):
            date = document.dates.last_updated
            return f": {len(document.sections)} sections, dated {date.value if date else 'nothing'}"
        case Unchanged(by=by):
            return f": same {by}"
        case Pending(reason=reason):
            return f": {reason}"
        case Changed(comparison=comparison):
            return f": {comparison.reason}"
        case _:
            return ""


def _show_email(station: Station, out: Console) -> None:
    (delivery,) = station.archive.outbox.deliveries(limit=1)
    message = station.courier.message(delivery)
    files = ", ".join(attachment.name for attachment in message.attachments)
    head = f"Subject: {message.subject}\nAttached: {files or 'nothing'}\n\n"
    out.print(Panel(Text(head + message.text.rstrip()), width=min(out.width, 92)))


def _show_webhook(station: Station, publisher: Publisher, out: Console) -> None:
    from standardwebhooks.webhooks import Webhook

    station.courier.drain()
    ((headers, body),) = publisher.received
    payload = Webhook(SECRET).verify(body, headers)
    sections = len(payload["data"]["sections"])
    identity = headers.get("webhook-id") or headers.get("Webhook-Id")
    out.print(f"   {payload['type']}, {sections} sections, signature verified, id {identity}")


def _farewell(folder: Path, out: Console) -> None:
    # As it was called: in a fresh clone the program is not on the PATH.
    program = (
        sys.argv[0] if sys.argv[0].endswith("/monitor") and not which("monitor") else "monitor"
    )
    options = f"--config {folder}/sources.toml --database sqlite:///{folder}/monitor.db"
    out.print()
    out.print(Text("Now look around yourself:", "bold"))
    for command in ("history lanternfish", "diff lanternfish", "show lanternfish 1", "deliveries"):
        out.print(Text(f"   {program} {options} {command}"), soft_wrap=True)
