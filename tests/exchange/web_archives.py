"""Web archives to ask: pywb itself, and one that answers as the Wayback Machine does."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator

PYWB = Path(__file__).parents[2] / ".venv-pywb" / "bin" / "wayback"
"""Where `make pywb` puts it; the variable WAYBACK names another one."""


def pywb_program() -> Path | None:
    """Return the program, or nothing where it is not installed."""
    named = os.environ.get("WAYBACK") or str(PYWB)
    found = shutil.which(named)
    return Path(found) if found else None


@contextmanager
def serving_pywb(program: Path, folder: Path, files: list[Path]) -> Iterator[str]:
    """Run pywb over some WARC files; yields the address of their collection."""
    manager = program.with_name("wb-manager")
    for arguments in (["init", "coll"], ["add", "coll", *map(str, files)]):
        subprocess.run([manager, *arguments], cwd=folder, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (folder / "pywb.log").open("wb") as log:
        running = subprocess.Popen(
            [program, "-b", "127.0.0.1", "-p", str(port)], cwd=folder, stdout=log, stderr=log
        )
    try:
        _wait_for(port, running)
        yield f"http://127.0.0.1:{port}/coll"
    finally:
        running.terminate()
        running.wait(20)


def _wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    ends_at = time.monotonic() + 60
    while time.monotonic() < ends_at:
        assert running.poll() is None, "pywb ended by itself"
        try:
            urlopen(f"http://127.0.0.1:{port}/", timeout=20).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("pywb does not answer")


@dataclass
class Archived:
    """One capture that the archive lists."""

    at: datetime
    body: bytes = b""
    status: str = "200"
    mime: str = "text/html"
    digest: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """What it answers before it serves the capture: each once; the last one for ever if kept."""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def stamp(self) -> str:
        """Write the time as archives do."""
        return self.at.astimezone(UTC).strftime("%Y%m%d%H%M%S")


@dataclass
class WebArchive:
    """Lists and serves captures as web.archive.org does: an array with a heading."""

    captures: list[Archived] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    address: str = ""
    refusals: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """What the list answers first."""

    def listing(self, query: dict[str, list[str]]) -> bytes:
        """Answer a query as the CDX API does."""
        first, last = (
            query.get(name, [default])[0] for name, default in (("from", ""), ("to", "9"))
        )
        rows = [
            ["org,example)/privacy", found.stamp, query["url"][0], found.mime, found.status,
             found.digest or f"SHA{number}", "100"]
            for number, found in enumerate(self.captures)
            if first <= found.stamp <= last
        ][: int(query["limit"][0])]  # fmt: skip
        heading = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
        return json.dumps([heading, *rows] if rows else []).encode()

    def served(self, stamp: str) -> tuple[int, dict[str, str], bytes]:
        """Answer for the bytes of a capture."""
        found = next(capture for capture in self.captures if capture.stamp == stamp)
        if found.answers:
            status, headers = found.answers.pop(0)
            return status, headers, b"no"
        return 200, {"Content-Type": "text/html"} | found.headers, found.body


@contextmanager
def serving(archive: WebArchive) -> Iterator[WebArchive]:
    """Put an archive on 127.0.0.1."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            archive.asked.append(self.path)
            parts = urlsplit(self.path)
            if parts.path == "/cdx":
                status, headers, body = 200, {}, archive.listing(parse_qs(parts.query))
                if archive.refusals:
                    (status, headers), body = archive.refusals.pop(0), b"no"
            else:
                status, headers, body = archive.served(parts.path[1:15])
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    archive.address = f"http://127.0.0.1:{server.server_port}"
    yield archive
    server.shutdown()
    server.server_close()
