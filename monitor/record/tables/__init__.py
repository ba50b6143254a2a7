"""The tables, as SQLModel classes: the one definition that migrations are made from and tested by.

They describe the database and are not imported where it is used: docs/decisions/0005-storage.md.
Times are UTC. Columns that end in ``_at`` are times on every table.
"""

from monitor.record.tables.captures import ContentTable, RulesTable, SnapshotTable, VersionTable
from monitor.record.tables.changes import (
    ChangeFindingTable,
    ChangeTable,
    DeadlineTable,
    ReviewTable,
)
from monitor.record.tables.deliveries import (
    ABOUT_ONE_THING,
    AttemptTable,
    BatchTable,
    DeliveryTable,
)
from monitor.record.tables.evidence import LinkTable, SealTable
from monitor.record.tables.outages import OutageTable, TroubleTable
from monitor.record.tables.passages import PassageTable
from monitor.record.tables.watching import (
    ArchiveTable,
    CheckTable,
    RobotsTable,
    SourceTable,
    VolatileTable,
)

__all__ = [
    "ABOUT_ONE_THING",
    "ArchiveTable",
    "AttemptTable",
    "BatchTable",
    "ChangeFindingTable",
    "ChangeTable",
    "CheckTable",
    "ContentTable",
    "DeadlineTable",
    "DeliveryTable",
    "LinkTable",
    "OutageTable",
    "PassageTable",
    "ReviewTable",
    "RobotsTable",
    "RulesTable",
    "SealTable",
    "SnapshotTable",
    "SourceTable",
    "TroubleTable",
    "VersionTable",
    "VolatileTable",
]
