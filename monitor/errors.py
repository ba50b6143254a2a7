"""Every exception the monitor raises on purpose.

::

    MonitorError
    ├── ConfigError      every fault of a configuration at once; exit 2
    ├── UsageError       a command was given something that does not exist; exit 2
    │   └── ListenError  an address cannot be listened on; a daemon goes on without
    ├── CheckError       expected while checking a source; becomes a failed outcome
    │   ├── FetchError   the page could not be had (kind, permanent, retry_after)
    │   └── ExtractError the capture is not a policy (reason)
    ├── DeliveryError    a message was not accepted (permanent, retry_after)
    ├── ArchiveError     storage failed; the program stops rather than write on; exit 4
    │   └── OvertakenError  another program recorded the source first; nothing was written
    ├── StampError       an authority gave no time stamp; exit 4
    ├── WorkerError      a process that was given work died; exit 4
    └── StalledError     the daemon gets nothing done any more; it ends to be restarted; exit 4

An error carries the decision its handler needs; nobody reads message texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import timedelta

FetchKind = Literal[
    "dns",
    "connect",
    "tls",
    "timeout",
    "protocol",
    "status",
    "too_large",
    "redirect_loop",
    "bad_redirect",
    "forbidden_address",
    "robots",
    "encoding",
    "browser",
    "download",
]

ExtractReason = Literal[
    "blocked",
    "empty",
    "login",
    "consent",
    "not_found",
    "maintenance",
    "redirect_stub",
    "empty_shell",
    "another_page",
    "unsupported",
    "too_large",
    "damaged",
    "encrypted",
    "no_text",
    "incomplete",
]


class MonitorError(Exception):
    """Base of every exception the monitor raises on purpose."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a configuration, and what to do about it."""

    where: str
    """File, and line where known: ``sources.toml:14``."""
    key: str
    """Dotted path of the offending key, e.g. ``source[3].every``; empty for the whole file."""
    problem: str
    """What is wrong, for a person, without a full stop."""
    hint: str = ""
    """What to do; the nearest spelling where one is close."""

    def __str__(self) -> str:
        """Render the fault on one line."""
        key = f"{self.key}: " if self.key else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.where}: {key}{self.problem}{hint}"


class ConfigError(MonitorError):
    """The configuration cannot be used; `faults` lists everything wrong with it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class UsageError(MonitorError):
    """A command names something that does not exist; the message says what does."""


class ListenError(UsageError):
    """An address cannot be listened on: taken, not of this machine, or not allowed."""


class CheckError(MonitorError):
    """A check ended without a document, in a way that is expected to happen."""


class FetchError(CheckError):
    """The page could not be fetched."""

    def __init__(
        self,
        kind: FetchKind,
        message: str,
        *,
        permanent: bool = False,
        retry_after: timedelta | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.permanent = permanent
        self.retry_after = retry_after
        self.status = status


class ExtractError(CheckError):
    """The capture is not a policy; `reason` says what it is instead."""

    def __init__(self, reason: ExtractReason, message: str = "") -> None:
        super().__init__(message or reason.replace("_", " "))
        self.reason = reason


class DeliveryError(MonitorError):
    """A channel did not accept a message."""

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        partly: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.partly = partly
        """Whether others of its recipients have it, and nobody is left who still could."""
        self.retry_after = retry_after


class ArchiveError(MonitorError):
    """The database cannot be read or written; nothing was lost, nothing more is written."""


class OvertakenError(ArchiveError):
    """Another program recorded the source during this check; this one wrote nothing."""


class StalledError(MonitorError):
    """The daemon hangs where nothing can end it; whoever started it is to start it again."""


class RecordError(MonitorError):
    """A record of another archive cannot be taken over; nothing of its source is written."""


class StampError(MonitorError):
    """An authority gave no time stamp, or none that holds."""


class WorkerError(MonitorError):
    """A process that was given work died, perhaps for want of memory."""
