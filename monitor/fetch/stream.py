"""Sockets that keep to a time limit of the whole exchange, not only of each wait.

A server that sends one byte a second satisfies every ordinary read timeout for ever.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import httpcore
import httpx

from monitor.fetch.address import Resolve, addresses, system_resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


UNLIMITED: Final = 3600.0
"""Seconds to wait where nobody said how long."""


class TlsError(httpx.ConnectError):
    """The TLS handshake failed; the message says which check did not pass."""


class Patience(float):
    """Seconds one socket operation may take, which end early with the exchange.

    A `float`, because that is what the layers in between carry from request to socket.
    """

    ends_at: float | None
    """`time.monotonic` when the exchange is over; `None` for no such limit."""

    def __new__(cls, seconds: float, ends_at: float | None = None) -> Self:
        """Bound each wait by `seconds` and all of them by `ends_at`."""
        patience = super().__new__(cls, seconds)
        patience.ends_at = ends_at
        return patience

    @property
    def left(self) -> float:
        """Seconds the next operation may take; zero or less when the exchange is over."""
        if self.ends_at is None:
            return float(self)
        return min(float(self), self.ends_at - time.monotonic())


def _wait(timeout: float | None, expired: type[Exception]) -> float | None:
    if not isinstance(timeout, Patience):
        return timeout
    left = timeout.left
    if left <= 0:
        raise expired("the time limit of the whole exchange is over")
    return left


class Stream(httpcore.NetworkStream):
    """One connected socket, plain or TLS."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there, at most `max_bytes`; empty at the end."""
        self._socket.settimeout(_wait(timeout, httpcore.ReadTimeout))
        try:
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of `buffer`."""
        try:
            while buffer:
                self._socket.settimeout(_wait(timeout, httpcore.WriteTimeout))
                buffer = buffer[self._socket.send(buffer) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> Stream:
        """Shake hands for `server_hostname`, whichever address the socket is connected to."""
        try:
            self._socket.settimeout(_wait(timeout, httpcore.ConnectTimeout))
            return Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname))
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout(str(error)) from error
        except (ssl.SSLError, ValueError) as error:
            self.close()
            raise TlsError(_tls_reason(error, server_hostname)) from error
        except OSError as error:
            self.close()
            raise TlsError(f"the TLS handshake broke off ({error.strerror or error})") from error

    def _tell(self, info: str) -> Any:  # noqa: ANN401 - the signature of the base class
        if info == "ssl_object":
            return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
        if info == "is_readable":
            return self._is_readable()
        if info == "server_addr":
            return self._socket.getpeername()
        return self._socket if info == "socket" else None

    get_extra_info = _tell
    """Answers what connections ask about: TLS state, and whether anything waits unread."""

    def _is_readable(self) -> bool:
        number = self._socket.fileno()
        if number < 0:
            return True
        poll = select.poll()
        poll.register(number, select.POLLIN)
        return bool(poll.poll(0))


def _tls_reason(error: ssl.SSLError | ValueError, host: str | None) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of {host} is not valid: {error.verify_message}"
    return f"no TLS connection to {host}: {getattr(error, 'reason', None) or error}"


def connect(address: str, port: int, timeout: float) -> socket.socket:
    """Open a TCP connection to an IP address."""
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        sock.settimeout(timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect((address, port))
    except OSError:
        sock.close()
        raise
    return sock


@dataclass(frozen=True, slots=True)
class Network:
    """The two things asked of the operating system."""

    resolve: Resolve = system_resolve
    connect: Callable[[str, int, float], socket.socket] = connect
    """Address, port and seconds to a connected socket; `OSError` where there is none."""


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections to checked addresses only."""

    def __init__(self, network: Network, *, allow_private: bool) -> None:
        self._network = network
        self._allow_private = allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - no such option is offered
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - as above
    ) -> Stream:
        """Connect to the first checked address of `host` that answers."""
        patience = timeout if isinstance(timeout, Patience) else Patience(timeout or UNLIMITED)
        limit = Patience(patience, time.monotonic() + max(patience.left, 0.0))
        found = addresses(
            host,
            port,
            allow_private=self._allow_private,
            resolve=self._network.resolve,
            wait=limit.left,
        )
        try:
            return Stream(self._first(found, port, limit))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host}:{port} did not answer") from error
        except OSError as error:
            raise httpcore.ConnectError(error.strerror or str(error)) from error

    def _first(self, found: list[str], port: int, limit: Patience) -> socket.socket:
        failure: OSError = TimeoutError()
        for index, address in enumerate(found):
            # Each address gets a fair part: a dead IPv6 route must not use up all the time.
            share = limit.left / (len(found) - index)
            if share <= 0:
                break
            try:
                return self._network.connect(address, port, share)
            except OSError as error:
                failure = error
        raise failure
