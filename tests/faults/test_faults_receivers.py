"""Receivers that fail or hang: what they owe to nobody else."""

from __future__ import annotations

import random
import socket
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from owing import SOURCE, START, record
from surroundings import SECRET, Receiver

from monitor.deliver import Courier, Round
from monitor.model import WebhookConfig
from monitor.notify import open_channel
from monitor.record import Archive

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.model import Delivery

CHANNELS = ("hook", "silent")
CHANGES = 5


def test_a_silent_receiver_delays_nobody_else(tmp_path: Path, receiver: Receiver) -> None:
    """All that is owed to one channel is sent while another's first message has no answer yet."""
    sent: list[Delivery] = []
    done = Event()

    def told(delivery: Delivery) -> None:
        sent.append(delivery)
        if len(sent) == CHANGES:
            done.set()

    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        Archive.open(f"sqlite:///{tmp_path / 'monitor.db'}") as archive,
    ):
        archive.adopt([SOURCE], START)
        for number in range(CHANGES + 1):
            record(archive, number, START + timedelta(hours=number), CHANNELS)
        urls = {"hook": receiver.url, "silent": f"http://127.0.0.1:{silent.getsockname()[1]}/"}
        channels = {
            name: open_channel(
                WebhookConfig(
                    name, urls[name], SECRET, timeout=timedelta(seconds=60), allow_private=True
                )
            )
            for name in CHANNELS
        }
        dice = random.Random(1)  # noqa: S311 - jitter
        courier = Courier(
            archive, channels, lambda _: SOURCE, partial(datetime.now, UTC), dice, "test"
        )
        round_ = Round(courier, told=told)
        assert round_.start() == 2
        hanging, _ = silent.accept()
        with hanging:
            assert done.wait(30)
            assert {one.channel for one in sent} == {"hook"}
            assert all(one.state == "sent" for one in sent)
        round_.stop(10)
        for channel in channels.values():
            channel.close()
    assert len({hook["id"] for hook in receiver.verified}) == CHANGES
