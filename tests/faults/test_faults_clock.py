"""A clock that goes back: what was put off by the wrong time is done by the right one."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from pages import page
from soak import HEAD, move
from surroundings import SECRET, Answer, Mailbox, Program, Receiver, Site

from monitor.daemon import Daemon
from monitor.settings import Settings
from monitor.sources import load
from monitor.wiring import assemble

if TYPE_CHECKING:
    from pathlib import Path

YEAR = timedelta(days=366)


class Listener:
    """Keeps what the daemon says of itself."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, line: str) -> None:
        """Keep a line."""
        self.said.append(line)

    def checked(self, checked: object) -> None:
        """Do nothing."""

    def delivered(self, delivery: object) -> None:
        """Do nothing."""

    def idle(self) -> None:
        """Do nothing."""


@pytest.fixture
def watched(program: Program, site: Site, receiver: Receiver, mailbox: Mailbox) -> Program:
    """Configure one source and two channels that work."""
    site.answers["/policy"] = Answer(page("english"))
    port = receiver.url.rpartition(":")[2].partition("/")[0]
    head = HEAD.partition("[channels.gone]")[0].format(hook=port, mail=mailbox.port)
    program.write(f'{head}\n[[source]]\nid = "acme"\nurl = "{site.url("/policy")}"\n')
    return program


def _age(database: Path, by: timedelta) -> None:
    """Move every time there is."""
    with closing(sqlite3.connect(database, isolation_level=None)) as opened:
        tables = opened.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in tables:
            columns = [row[1] for row in opened.execute(f"pragma table_info({table})")]
            for column in columns:
                if column.endswith("_at") and "id" in columns:
                    move(opened, table, column, by)


def test_what_a_fast_clock_put_off_is_done_now(
    watched: Program, site: Site, receiver: Receiver, mailbox: Mailbox
) -> None:
    """A delivery and a check that wait for next year go on once the clock is right."""
    watched("check")
    receiver.status = 503
    site.answers["/policy"] = Answer(page("english", changed=True))
    watched("check")
    _age(watched.database, YEAR)
    receiver.status = 204
    site.answers["/policy"] = Answer(page("english"))
    watched("run", "--once")
    waiting = [one for one in watched.json("deliveries") if one["state"] != "sent"]
    assert not waiting
    (state,) = watched.json("status")
    assert datetime.fromisoformat(state["last_checked_at"]) < datetime.now(UTC) + YEAR / 2
    assert len(receiver.verified) == len(mailbox.messages) >= 1


def test_a_running_daemon_goes_on_when_the_clock_goes_back(
    watched: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jobs that wait for a time that went away run at once, and what they wait for is due."""
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    configuration = load(watched.config, environ=os.environ)
    settings = Settings.from_environ({}).override(
        config=watched.config, database=f"sqlite:///{watched.database}"
    )
    now = [datetime.now(UTC) + YEAR]
    listener, ran = Listener(), Event()
    with assemble(configuration, settings) as built:
        pipeline = replace(built.pipeline, clock=lambda: now[0])
        pipeline.check(configuration.sources[0])
        station = replace(built, pipeline=pipeline)
        daemon = Daemon(station, reload=lambda: configuration, report=listener)
        scheduler = BackgroundScheduler(timezone="UTC")
        scheduler.add_job(ran.set, "interval", seconds=1, next_run_time=now[0])
        scheduler.start()
        daemon.mind_clock(scheduler)
        assert not listener.said
        now[0] -= YEAR
        assert not built.archive.due(now[0])
        daemon.mind_clock(scheduler)
        assert ran.wait(10)
        scheduler.shutdown()
        assert built.archive.due(now[0]) == ("acme",)
    assert "clock went back by 366 days" in listener.said[0]
