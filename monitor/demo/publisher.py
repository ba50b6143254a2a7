"""A server on 127.0.0.1: a policy page that carries noise, and an address that takes webhooks."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Publisher:
    """What the page says now, and how often it was asked."""

    def __init__(self) -> None:
        self.edition = 1
        self.visits = 0
        self.port = 0
        self.received: list[tuple[dict[str, str], bytes]] = []
        """Headers and body of each webhook that was posted here."""

    @property
    def url(self) -> str:
        """Address of the policy."""
        return f"http://127.0.0.1:{self.port}/privacy"

    def page(self) -> bytes:
        """Return the page: the policy of this edition in a frame that differs at each visit."""
        self.visits += 1
        package = files("monitor.demo")
        frame = package.joinpath("frame.html").read_text("utf-8")
        policy = package.joinpath(f"policy-{self.edition}.html").read_text("utf-8")
        for mark, text in (
            ("{nonce}", secrets.token_hex(16)),
            ("{visits}", str(1000 + self.visits * 37)),
            ("{policy}", policy),
        ):
            frame = frame.replace(mark, text)
        return frame.encode()


@contextmanager
def published() -> Iterator[Publisher]:
    """Serve a publisher on a free port of 127.0.0.1 until the block ends."""
    publisher = Publisher()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/privacy"
            body = publisher.page() if found else b"not found"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8" if found else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            publisher.received.append((dict(self.headers), body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Keep the terminal for the story."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    publisher.port = server.server_port
    thread = Thread(target=server.serve_forever, name="publisher", daemon=True)
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
