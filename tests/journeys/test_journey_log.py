"""The log of a running monitor for programs: one JSON object a check and a delivery."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

from pages import page
from surroundings import Answer, Program, Receiver, Site
from test_journey_daemon import CONFIG, _make_due, running

if TYPE_CHECKING:
    import pytest


def _events(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def test_a_daemon_writes_its_log_as_json(
    program: Program, site: Site, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every check says why it was, or was not, an alert; every delivery what it was answered."""
    monkeypatch.setenv("MONITOR_LOG", "json")
    site.answers["/english"] = Answer(page("english"))
    program.write(CONFIG.format(hook=receiver.url, url=site.url("/english")))
    with running(program) as daemon:
        daemon.until(lambda: '"outcome": "first"' in daemon.said)
        site.answers["/english"] = Answer(page("english", changed=True))
        _make_due(program)
        daemon.until(lambda: '"event": "delivery"' in daemon.said)
        assert daemon.stop(signal.SIGTERM) == 0
        lines = daemon.said.splitlines()
    events = [json.loads(line) for line in lines]
    checks = [event for event in events if event["event"] == "check"]
    assert [check["outcome"] for check in checks][:2] == ["first", "changed"]
    assert checks[0]["alert"] is False
    assert checks[1]["alert"] is True
    assert checks[1]["why"].startswith("alert: ")
    assert "location" in checks[1]["words"][0]
    (told,) = (event for event in events if event["event"] == "delivery")
    assert (told["state"], told["change"]) == ("sent", checks[1]["change"])
    assert "stopped" in events[-1]["message"]


def test_a_single_pass_writes_the_same_log(
    program: Program, site: Site, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`run --once` keeps its table on standard output and its log on standard error."""
    monkeypatch.setenv("MONITOR_LOG", "json")
    site.answers["/english"] = Answer(b"gone", 404)
    program.write(CONFIG.format(hook=receiver.url, url=site.url("/english")))
    done = program.run("run", "--once")
    (check,) = _events(done.stderr)
    assert (check["outcome"], check["stage"], check["rule"]) == ("failed", "fetch", "status")
    assert "failed" in done.stdout
