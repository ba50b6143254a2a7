"""Real parts for whole journeys: publishers, a mail server, a webhook receiver, the program."""

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import forked
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from standardwebhooks.webhooks import Webhook

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "whsec_dGhlLWpvdXJuZXlzLXNpZ25pbmctc2VjcmV0LTE="

TELLING = """[defaults]
confirm_after = "0s"
allow_private = true
robots = false

[channels.mail]
type = "email"
host = "127.0.0.1"
port = {smtp}
security = "none"
from = "Monitor <monitor@example.org>"
to = ["reader@example.org"]

[channels.hook]
type = "webhook"
url = "{hook}"
secret = "env:HOOK_SECRET"
allow_private = true

[monitor]
host_spacing = "0s"
"""
"""Configuration of a mail server and a webhook; sources come behind it."""


@dataclass
class Answer:
    """What an address answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})


@dataclass
class Site:
    """A publisher on 127.0.0.1 whose answers a test may change at any time."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@dataclass
class Receiver:
    """A webhook receiver that keeps only what it could verify."""

    url: str = ""
    verified: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    status: int = 204


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that were killed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _serve(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    server = _Server(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


@contextmanager
def publishing() -> Iterator[Site]:
    """Serve pages that the test decides."""
    published = Site()

    class Pages(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            published.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            answer = published.answers.get(self.path, Answer(b"no such page", 404))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *args: object) -> None:
            """Stay quiet."""

    server = _serve(Pages)
    published.port = server.server_port
    yield published
    server.shutdown()
    server.server_close()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Take webhooks and verify each signature."""
    taken = Receiver()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                Webhook(SECRET).verify(body, {k.lower(): v for k, v in self.headers.items()})
            except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not verified
                taken.refused += 1
            else:
                entry = json.loads(body) | {"id": self.headers["webhook-id"]}
                if taken.status < 300:
                    taken.verified.append(entry)
            self.send_response(taken.status)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Stay quiet."""

    server = _serve(Hook)
    taken.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield taken
    server.shutdown()
    server.server_close()


class Mailbox(MessageHandler):
    """Keep every message that arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Any] = []
        self.port = 0

    def handle_message(self, message: Any) -> None:
        """Keep one."""
        self.messages.append(message)


@contextmanager
def taking_mail() -> Iterator[Mailbox]:
    """Run a real SMTP server."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


@dataclass
class Program:
    """The installed program with a configuration and a database of its own."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "sources.toml"

    @property
    def database(self) -> Path:
        return self.folder / "monitor.db"

    @property
    def options(self) -> list[str]:
        return ["--config", str(self.config), "--database", f"sqlite:///{self.database}"]

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "monitor", *self.options]

    @property
    def environ(self) -> dict[str, str]:
        return {**os.environ, "NO_COLOR": "1", "HOOK_SECRET": SECRET, "COLUMNS": "200", "TZ": "UTC"}

    def write(self, text: str) -> None:
        self.config.write_text(text, "utf-8")
        self.config.chmod(0o600)

    def __call__(self, *arguments: str, expect: int = 0) -> str:
        done = self.run(*arguments)
        assert done.returncode == expect, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def run(
        self, *arguments: str, options: list[str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        given = [*(options or self.options), *arguments]
        return forked.run(given, environ=self.environ, folder=self.folder, timeout_s=100)

    def start(
        self,
        *arguments: str,
        out: Path,
        options: list[str] | None = None,
        environ: dict[str, str] | None = None,
    ) -> forked.Forked:
        """Start it without waiting for its end; what it says is added to a file."""
        given = [*(options or self.options), *arguments]
        return forked.Forked(
            given, environ=self.environ | (environ or {}), folder=self.folder, out=out, err=out
        )

    def json(self, *arguments: str, expect: int = 0) -> Any:
        return json.loads(self(*arguments, "--json", expect=expect))
