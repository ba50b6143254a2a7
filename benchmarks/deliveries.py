#!/usr/bin/env python3
"""Measure what a delivery costs: a thousand to one webhook and a thousand to one SMTP server.

    .venv/bin/python benchmarks/deliveries.py --changes 1000

The receivers run in a process of their own; the CPU counted is this one's: claiming, rendering,
signing, sending, settling. A third channel never answers, and must not delay the others.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import resource
import socket
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

from monitor import compare, extract
from monitor.deliver import Courier, Round
from monitor.model import Capture, Changed, Check, EmailConfig, First, Source, WebhookConfig
from monitor.notify import open_channel
from monitor.record import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model import ChannelConfig, Delivery, Document

    Ports = dict[str, int]

ALLOWED_MS = 8.0
START = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = "whsec_dGhlLWJlbmNobWFyay1zaWduaW5nLXNlY3JldC0x"  # noqa: S105 - made up
SOURCE = Source("acme", "Acme", "privacy-policy", "Privacy policy", "https://acme.example/privacy")


def page(number: int) -> bytes:
    """Return a policy of some 2,000 words, a sentence of which differs each time."""
    sections = "".join(
        f"<h2>{n}. Service {n}</h2>"
        + f"<p>Service {n} is offered under the rules above, to whoever asks for it. "
        f"What you tell service {n} is kept while you use it, and a year longer.</p>" * 2
        for n in range(1, 40)
    )
    return (
        "<!doctype html><html lang=en><title>Privacy Policy</title><main><h1>Privacy Policy</h1>"
        f"<p>We keep account records for {30 + number} days after an account is closed.</p>"
        f"{sections}</main></html>"
    ).encode()


def fill(archive: Archive, changes: int, channels: tuple[str, ...]) -> None:
    """Record so many changes, each owed to every channel."""
    archive.adopt([SOURCE], START)
    before: Document | None = None
    for number in range(changes + 1):
        at = START + timedelta(hours=number)
        url, body = SOURCE.url, page(number)
        document = extract(body, url=url, media_type="text/html")
        outcome = Changed(document, compare(before, document), at) if before else First(document)
        capture = Capture(url, url, at, 200, "text/html", "utf-8", (), body)
        check = Check(SOURCE, at, at, outcome, at, 1, capture, channels=channels)
        archive.record(check)
        before = document


class Hook(BaseHTTPRequestHandler):
    """Takes everything, and counts connections."""

    protocol_version = "HTTP/1.1"
    connections = 0
    taken = 0

    def setup(self) -> None:
        """Count."""
        super().setup()
        Hook.connections += 1

    def do_POST(self) -> None:
        """Accept."""
        self.rfile.read(int(self.headers["Content-Length"]))
        Hook.taken += 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


class Mail:
    """Takes everything, and counts connections."""

    def __init__(self) -> None:
        self.peers: set[object] = set()
        self.taken = 0

    async def handle_DATA(self, _: object, session: Any, __: object) -> str:  # noqa: ANN401, N802 - aiosmtpd's
        """Accept."""
        self.peers.add(session.peer)
        self.taken += 1
        return "250 OK"


def serve(pipe: Any) -> None:  # noqa: ANN401 - multiprocessing does not name it
    """Run the receivers until told to report."""
    hook = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=hook.serve_forever, daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    mail = Mail()
    controller = Controller(mail, hostname="127.0.0.1", port=port, loop=asyncio.new_event_loop())
    controller.start()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        pipe.send({"hook": hook.server_port, "mail": port, "silent": silent.getsockname()[1]})
        pipe.recv()
        pipe.send({"hook": (Hook.taken, Hook.connections), "mail": (mail.taken, len(mail.peers))})
    controller.stop()


@contextmanager
def receivers() -> Iterator[tuple[Any, Ports]]:
    """Start the receivers in another process; yield its pipe, and their ports."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    other = context.Process(target=serve, args=(there,))
    other.start()
    try:
        yield here, here.recv()
    finally:
        other.terminate()
        other.join()


def drain(archive: Archive, ports: Ports, kind: str, changes: int) -> tuple[float, float]:
    """Send all that is owed to one receiver, beside a silent one; return CPU and wall seconds."""
    address, here = "http://127.0.0.1:{}/", "127.0.0.1"
    patience = timedelta(seconds=2)
    configs: dict[str, ChannelConfig] = {
        "hook": WebhookConfig("hook", address.format(ports["hook"]), SECRET, allow_private=True),
        "mail": EmailConfig(
            "mail", here, "m@example.org", ("r@example.org",), ports["mail"], "none"
        ),
        "silent": WebhookConfig(
            "silent", address.format(ports["silent"]), timeout=patience, allow_private=True
        ),
    }
    channels = {name: open_channel(configs[name]) for name in (kind, "silent")}
    left = changes
    done = Event()

    def told(delivery: Delivery) -> None:
        nonlocal left
        left -= delivery.channel == kind and delivery.state == "sent"
        if not left:
            done.set()

    dice = random.Random(1)  # noqa: S311 - jitter
    courier = Courier(archive, channels, lambda _: SOURCE, partial(datetime.now, UTC), dice, "me")
    # Loads what is imported on first use; a daemon does so once in its life.
    courier.deliver(kind)
    left -= 1
    round_ = Round(courier, told=told)
    began, spent = time.monotonic(), cpu()
    round_.start()
    if not done.wait(600):
        sys.exit(f"{left} deliveries to {kind} were not sent")
    measured = cpu() - spent, time.monotonic() - began
    round_.stop(10)
    for channel in channels.values():
        channel.close()
    return measured


def cpu() -> float:
    """Return the CPU seconds of this process, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure both kinds and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=1000)
    given = parser.parse_args()
    slow = False
    with tempfile.TemporaryDirectory() as folder, receivers() as (pipe, ports):
        for kind in ("hook", "mail"):
            with Archive.open(f"sqlite:///{Path(folder) / kind}.db") as archive:
                fill(archive, given.changes, (kind, "silent"))
                spent, took = drain(archive, ports, kind, given.changes)
            each = 1000 * spent / (given.changes - 1)
            slow |= each > ALLOWED_MS
            print(f"{kind}: {each:.2f} ms of CPU a delivery, {given.changes / took:.0f} a second")
        pipe.send("enough")
        for kind, (taken, connections) in pipe.recv().items():
            print(f"{kind}: {taken} taken over {connections} connections")
    print(f"{ALLOWED_MS:g} ms allowed")
    sys.exit(slow)


if __name__ == "__main__":
    main()
