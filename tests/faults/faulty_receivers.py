"""A webhook receiver and an SMTP server that fail in every way a receiver can.

Each remembers what it accepted, and of each message how often it failed: no message is failed so
often that its sender may give it up.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING

from aiosmtpd.controller import Controller
from standardwebhooks.webhooks import Webhook
from surroundings import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from aiosmtpd.smtp import SMTP, Envelope, Session

SILENCE_S = 1.5
"""Longer than the channels' timeout."""
FAULTS_A_MESSAGE = 4
"""Fewer than the tries a delivery has."""
WEBHOOK_FAULTS = ("500", "429", "cut before", "cut after", "silence before", "silence after")
MAIL_FAULTS = (
    "451",
    "421",
    "cut before",
    "cut after",
    "cut later",
    "silence before",
    "silence after",
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message whose body was taken over, whether or not its sender learnt of that."""

    key: str
    event: str
    source: str
    text: str
    told: bool
    """Whether the acceptance was sent."""


@dataclass
class Receiver:
    """What a receiver was sent, and how it is told to fail."""

    dice: Random
    faults: tuple[str, ...]
    share: float = 0.0
    """Share of the requests that are to fail."""
    arrivals: list[Arrival] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    """How often each fault was played."""
    wrong: list[str] = field(default_factory=list)
    """What should never arrive: signatures that do not fit, messages nobody can read."""
    connections: int = 0
    port: int = 0
    _failures: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def fate(self, key: str) -> str:
        """Decide how a message ends; empty where it is accepted and its sender told."""
        with self._lock:
            if self._failures[key] >= FAULTS_A_MESSAGE or self.dice.random() >= self.share:
                return ""
            fault = self.dice.choice(self.faults)
            self._failures[key] += 1
            self.failed[fault] += 1
            return fault

    def take(self, arrival: Arrival) -> None:
        """Note a message that was accepted."""
        with self._lock:
            self.arrivals.append(arrival)


class Hook(BaseHTTPRequestHandler):
    """One connection of a webhook's sender."""

    server: HookServer
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.receiver.connections += 1

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            # Its sender was killed in the middle of it.
            self.close_connection = True
            return
        key = self.headers["webhook-id"]
        fate = self.server.receiver.fate(key)
        if fate.isdigit():
            self._answer(int(fate))
        elif fate.endswith("before"):
            self._leave(fate)
        elif self.path == "/gone":
            self._answer(410)
        else:
            self._take(key, body, fate)
            if fate:
                self._leave(fate)
            else:
                self._answer(204)

    def _take(self, key: str, body: bytes, fate: str) -> None:
        receiver = self.server.receiver
        try:
            Webhook(SECRET).verify(body, {k.lower(): v for k, v in self.headers.items()})
            sent = json.loads(body)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it is to be told
            receiver.wrong.append(f"{key}: {error!r}")
        else:
            source = sent["data"].get("source") or {}
            receiver.take(
                Arrival(
                    key, sent["type"], source.get("id", ""), f"{key}\n{body.decode()}", not fate
                )
            )

    def _leave(self, fate: str) -> None:
        if fate.startswith("silence"):
            time.sleep(SILENCE_S)
        self.close_connection = True

    def _answer(self, status: int) -> None:
        self.send_response(status)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Stay quiet."""


class HookServer(ThreadingHTTPServer):
    """A webhook receiver on a port of its own."""

    daemon_threads = True
    request_queue_size = 50

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.receiver = receiver

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: senders are killed in the middle of requests."""


@contextmanager
def hooks(*receivers: Receiver) -> Iterator[None]:
    """Run webhook receivers."""
    servers = [HookServer(receiver) for receiver in receivers]
    for receiver, server in zip(receivers, servers, strict=True):
        receiver.port = server.server_port
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield
    for server in servers:
        server.shutdown()
        server.server_close()


class Mail:
    """The answers of the SMTP server."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, said: list[str]
    ) -> list[str]:
        """Count the connection."""
        del server, envelope
        session.host_name = hostname
        self._receiver.connections += 1
        return said

    async def handle_DATA(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take the message, or fail."""
        del session
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        key = mail["Message-ID"]
        if key is None:
            self._receiver.wrong.append("a mail without Message-ID")
            return "250 OK"
        fate = self._receiver.fate(key)
        if fate.isdigit():
            return f"{fate} 4.3.0 not at the moment"
        if fate == "silence before":
            await asyncio.sleep(SILENCE_S)
        if fate.endswith("before"):
            server.transport.abort()
            return "250 too late"
        text = mail.get_body(("plain",))
        assert text is not None
        said = f"{key}\n{mail['Subject']}\n{text.get_content()}"
        told = fate in {"", "cut later"}
        event, source = mail["X-Monitor-Event"], mail.get("X-Monitor-Source", "")
        self._receiver.take(Arrival(key, event, source, said, told))
        if fate == "silence after":
            await asyncio.sleep(SILENCE_S)
        if fate in {"cut after", "silence after"}:
            server.transport.abort()
        if fate == "cut later":
            asyncio.get_running_loop().call_later(0.05, server.transport.abort)
        return "250 OK"


@contextmanager
def taking_mail(receiver: Receiver) -> Iterator[None]:
    """Run an SMTP server."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        receiver.port = free.getsockname()[1]
    controller = Controller(Mail(receiver), hostname="127.0.0.1", port=receiver.port)
    controller.start()
    yield
    controller.stop()
