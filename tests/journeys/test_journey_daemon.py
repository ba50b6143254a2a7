"""The daemon as its users run it: watches, tells, reloads, stops, catches up, shares the work."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pages import page
from surroundings import Answer, Program, Receiver, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from forked import Forked

CONFIG = """[defaults]
every = "1m"
jitter = "0s"
confirm_after = "0s"
allow_private = true
robots = false

[monitor]
host_spacing = "0s"

[channels.hook]
type = "webhook"
url = "{hook}"
secret = "env:HOOK_SECRET"
allow_private = true

[[source]]
id = "english"
url = "{url}"
"""
PATIENCE_S = 20
ENDS_S = 25
"""Ten seconds are promised; this is for a machine that others use, and below what it waits for."""


class Running:
    """A daemon under way and what it has said so far."""

    def __init__(self, program: Program, *, installed: bool = False, **environ: str) -> None:
        self._said = program.folder / f"said-{time.monotonic_ns()}"
        self._said.touch()
        self.popen: subprocess.Popen[bytes] | Forked
        if installed:
            with self._said.open("ab") as out:
                command, given = [*program.command, "run"], program.environ | environ
                self.popen = subprocess.Popen(command, stdout=out, stderr=out, env=given)
        else:
            self.popen = program.start("run", out=self._said, environ=environ)

    @property
    def said(self) -> str:
        return self._said.read_text("utf-8")

    def until(self, met: Callable[[], object]) -> None:
        """Wait for a condition; fail with what the daemon said."""
        end = time.monotonic() + PATIENCE_S
        while not met():
            assert time.monotonic() < end, self.said
            assert self.popen.poll() is None, self.said
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.popen.send_signal(number)
        return self.popen.wait(ENDS_S)

    def close(self) -> None:
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait()


@contextmanager
def running(program: Program, *, installed: bool = False, **environ: str) -> Iterator[Running]:
    """Run a daemon for the length of a block, forked unless the `installed` one is meant."""
    daemon = Running(program, installed=installed, **environ)
    try:
        yield daemon
    finally:
        daemon.close()


@pytest.fixture
def watched(program: Program, site: Site, receiver: Receiver) -> Program:
    """Configure one source and a webhook."""
    site.answers["/english"] = Answer(page("english"))
    program.write(CONFIG.format(hook=receiver.url, url=site.url("/english")))
    return program


def _make_due(program: Program) -> None:
    with sqlite3.connect(program.database, timeout=10) as database:
        database.execute("update sources set next_check_at = '2020-01-01T00:00:00.000000Z'")
    database.close()


def test_a_daemon_records_tells_and_stops_cleanly(
    watched: Program, site: Site, receiver: Receiver
) -> None:
    """A started daemon checks at once, tells a change that comes later, and ends on SIGTERM."""
    with running(watched, installed=True) as daemon:
        daemon.until(lambda: "first" in daemon.said)
        site.answers["/english"] = Answer(page("english", changed=True))
        _make_due(watched)
        daemon.until(lambda: receiver.verified)
        assert daemon.stop() == 0
    (hook,) = receiver.verified
    assert hook["type"] == "policy.silent_change"
    assert "stopped" in daemon.said


def test_a_daemon_catches_up_after_downtime(
    watched: Program, site: Site, receiver: Receiver
) -> None:
    """What became due while no daemon ran is checked, and told, at the next start."""
    watched("check")
    site.answers["/english"] = Answer(page("english", changed=True))
    _make_due(watched)
    with running(watched) as daemon:
        daemon.until(lambda: receiver.verified)
        assert daemon.stop(signal.SIGINT) == 0


def test_a_kill_between_record_and_delivery_loses_nothing(
    watched: Program, site: Site, receiver: Receiver
) -> None:
    """A daemon killed while the receiver was down delivers after a restart, under the same key."""
    receiver.status = 503
    watched("check")
    site.answers["/english"] = Answer(page("english", changed=True))
    _make_due(watched)
    with running(watched) as daemon:
        daemon.until(lambda: "503" in daemon.said)
        daemon.popen.kill()
        daemon.popen.wait()
    (waiting,) = watched.json("deliveries")
    assert waiting["state"] == "pending"
    receiver.status = 204
    with running(watched) as daemon:
        daemon.until(lambda: receiver.verified)
        daemon.stop()
    assert [hook["id"] for hook in receiver.verified] == [waiting["key"]]


def test_sighup_reads_the_configuration_again(watched: Program, site: Site) -> None:
    """A good new file is taken over while running; a bad one is refused and the old one stays."""
    site.answers["/german"] = Answer(page("german"))
    good = watched.config.read_text("utf-8")
    with running(watched) as daemon:
        daemon.until(lambda: "watching" in daemon.said)
        watched.write(good + "\nnonsense")
        daemon.popen.send_signal(signal.SIGHUP)
        daemon.until(lambda: "old configuration stays" in daemon.said)
        reachable = good.replace("[monitor]", '[monitor]\ncontact = "mailto:us@example.org"')
        watched.write(reachable + f'\n[[source]]\nid = "german"\nurl = "{site.url("/german")}"\n')
        daemon.popen.send_signal(signal.SIGHUP)
        daemon.until(lambda: "german: first" in daemon.said)
        assert daemon.stop() == 0
    asked = next(headers for path, headers in site.asked if path == "/german")
    assert "mailto:us@example.org" in asked["user-agent"]


def test_another_id_for_the_same_address_is_pointed_out(watched: Program) -> None:
    """An edited id begins a history of its own: whoever edited it is told how to keep the old."""
    watched("check")
    known = watched.config.read_text("utf-8")
    watched.write(known.replace('id = "english"', 'id = "renamed"'))
    assert "renamed begins a history of its own" in watched.run("validate").stderr
    with running(watched) as daemon:
        daemon.until(lambda: "renamed: begins a history of its own" in daemon.said)
        daemon.until(lambda: "first" in daemon.said)
        watched.write(known)
        daemon.popen.send_signal(signal.SIGHUP)
        daemon.until(lambda: "read again" in daemon.said)
        assert daemon.stop() == 0
    assert watched.json("status", "english")[0]["formerly"] == "renamed"


def test_two_daemons_share_one_database(watched: Program, site: Site, receiver: Receiver) -> None:
    """Two daemons on one database never check a source twice nor tell a change twice."""
    with running(watched) as first, running(watched) as second:
        second.until(lambda: "watching" in second.said)
        first.until(lambda: "first" in first.said + second.said)
        asked = len(site.asked)
        site.answers["/english"] = Answer(page("english", changed=True))
        _make_due(watched)
        first.until(lambda: receiver.verified)
        assert "share the work" in first.said + second.said
        assert first.stop() == 0
        assert second.stop() == 0
    assert len(site.asked) == asked + 1
    assert len(receiver.verified) == 1


def test_sigterm_during_a_check_ends_in_time_and_repeats_it(watched: Program, site: Site) -> None:
    """A check that hangs does not keep the daemon from ending; the next one starts it again."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        text = watched.config.read_text("utf-8").replace(str(site.port), str(port))
        watched.write(text.replace('id = "english"', 'id = "english"\ntimeout = "60s"'))
        daemon = Running(watched)
        hanging, _ = silent.accept()
        with hanging:
            assert daemon.stop() == 0
        daemon.close()
    (state,) = watched.json("status")
    assert state["last_outcome"] is None
    watched.write(watched.config.read_text("utf-8").replace(str(port), str(site.port)))
    assert watched.json("check")[0]["outcome"] == "first"


