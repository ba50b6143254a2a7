"""What is remembered, in SQLite or PostgreSQL; the only package that knows SQL."""

from monitor.model import Recorded
from monitor.record.archive import Archive
from monitor.record.outbox import Outbox

__all__ = ["Archive", "Outbox", "Recorded"]
