"""``MONITOR_LOG=json``: what ``run`` does, as one JSON object a line on standard error."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

from monitor.cli.explaining import row_of
from monitor.render import answers

if TYPE_CHECKING:
    from types import TracebackType

    from monitor.model import Delivery
    from monitor.pipeline import Checked


class Journal:
    """Writes an object for each check, each try of a delivery, and each remark of the daemon."""

    def __init__(self) -> None:
        self._lock = Lock()

    def __enter__(self) -> Self:
        """Return the journal itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave; nothing is held back that could be lost."""

    def say(self, line: str) -> None:
        """Write a remark about the daemon itself."""
        self._write("daemon", {"message": line})

    def checked(self, checked: Checked) -> None:
        """Write what a check found, and why that is, or is not, an alert."""
        found = answers.check(row_of(checked))
        told = {
            "deliveries": checked.recorded.deliveries,
            "next_check_at": answers.utc(checked.check.next_check_at),
        }
        self._write("check", {**found, **told})

    def delivered(self, delivery: Delivery) -> None:
        """Write how a try of a delivery went."""
        attempt = delivery.attempts[-1] if delivery.attempts else None
        found = {
            "delivery": delivery.id,
            "key": delivery.key,
            "channel": delivery.channel,
            "about": delivery.event,
            "source": delivery.source,
            "change": delivery.change,
            "state": delivery.state,
            "tries": len(delivery.attempts),
            "answer": attempt.answer if attempt else "",
            "next_attempt_at": answers.utc(delivery.next_attempt_at),
        }
        self._write("delivery", found)

    def idle(self) -> None:
        """Write nothing: that nothing is due is no event."""

    def _write(self, event: str, found: dict[str, Any]) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        # ASCII, so that no terminal or log reader trips over what a page said.
        line = json.dumps({"at": at, "event": event} | found)
        with self._lock:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
