"""Who holds a lease: names this program to others on the same database, and tells who is dead."""

from __future__ import annotations

import fcntl
import os
import platform
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote
from uuid import uuid4

from monitor.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def name() -> str:
    """Return a name no other program has: machine, process and a random part."""
    return f"{_machine()}:{os.getpid()}:{uuid4().hex[:8]}"


def dead(owners: Iterable[str]) -> tuple[str, ...]:
    """Return those of this machine whose process has ended: their leases need not run out.

    One whose number has been given to another process is taken for alive; its leases run out.
    """
    return tuple(owner for owner in owners if _is_dead(owner))


def _is_dead(owner: str) -> bool:
    machine, _, rest = owner.rpartition(":")[0].rpartition(":")
    if machine != _machine() or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _machine() -> str:
    # Machines may share a host name, and containers a machine; they do not share all three.
    installed = Path("/etc/machine-id")
    machine = installed.read_text("utf-8").strip() if installed.exists() else ""
    numbers = Path("/proc/self/ns/pid")
    space = str(numbers.stat().st_ino) if numbers.exists() else ""
    return f"{platform.node()}/{machine}/{space}"


@contextmanager
def presence(database: str) -> Iterator[str | None]:
    """Show that a daemon runs on this database; yield who was there first, or `None`.

    Known only of an SQLite file, by a lock beside it that ends with its process; daemons on one
    server database are meant to be several.

    Raises `ArchiveError` where no file can be written beside the database.
    """
    path = unquote(database.removeprefix("sqlite:///").partition("?")[0])
    if not database.startswith("sqlite:///") or not path:
        yield None
        return
    beside = Path(f"{path}.run")
    try:
        beside.touch()
    except OSError as error:
        raise ArchiveError(f"{beside}: cannot be written: {error.strerror}") from None
    with beside.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            yield file.read().strip() or "unknown"
            return
        file.truncate(0)
        file.write(f"process {os.getpid()} on {platform.node()}")
        file.flush()
        yield None
