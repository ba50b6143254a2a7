"""The robots.txt of a host, as it was last read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class RobotsCopy:
    """A robots.txt, or that there is none, or that it cannot be read."""

    packed: bytes | None
    """The file, zlib; empty where everything is allowed; `None` where none was ever read."""
    expires_at: datetime
    failed_at: datetime | None = None
    """When the file was first found unreachable; `None` where it is not."""
