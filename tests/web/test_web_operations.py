"""Probes and metrics, and the web view as the program starts and stops it."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import web_pages
from prometheus_client.parser import text_string_to_metric_families
from surroundings import Answer, Program, Site

from monitor.cli.serving import Overheard
from monitor.model import Check, Delivery, Recorded, Unchanged
from monitor.model.explanation import Explanation
from monitor.pipeline import Checked
from monitor.web.desk import Desk
from monitor.web.operations import not_ready
from monitor.web.pulse import EVERY, MOST_SOURCES, Pulse

if TYPE_CHECKING:
    from monitor.record import Archive

SOURCES = """
[monitor]
web = "127.0.0.1:{port}"

[[source]]
id = "acme"
url = "{url}"
allow_private = true
robots = false
"""


def _families(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_metrics_tell_how_things_stand(client: httpx.Client) -> None:
    """Every number of the archive is a metric under its name."""
    found = _families(client.get("/metrics").text)
    assert found["monitor_sources"][()] == 5
    assert found["monitor_failing_sources"][()] == 1
    assert found["monitor_blocked_sources"][()] == 1
    assert found["monitor_quarantined_captures"][()] == 1
    assert found["monitor_outbox_pending"][()] == 0
    assert found["monitor_db_bytes"][()] > 100_000
    assert found["monitor_overdue_sources"][()] == 3
    assert ("lantern-privacy",) in found["monitor_last_success_timestamp_seconds"]
    assert list(found["monitor_build_info"].values()) == [1]


def _checked(ident: str) -> Checked:
    source = replace(web_pages.sources()[0], id=ident)
    now = web_pages.NOW
    check = Check(source, now, now + timedelta(seconds=2), Unchanged("body"), now, 1)
    return Checked(check, Recorded(None, None, 0), Explanation())


class _Silent:
    def say(self, line: str) -> None:
        """Say nothing."""

    def checked(self, checked: Checked) -> None:
        """Take it."""

    def delivered(self, delivery: Delivery) -> None:
        """Take it."""

    def idle(self) -> None:
        """Take note."""


def test_a_daemon_is_counted_with_few_labels() -> None:
    """Checks and deliveries are counted; beyond some hundreds, sources share a label."""
    pulse = Pulse()
    report = Overheard(_Silent(), pulse)
    for number in range(MOST_SOURCES + 7):
        report.checked(_checked(f"source-{number}"))
    report.checked(_checked("source-3"))
    report.delivered(
        Delivery(1, "k", "mail", "policy.changed", "a", 1, None, "sent", web_pages.NOW, None)
    )
    from prometheus_client import generate_latest

    found = _families(generate_latest(pulse.registry).decode())
    checks = found["monitor_checks_total"]
    assert len(checks) == MOST_SOURCES + 1
    assert checks["unchanged", "source-3"] == 2
    assert checks["unchanged", EVERY] == 7
    assert found["monitor_notifications_total"]["mail", "sent"] == 1
    assert found["monitor_check_duration_seconds_count"][()] == MOST_SOURCES + 8


@pytest.mark.parametrize(
    ("ticked", "later", "said"),
    [
        (timedelta(seconds=5), timedelta(0), []),
        (timedelta(minutes=5), timedelta(0), ["the daemon has not looked"]),
        (None, timedelta(0), ["the daemon has not looked"]),
        (timedelta(0), timedelta(hours=2), ["a source has been due since"]),
    ],
    ids=["fresh", "stale", "never", "overdue"],
)
def test_readiness(
    filled: Archive, ticked: timedelta | None, later: timedelta, said: list[str]
) -> None:
    """It is ready while the daemon ticks and nothing waits for more than an hour."""
    now = web_pages.NOW - timedelta(minutes=30) + later
    pulse = Pulse(ticked_at=lambda: None if ticked is None else now - ticked)
    faults = not_ready(Desk(filled, lambda: now, pulse))
    assert [fault[: len(start)] for fault, start in zip(faults, said, strict=True)] == said


def _port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _until(process: subprocess.Popen[str], pattern: str) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(pattern, line):
            return found[0]
    raise AssertionError(f"never said {pattern}")


def test_run_serves_beside_the_daemon(site: Site, program: Program) -> None:
    """`run` serves pages and counts; a second one whose port is taken watches all the same."""
    site.answers["/policy"] = Answer(b"no")
    port = _port()
    program.write(SOURCES.format(port=port, url=site.url("/policy")))
    start = {"stderr": subprocess.PIPE, "text": True, "env": program.environ}
    with (
        subprocess.Popen([*program.command, "run"], **start) as first,  # type: ignore[call-overload]
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client,
    ):
        _until(first, "web view: http")
        end = time.monotonic() + 20
        while "monitor_checks_total{" not in client.get("/metrics").text:
            assert time.monotonic() < end
        assert client.get("/readyz").json() == {"status": "ready", "faults": []}
        assert "Acme" in client.get("/").text or "acme" in client.get("/").text
        with subprocess.Popen([*program.command, "run"], **start) as second:  # type: ignore[call-overload]
            said = _until(second, f"no web view: .*{port}.*choose another port")
            assert "Address already in use" in said
            _until(second, "watching 1 source")
            second.send_signal(signal.SIGTERM)
            assert second.wait(20) == 0
        first.send_signal(signal.SIGTERM)
        assert first.wait(20) == 0


def test_web_alone(site: Site, program: Program) -> None:
    """`web` shows what was recorded, stops when told, and is never open to a network by mistake."""
    program.write(SOURCES.format(port=_port(), url=site.url("/policy")))
    program.run("check")
    refused = program.run("web", "--host", "0.0.0.0")  # noqa: S104 - that it is refused is the test
    assert refused.returncode == 2
    assert "web_token" in refused.stderr
    command = [*program.command, "web", "--port", "0"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=program.environ
    ) as process:
        address = _until(process, r"http://127\.0\.0\.1:\d+/")
        assert httpx.get(address, timeout=20).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_alerts_and_dashboard_ask_for_metrics_there_are(client: httpx.Client) -> None:
    """A renamed metric would leave an alert silent for ever."""
    deploy = Path(__file__).parents[2] / "deploy"
    files = [deploy / "prometheus" / "alerts.yaml", deploy / "grafana" / "policy-monitor.json"]
    asked = {name for file in files for name in re.findall(r"monitor_\w+", file.read_text("utf-8"))}
    told = client.get("/metrics").text
    known = set(re.findall(r"^# HELP (\w+)", told, re.MULTILINE))
    assert {name.removesuffix("_bucket") for name in asked} <= known
    assert len(asked) > 10
