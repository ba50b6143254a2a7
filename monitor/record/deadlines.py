"""Days that versions announce: kept with them, told once before and once when they come."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from monitor.model import Dates, Deadline, Upcoming
from monitor.record import codec, documents, outbox
from monitor.record.engine import listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.model import EventType, Route
    from monitor.record.engine import Connection, Database, Row

_DEADLINE = (
    "SELECT d.id, d.kind, d.due_on, d.words, d.seen_at, d.reminders, d.change_id, d.source_id, "
    "s.slug AS source, s.version AS shown, v.number AS version "
    "FROM deadlines d JOIN sources s ON s.id = d.source_id JOIN versions v ON v.id = d.version_id"
)


def keep(
    connection: Connection,
    deadline: Deadline,
    *,
    source_id: int,
    version_id: int,
    change_id: int | None,
    seen_at: datetime,
) -> None:
    """Keep a deadline, unless the source announced it before."""
    connection.run(
        "INSERT INTO deadlines "
        "(source_id, version_id, change_id, kind, due_on, words, seen_at, reminders) "
        "VALUES (:source_id, :version_id, :change_id, :kind, :due_on, :words, :seen_at, 0) "
        "ON CONFLICT (source_id, kind, due_on) DO NOTHING",
        source_id=source_id,
        version_id=version_id,
        change_id=change_id,
        kind=deadline.kind,
        due_on=deadline.due_on.isoformat(),
        words=deadline.words,
        seen_at=seen_at,
    )


class Deadlines:
    """Answers what is to come, and notes what was told of it; one transaction a call."""

    def __init__(self, database: Database, instance: str = "") -> None:
        self._database = database
        self._instance = instance

    def upcoming(
        self, sources: Sequence[str] | None = None, *, since: date | None = None
    ) -> tuple[Upcoming, ...]:
        """Return the deadlines of these sources, or of all, that are still stated, by day."""
        marks, named = listed("source", dict.fromkeys(sources or ()))
        if sources is not None and not sources:
            return ()
        conditions = [f"s.slug IN {marks}"] * bool(sources)
        if since is not None:
            conditions.append("d.due_on >= :since")
            named["since"] = since.isoformat()
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        with self._database.read() as connection:
            found = connection.rows(f"{_DEADLINE}{where} ORDER BY d.due_on, s.slug, d.id", **named)
            return tuple(_read(row) for row in found if _stated(connection, row))

    def by_id(self, number: int) -> Upcoming | None:
        """Return one deadline, also when it is no longer stated."""
        with self._database.read() as connection:
            row = connection.row(f"{_DEADLINE} WHERE d.id = :id", id=number)
            return _read(row) if row else None

    def remind(
        self,
        number: int,
        reminder: int,
        routes: Sequence[Route],
        *,
        event: EventType,
        now: datetime,
    ) -> bool:
        """Record a reminder of a deadline and owe it to channels; `False` where that was done.

        Each reminder of a deadline is recorded once, whoever asks and how often.
        """
        with self._database.write() as connection:
            fresh = connection.run(
                "UPDATE deadlines SET reminders = :reminder "
                "WHERE id = :id AND reminders < :reminder",
                id=number,
                reminder=reminder,
            )
            if not fresh:
                return False
            owner = "SELECT source_id FROM deadlines WHERE id = :id"
            source_id = connection.value(owner, id=number)
            for route in routes:
                outbox.add(
                    connection,
                    instance=self._instance,
                    event=event,
                    route=route,
                    source_id=source_id,
                    about={"deadline_id": number},
                    now=now,
                    reminder=reminder,
                )
            return True


def _stated(connection: Connection, row: Row) -> bool:
    """Tell whether the version on show still says what the deadline was read from."""
    if row["kind"] == "objection":
        return bool(row["shown"] is not None and row["shown"] >= row["version"])
    shown = connection.row(
        "SELECT dates, document FROM versions WHERE source_id = :source_id AND number = :number",
        source_id=row["source_id"],
        number=row["shown"],
    )
    if shown is None:
        return False
    if row["kind"] == "upcoming":
        return row["words"] in documents.read(connection, shown["document"]).text
    effective = codec.load(Dates, shown["dates"]).effective
    return effective is not None and effective.value == row["due_on"]


def _read(row: Row) -> Upcoming:
    return Upcoming(
        id=row["id"],
        source=row["source"],
        version=row["version"],
        change=row["change_id"],
        deadline=Deadline(row["kind"], date.fromisoformat(row["due_on"]), row["words"]),
        seen_at=row["seen_at"],
        reminders=row["reminders"],
    )
