"""The robots.txt of hosts, kept so that another program, or the next one, need not ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.model.robots import RobotsCopy

if TYPE_CHECKING:
    from monitor.record.engine import Database


class Robots:
    """The copies, by origin; one transaction a call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, origin: str) -> RobotsCopy | None:
        """Return the copy that was read last, fresh or not."""
        with self._database.read() as connection:
            row = connection.row(
                "SELECT packed, expires_at, failed_at FROM robots WHERE origin = :origin",
                origin=origin,
            )
        return RobotsCopy(**row) if row else None

    def put(self, origin: str, copy: RobotsCopy) -> None:
        """Keep a copy in place of the one before; a power cut may lose it."""
        with self._database.write(durable=False) as connection:
            connection.run(
                "INSERT INTO robots (origin, packed, expires_at, failed_at) "
                "VALUES (:origin, :packed, :expires_at, :failed_at) "
                "ON CONFLICT (origin) DO UPDATE SET packed = :packed, expires_at = :expires_at, "
                "failed_at = :failed_at",
                origin=origin,
                packed=copy.packed,
                expires_at=copy.expires_at,
                failed_at=copy.failed_at,
            )