def test_sigterm_during_a_delivery_ends_in_time_and_repeats_it(
    watched: Program, site: Site, receiver: Receiver
) -> None:
    """A receiver that never answers does not keep the daemon from ending; it is asked again."""
    watched("check")
    site.answers["/english"] = Answer(page("english", changed=True))
    _make_due(watched)
    answering = watched.config.read_text("utf-8")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        hook = f'http://127.0.0.1:{port}/hook"\ntimeout = "60s'
        watched.write(answering.replace(receiver.url, hook))
        daemon = Running(watched)
        hanging, _ = silent.accept()
        with hanging:
            assert daemon.stop() == 0
        daemon.close()
    (waiting,) = watched.json("deliveries")
    assert waiting["state"] == "pending"
    watched.write(answering)
    watched("check")
    assert [hook["id"] for hook in receiver.verified] == [waiting["key"]]


def test_a_host_with_many_sources_holds_up_nobody(watched: Program, site: Site) -> None:
    """Sources that wait for their host's spacing do not hide those of another host."""
    site.answers["/other"] = Answer(page("german"))
    head = watched.config.read_text("utf-8").partition("[[source]]")[0].replace('"0s"', '"30s"')
    crowd = [f'[[source]]\nid = "a{n:03}"\nurl = "{site.url(f"/{n}")}"' for n in range(200)]
    other = f'[[source]]\nid = "z"\nurl = "http://localhost:{site.port}/other"'
    watched.write("\n".join([head, *crowd, other]))
    with running(watched) as daemon:
        daemon.until(lambda: any(path == "/other" for path, _ in site.asked))
        assert daemon.stop() == 0


def test_the_service_manager_hears_of_start_reload_and_stop(
    watched: Program, tmp_path: Path
) -> None:
    """As systemd expects it of a service of Type=notify."""
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as service:
        service.bind(address)
        service.settimeout(PATIENCE_S)
        with running(watched, NOTIFY_SOCKET=address) as daemon:
            assert service.recv(100) == b"READY=1"
            daemon.popen.send_signal(signal.SIGHUP)
            heard = [service.recv(100)]
            while not heard[-1].startswith(b"RELOADING=1\nMONOTONIC_USEC="):
                assert heard[-1] == b"WATCHDOG=1"
                heard.append(service.recv(100))
            assert service.recv(100) == b"READY=1"
            assert daemon.stop() == 0
            heard = [service.recv(100)]
            while heard[-1] == b"WATCHDOG=1":
                heard.append(service.recv(100))
            assert heard[-1] == b"STOPPING=1"


def test_a_day_to_come_is_told_once_across_restarts(
    watched: Program, site: Site, receiver: Receiver
) -> None:
    """Days before a text takes effect a daemon says so; the next one does not say it again."""
    text = watched.config.read_text("utf-8")
    watched.write(text.replace("[defaults]\n", '[defaults]\nremind_before = "3d"\n'))
    day = datetime.now(UTC).date() + timedelta(days=2)
    said = f"<p>Effective date: {day:%B %d, %Y}.</p></main>"
    site.answers["/english"] = Answer(page("english").replace(b"</main>", said.encode()))
    watched("check")
    with sqlite3.connect(watched.database) as database:
        # What has just been told with the text itself is not told again at once.
        database.execute("UPDATE deadlines SET seen_at = '2026-01-01T00:00:00.000000Z'")
    database.close()

    for _ in range(2):
        with running(watched) as daemon:
            daemon.until(lambda: receiver.verified)
            daemon.until(lambda: "watching" in daemon.said)
            assert daemon.stop() == 0
    assert [hook["type"] for hook in receiver.verified] == ["policy.effective"]
    (delivery,) = watched.json("deliveries")
    assert delivery["state"] == "sent"
