"""A real time-stamping authority on 127.0.0.1: OpenSSL's `ts` behind an HTTP server."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OPENSSL = shutil.which("openssl")
_CONFIG = """
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[stamper]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
authorityKeyIdentifier = keyid
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/stamper.pem
signer_key = {folder}/stamper.key
certs = {folder}/root.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
"""


@dataclass
class StampingAuthority:
    """Answers requests as `openssl ts` does, unless told otherwise."""

    folder: Path
    asked: list[bytes] = field(default_factory=list)
    tamper: Callable[[bytes], bytes] | None = None
    """What is answered in place of the true answer."""
    mishear: Callable[[bytes], bytes] | None = None
    """What is stamped in place of what was asked for."""
    status: int = 200
    url: str = ""

    def prepare(self) -> None:
        """Make a root, and a certificate for stamping."""
        (self.folder / "ts.cnf").write_text(_CONFIG.format(folder=self.folder))
        (self.folder / "serial").write_text("01\n")
        for name in ("root", "stamper"):
            self.openssl(
                "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key"
            )
        config = ("-config", "ts.cnf")
        self.openssl(
            *("req", "-x509", "-new", "-key", "root.key", "-subj", "/CN=Root", "-days", "30"),
            *("-extensions", "root", "-out", "root.pem", *config),
        )
        self.openssl(
            *("req", "-new", "-key", "stamper.key", "-subj", "/CN=Stamper", "-out", "stamper.csr"),
            *config,
        )
        self.openssl(
            *("x509", "-req", "-in", "stamper.csr", "-CA", "root.pem", "-CAkey", "root.key"),
            *("-set_serial", "7", "-days", "30", "-extfile", "ts.cnf", "-extensions", "stamper"),
            *("-out", "stamper.pem"),
        )

    @property
    def root(self) -> Path:
        """The certificate to trust."""
        return self.folder / "root.pem"

    def openssl(self, *arguments: str) -> str:
        """Run OpenSSL in the folder."""
        assert OPENSSL is not None
        done = subprocess.run(
            [OPENSSL, *arguments], cwd=self.folder, check=True, capture_output=True, text=True
        )
        return done.stdout + done.stderr

    def answer(self, query: bytes) -> bytes:
        """Stamp what a request shows."""
        self.asked.append(query)
        heard = self.mishear(query) if self.mishear else query
        (self.folder / "query.tsq").write_bytes(heard)
        config = ("-config", "ts.cnf", "-section", "one")
        self.openssl("ts", "-reply", "-queryfile", "query.tsq", "-out", "answer.tsr", *config)
        answer = (self.folder / "answer.tsr").read_bytes()
        return self.tamper(answer) if self.tamper else answer


@contextmanager
def stamping(folder: Path) -> Iterator[StampingAuthority]:
    """Run an authority for the length of a block."""
    authority = StampingAuthority(folder)
    authority.prepare()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(authority.status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        authority.url = f"http://127.0.0.1:{server.server_port}/tsr"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield authority
        finally:
            server.shutdown()
            thread.join()
