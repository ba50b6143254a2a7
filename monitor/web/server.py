"""Runs the web view in a thread of its own: started whole or refused, stopped with its owner."""

from __future__ import annotations

import logging
import socket
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

import uvicorn

from monitor.errors import ListenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

PATIENCE_S = 3
"""How long open requests may go on once it is to stop."""
MOST_AT_ONCE = 64
"""Requests beyond these are answered with 503."""
LARGEST_HEAD = 32 * 1024

# What goes wrong inside a request is answered with 500; the traceback belongs on standard error.
logging.getLogger("uvicorn").addHandler(logging.StreamHandler())
logging.getLogger("uvicorn").setLevel(logging.WARNING)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@contextmanager
def serving(app: ASGIApp, host: str, port: int) -> Iterator[str]:
    """Serve until the block ends; give the address it is reached at.

    Raises:
        ListenError: the address cannot be listened on; the message says what to do.

    """
    listening = _listen(host, port)
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        http="h11",
        loop="asyncio",
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=PATIENCE_S,
        h11_max_incomplete_event_size=LARGEST_HEAD,
    )
    server = _Server(config)
    thread = Thread(target=server.run, args=([listening],), name="web", daemon=True)
    thread.start()
    server.up.wait()
    try:
        yield _address(listening)
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S + 2)
        listening.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ListenError(f"{host}: cannot be listened on ({error.strerror})") from None
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise ListenError(
            f"the web view cannot listen on {host}:{port} ({error.strerror}); another program may "
            "be there: choose another port with --port, or web in [monitor] of sources.toml"
        ) from None
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"
