"""Notices that nothing gets done any more, and keeps the service manager informed.

Speaks the protocol of sd_notify(3): one datagram a message, to the socket `NOTIFY_SOCKET` names.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from monitor.errors import StalledError

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S = 120.0
"""A tick waits half a minute for a locked database; nothing in it takes longer."""


@dataclass(slots=True)
class Watchdog:
    """Is told of each tick, and asked whether they still come."""

    address: str = ""
    """The service manager's socket; nobody is informed where it is empty."""
    patience_s: float = PATIENCE_S
    clock: Callable[[], float] = monotonic
    _beaten_at: float = field(init=False)

    def __post_init__(self) -> None:
        """Count from now."""
        self._beaten_at = self.clock()

    def beat(self) -> None:
        """Take note of a tick that has ended."""
        self._beaten_at = self.clock()

    def check(self) -> None:
        """Inform the service manager that all is well.

        Raises:
            StalledError: no tick has ended for too long.

        """
        silent = self.clock() - self._beaten_at
        if silent > self.patience_s:
            raise StalledError(f"nothing was done for {silent:.0f} s: start the monitor again")
        self.tell("WATCHDOG=1")

    def tell(self, state: str) -> None:
        """Send the service manager a state such as ``READY=1``; lost where nobody listens."""
        if not self.address:
            return
        # A leading @ stands for a name in the abstract namespace.
        name = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            try:
                line.sendto(state.encode(), name)
            except OSError:
                return
