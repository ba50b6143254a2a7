"""A daemon that gets nothing done ends by itself, and the service manager is told how it stands."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from monitor.errors import StalledError
from monitor.watchdog import Watchdog

if TYPE_CHECKING:
    from pathlib import Path


def test_ticks_keep_it_quiet() -> None:
    """Only a silence longer than its patience ends the program, and says how long it was."""
    now = [0.0]
    watchdog = Watchdog(patience_s=10, clock=lambda: now[0])
    now[0] = 9
    watchdog.beat()
    now[0] = 19
    watchdog.check()
    now[0] = 20.1
    with pytest.raises(StalledError, match="for 11 s"):
        watchdog.check()


@pytest.mark.parametrize("abstract", [False, True], ids=["file", "abstract"])
def test_the_service_manager_is_told(tmp_path: Path, *, abstract: bool) -> None:
    """Each state is one datagram; a silent daemon does not say that all is well."""
    address = f"@{tmp_path}/notify" if abstract else str(tmp_path / "notify")
    now = [0.0]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as service:
        service.bind(address.replace("@", "\0", 1) if abstract else address)
        service.settimeout(5)
        watchdog = Watchdog(address, patience_s=10, clock=lambda: now[0])
        watchdog.tell("READY=1")
        watchdog.check()
        now[0] = 11
        with pytest.raises(StalledError):
            watchdog.check()
        assert [service.recv(100), service.recv(100)] == [b"READY=1", b"WATCHDOG=1"]
        service.settimeout(0)
        with pytest.raises(BlockingIOError):
            service.recv(100)


def test_a_service_manager_that_is_gone_is_no_matter(tmp_path: Path) -> None:
    """Nobody listens at the address any more."""
    Watchdog(str(tmp_path / "gone")).tell("READY=1")
