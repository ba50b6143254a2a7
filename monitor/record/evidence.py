"""What makes a history evidence: its chain, and whether what is kept still fits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.record import chain, seals, verifying

if TYPE_CHECKING:
    from monitor.model import Head, Link, Seal, Verification
    from monitor.record.engine import Database


class Evidence:
    """The chains of an archive; one transaction a call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def chain(self, source: str) -> tuple[Link, ...]:
        """Return the chain of a source, its first link first; empty for an unknown source."""
        with self._database.read() as connection:
            return chain.links(connection, source)

    def verify(self, source: str) -> Verification:
        """Hold everything kept of a source against its chain, every byte of it."""
        with self._database.read() as connection:
            return verifying.verify(connection, source)

    def unsealed(self) -> tuple[Head, ...]:
        """Return the last links of all chains that no time stamp is over."""
        with self._database.read() as connection:
            return seals.unsealed(connection)

    def seal(self, seal: Seal) -> None:
        """Keep a time stamp."""
        with self._database.write() as connection:
            seals.keep(connection, seal)

    def seals(self, source: str | None = None) -> tuple[Seal, ...]:
        """Return the time stamps over a source's chain, or all there are, oldest first."""
        with self._database.read() as connection:
            return seals.seals(connection, source)
