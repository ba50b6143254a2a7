"""From a host name to addresses that may be connected to.

Resolves once and hands out the very addresses it checked, so that no second answer of a name
server is ever used. Opens no connections.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from threading import Thread

import httpx

from monitor.model.address import special_range

Resolve = Callable[[str, int], list[str]]
"""Host and port to addresses in the order to try; `OSError` where there are none."""


class ForbiddenAddressError(httpx.ConnectError):
    """The host is at an address that only a private network can reach; trying again is no use."""


class ResolveError(httpx.ConnectError):
    """The host name has no address, or no name server answered."""


def system_resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver, which also reads octal, hexadecimal and one-number IPv4."""
    # Bytes, because the codec that `str` goes through raises on labels that DNS merely denies.
    found = socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def addresses(
    host: str, port: int, *, allow_private: bool, resolve: Resolve, wait: float
) -> list[str]:
    """Resolve a host to addresses, all of them checked.

    One refused address refuses the host: a name that is public and private at once is an attack
    or a mistake, and the order of its answers must not decide.

    Raises:
        ResolveError: The name has no address, or none came within `wait` seconds.
        ForbiddenAddressError: An address is not public and `allow_private` is false.

    """
    found = [host] if _is_literal(host) else _resolve_within(resolve, host, port, wait)
    if allow_private:
        return found
    for address in found:
        if (special := special_range(address)) is not None:
            at = f"{host} is" if address == host else f"{host} is at {address},"
            raise ForbiddenAddressError(
                f"{at} not a public address ({special}): "
                "correct the address, or set allow_private = true where this is intended"
            )
    return found


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _resolve_within(resolve: Resolve, host: str, port: int, wait: float) -> list[str]:
    # The system's resolver knows no time limit; a thread that outlives its wait ends by itself.
    answers: SimpleQueue[list[str] | OSError | ValueError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except (OSError, ValueError) as error:
            answers.put(error)

    Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=max(wait, 0.001))
    except Empty:
        raise ResolveError(f"no name server answered for {host} in time") from None
    if isinstance(answer, Exception):
        raise ResolveError(f"{host} does not resolve ({_reason(answer)})") from answer
    if not answer:
        raise ResolveError(f"{host} has no address")
    return answer


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
