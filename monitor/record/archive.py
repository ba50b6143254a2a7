"""The one door to storage, in the words of the field; one transaction a method."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from monitor.errors import ArchiveError
from monitor.model import SourceState
from monitor.record import (
    clock,
    contents,
    reading,
    recording,
    reviews,
    schema,
    snapshots,
    versions,
    volatile,
    watching,
)
from monitor.record.address import database_at
from monitor.record.deadlines import Deadlines
from monitor.record.evidence import Evidence
from monitor.record.lists import Lists
from monitor.record.outbox import Outbox
from monitor.record.past import Past
from monitor.record.robots import Robots
from monitor.record.sqlite import SqliteDatabase
from monitor.record.upkeep import Upkeep

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta
    from types import TracebackType

    from monitor.model import (
        Assessment,
        Capture,
        Change,
        Check,
        CheckRow,
        Comparison,
        KeptCapture,
        KnownState,
        Outage,
        QuietStretch,
        Recorded,
        Review,
        Rhythm,
        Source,
        SourceScore,
        Version,
        VersionSummary,
        VolatilePassage,
    )
    from monitor.record.engine import Database
    from monitor.record.moving import Moving


class Archive:
    """Everything the monitor remembers; safe to share between threads, and between programs.

    What a method writes is there when it returns, and nothing of it is when it raises
    `ArchiveError`, which every method may. A program that dies loses nothing. A power cut loses at
    most leases and checks that found nothing, of the last moments; those are repeated.
    """

    def __init__(self, database: Database, instance: str) -> None:
        self._database = database
        self._instance = instance
        self.outbox = Outbox(database, instance)
        self.upkeep = Upkeep(database)
        self.evidence = Evidence(database)
        self.past = Past(database)
        self.deadlines = Deadlines(database, instance)
        self.lists = Lists(database)
        self.robots = Robots(database)

    @property
    def moving(self) -> Moving:
        """What takes the archive to another database, or another one in."""
        # Reads the declarations of all tables, which take most of a second to import.
        from monitor.record.moving import Moving

        return Moving(self._database)

    @classmethod
    def open(cls, url: str, *, create: bool = True) -> Self:
        """Open the database at an address, bring its schema up to date and look it over.

        A SQLite file is made on demand, with its folder, unless `create` is off, and copied to
        ``NAME.backup-REVISION-TIME`` before an older schema is migrated.

        Args:
            url: ``sqlite:////folder/monitor.db``, where ``?timeout=SECONDS`` limits the wait for
                other writers, or ``postgresql+psycopg://user@host/name``.
            create: Whether a SQLite file that is not there is made.

        Raises:
            ArchiveError: it cannot be opened, is damaged, is not a database of this program, or
                was written by a newer one; the message says what to do.

        """
        database = database_at(url, create=create)
        try:
            if isinstance(database, SqliteDatabase):
                database.check_if_small()
            return cls(database, schema.bring_up(database, url, datetime.now(UTC)))
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Close every connection; what threads still use closes with their transaction."""
        self._database.close()

    def __enter__(self) -> Self:
        """Return the archive itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the archive."""
        self.close()

    # Watching

    def adopt(self, sources: Sequence[Source], now: datetime) -> None:
        """Make these the watched sources.

        A source that is new, or enabled again, is due now. One that is disabled or no longer named
        is never due and keeps its history. One whose schedule changed is due after the new
        interval at the latest; for a cron schedule, now.
        """
        with self._database.write() as connection:
            watching.adopt(connection, sources, now)

    def sources(self) -> tuple[Source, ...]:
        """Return every source ever adopted or recorded, by id, as last configured.

        Request headers are not among it: they may hold secrets and are never stored.
        """
        with self._database.read() as connection:
            return reading.sources(connection)

    def due(self, now: datetime, limit: int | None = None) -> tuple[str, ...]:
        """Return the ids of sources to check that nobody holds, the longest due first."""
        with self._database.read() as connection:
            return watching.due(connection, now, limit)

    def rhythm(self, source: str) -> Rhythm | None:
        """Return how often a source has changed; `None` before its first version."""
        with self._database.read() as connection:
            return watching.rhythm(connection, source)

    def claim(
        self,
        source: str,
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        due: bool = False,
        over: str = "",
    ) -> bool:
        """Take a source for the length of a lease, unless somebody holds it.

        With `due`, only while it is due: another program may have checked it in the meantime.
        Not even the same owner is given it twice, so threads need no lock of their own; but what
        `over` holds is given, to the first who asks.
        """
        with self._database.write(durable=False) as connection:
            return watching.claim(
                connection, source, owner=owner, now=now, lease=lease, due=due, over=over
            )

    def release(self, *sources: str, owner: str) -> None:
        """Give sources back without a check; no effect on those that this owner does not hold."""
        with self._database.write(durable=False) as connection:
            watching.release(connection, sources, owner=owner)

    def owners(self) -> tuple[str, ...]:
        """Return who holds sources or deliveries, also where a lease has ended."""
        with self._database.read() as connection:
            return watching.owners(connection)

    def abandon(self, owners: Sequence[str]) -> None:
        """Give back all that these owners hold; for programs known to be dead."""
        with self._database.write(durable=False) as connection:
            watching.abandon(connection, owners)

    def forget_future(self, now: datetime) -> int:
        """Make due what a clock that was ahead put off; return how many checks and deliveries."""
        with self._database.write() as connection:
            return clock.forget_future(connection, now)

    def state(self, source: str) -> SourceState:
        """Return what is known of a source; an empty state where nothing is."""
        with self._database.read() as connection:
            return reading.state(connection, source) or SourceState(source)

    def states(self) -> tuple[SourceState, ...]:
        """Return what is known of every source, by id."""
        with self._database.read() as connection:
            return reading.states(connection)

    def record(self, check: Check, *, owner: str | None = None) -> Recorded:
        """Write a check and all that follows from it: everything, or nothing.

        That is the check, its snapshot, version, change, outage and deliveries, the source's new
        state, and the end of the lease it ran under: `owner`'s, or anybody's without one.

        Not idempotent: recording a check twice counts it twice. It is safe to check a source again
        after an error, also when it is unknown whether the check was written, because the new
        check starts from whatever state is there. A re-derived document equal to the current
        version's writes no version, only under which revision it was read.

        Raises:
            ArchiveError: besides the usual, another process recorded the source during the check
                (`Check.base`, or a first version of a source that has one).

        """
        with self._database.write(durable=recording.matters(check)) as connection:
            return recording.record(connection, check, instance=self._instance, owner=owner)

    # Reading

    def history(
        self,
        sources: Sequence[str],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> tuple[Change, ...]:
        """Return changes first seen from `since` and before `until`, newest first."""
        with self._database.read() as connection:
            return reading.history(connection, sources, since, until, limit)

    def change(self, change_id: int) -> Change | None:
        """Return one change."""
        with self._database.read() as connection:
            return reading.change(connection, change_id)

    def assess(self, change_id: int, assessment: Assessment) -> bool:
        """Write anew what a change means; tell whether there is such a change. Nobody is told."""
        with self._database.write() as connection:
            return versions.assess(connection, change_id, assessment)

    def comparison(self, change_id: int) -> Comparison:
        """Return the edits of a change with the lines of both versions.

        Raises:
            ArchiveError: there is no such change.

        """
        with self._database.read() as connection:
            return reading.comparison(connection, change_id)

    def version(self, source: str, number: int | None = None) -> Version | None:
        """Return a version of a source; the newest without a number."""
        with self._database.read() as connection:
            return reading.version(connection, source, number)

    def version_at(self, source: str, when: datetime) -> Version | None:
        """Return the version in force at a time: the newest captured by then."""
        with self._database.read() as connection:
            return reading.version_at(connection, source, when)

    def versions(self, source: str) -> tuple[VersionSummary, ...]:
        """Return all versions of a source, oldest first, without their documents."""
        with self._database.read() as connection:
            return reading.summaries(connection, source)

    def recent_states(self, source: str, since: datetime) -> tuple[KnownState, ...]:
        """Return the texts a source has shown since a time, the last seen first; eight at most."""
        with self._database.read() as connection:
            return reading.recent_states(connection, source, since)

    def volatile(self, source: str) -> tuple[VolatilePassage, ...]:
        """Return the passages of a source that were seen to come and go, most often first."""
        with self._database.read() as connection:
            return volatile.known(connection, source)

    def forget_volatile(self, source: str) -> int:
        """Forget what was learned of passages that come and go; return how many there were."""
        with self._database.write() as connection:
            return volatile.forget(connection, source)

    def body(self, digest: str) -> bytes:
        """Return a captured body, byte for byte.

        Raises:
            ArchiveError: there is none with this digest, or it is damaged.

        """
        with self._database.read() as connection:
            number = contents.find(connection, digest)
            if number is None:
                raise ArchiveError(f"there is no body {digest} in the archive")
            return contents.get(connection, number)

    def capture(self, source: str, digest: str) -> Capture:
        """Return the newest capture of a source with these bytes.

        Raises:
            ArchiveError: there is none, or its body is damaged.

        """
        with self._database.read() as connection:
            return snapshots.read(connection, source, digest)

    def kept(
        self, source: str, role: snapshots.Role | None = None, limit: int | None = None
    ) -> tuple[KeptCapture, ...]:
        """Return the captures kept of a source, newest first, without their bodies."""
        with self._database.read() as connection:
            return snapshots.kept(connection, source, role, limit)

    def kept_capture(self, source: str, number: int) -> Capture | None:
        """Return one of the captures `kept` lists, with its body.

        Raises:
            ArchiveError: its body is damaged.

        """
        with self._database.read() as connection:
            return snapshots.read_kept(connection, source, number)

    def checks(
        self,
        source: str,
        limit: int | None = 20,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        telling: bool = False,
    ) -> tuple[CheckRow, ...]:
        """Return the newest checks of a source, newest first.

        With `telling`, those that found nothing at all are left out; `quiet` counts them.
        """
        with self._database.read() as connection:
            return reading.checks(connection, source, limit, since, until, telling=telling)

    def quiet(
        self, source: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[QuietStretch, ...]:
        """Return the stretches of checks in a row that found nothing at all, newest first."""
        with self._database.read() as connection:
            return reading.quiet(connection, source, since, until)

    def review(self, change_id: int, review: Review) -> bool:
        """Note what a person thought of a change; tell whether there is such a change.

        It takes the place of an earlier verdict.
        """
        with self._database.write() as connection:
            return reviews.put(connection, change_id, review)

    def scores(self) -> tuple[SourceScore, ...]:
        """Return how often every source was checked, alerted, and alerted rightly, by id."""
        with self._database.read() as connection:
            return reviews.scores(connection)

    def seen_until(self, source: str) -> datetime | None:
        """Return the time of the newest capture that was judged; `None` where none was.

        Checks that failed do not count, nor live ones that were blocked: they know nothing that
        an older capture could contradict.
        """
        with self._database.read() as connection:
            return reading.seen_until(connection, source)

    def outages(
        self, source: str | None = None, *, open_only: bool = False, limit: int = 50
    ) -> tuple[Outage, ...]:
        """Return outages of one source, or of all, newest first."""
        with self._database.read() as connection:
            return reading.outages(connection, source, open_only=open_only, limit=limit)

    def outage(self, outage_id: int) -> Outage | None:
        """Return one outage."""
        with self._database.read() as connection:
            return reading.outage(connection, outage_id)
