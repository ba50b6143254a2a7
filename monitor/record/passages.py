"""Passages: each line of a policy once for as long as it stands, found by its words."""

# ruff: noqa: S608 - statements are put together from this package's own words; values are parameters

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from monitor.errors import ArchiveError
from monitor.model import Hit
from monitor.record import documents
from monitor.record.engine import listed
from monitor.record.tokens import terms, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.model import Document
    from monitor.record.engine import Connection, Row
    from monitor.record.tokens import Term

Path = tuple[str, ...]
_Places = dict[int, dict[bytes, tuple[str, Path]]]
"""Lines of documents by key, each with the headings over it; by the content's number."""

AT_ONCE = 500
"""Rows that one statement writes, or one look into the index brings."""

_MOST = 2**31 - 1
_HELD = "SELECT id FROM sources WHERE id = :id"
_WAITING = (
    "SELECT s.id, s.indexed, v.number, v.document FROM versions v "
    "JOIN sources s ON s.id = v.source_id WHERE v.number > s.indexed"
)
_NEXT = " ORDER BY s.id, v.number LIMIT 1"
_FOUND = (
    "SELECT p.id, p.source_id, p.key, p.from_version, p.until_version, s.slug AS source, "
    "s.version AS shown, s.last_unchanged_at, o.fetched_at, d.first_seen_at, "
    "u.number, u.document, u.last_seen_at FROM passages p JOIN sources s ON s.id = p.source_id "
    "LEFT JOIN versions o ON o.source_id = p.source_id AND o.number = p.from_version "
    "LEFT JOIN changes d ON d.source_id = p.source_id AND d.to_version = p.from_version "
    "JOIN versions u ON u.source_id = p.source_id AND u.number = COALESCE(p.until_version, "
    "(SELECT MAX(n.number) FROM versions n WHERE n.source_id = p.source_id))"
)


def note_next(connection: Connection, source_id: int, number: int, document: Document) -> None:
    """Note the passages of a new version, unless earlier ones still wait to be."""
    noted = connection.run(
        "UPDATE sources SET indexed = :number WHERE id = :id AND indexed = :before",
        id=source_id,
        number=number,
        before=number - 1,
    )
    if noted:
        _note(connection, source_id, number, number - 1, document)


def catch_up(connection: Connection, limit: int) -> int:
    """Note the passages of versions that are not yet; at most so many, 0 once all are."""
    done = 0
    while done < limit and (row := connection.row(f"{_WAITING}{_NEXT}")) is not None:
        _take_in(connection, row)
        done += 1
    return done


def take_in(connection: Connection, source_id: int) -> None:
    """Note the passages of all versions of a source that are not yet."""
    sql = f"{_WAITING} AND s.id = :source_id{_NEXT}"
    while (row := connection.row(sql, source_id=source_id)) is not None:
        _take_in(connection, row)


def waiting(connection: Connection) -> int:
    """Return how many versions cannot be searched yet."""
    return int(
        connection.value(
            "SELECT COUNT(*) FROM versions v JOIN sources s ON s.id = v.source_id "
            "WHERE v.number > s.indexed"
        )
    )


def search(
    connection: Connection, words: str, sources: Sequence[str], limit: int
) -> tuple[Hit, ...]:
    """Return passages that hold all the words, the ones recorded last first."""
    wanted = terms(words)
    known: _Places = {}
    found: list[Hit] = []
    for row in _candidates(connection, wanted, sources) if wanted else ():
        text, path = _line(connection, row, known)
        if all(term.stands_in(text) for term in wanted):
            found.append(_hit(row, text, path))
        if len(found) == limit:
            break
    return tuple(found)


def forget(connection: Connection, source_id: int, oldest: int) -> None:
    """Take away what only versions before `oldest` have; they are still there."""
    gone = connection.rows(
        f"{_FOUND} WHERE p.source_id = :source_id AND p.until_version < :oldest",
        source_id=source_id,
        oldest=oldest,
    )
    known: _Places = {}
    for row in gone:
        text, _ = _line(connection, row, known)
        connection.run(connection.drop_words, id=row["id"], words=" ".join(tokens(text)))
    connection.run(
        "DELETE FROM passages WHERE source_id = :source_id AND until_version < :oldest",
        source_id=source_id,
        oldest=oldest,
    )


def _take_in(connection: Connection, row: Row) -> None:
    connection.rows(_HELD + connection.for_update, id=row["id"])
    connection.update("sources", row["id"], indexed=row["number"])
    try:
        document = documents.read(connection, row["document"])
    except ArchiveError:
        # Who asks for that version is told; here its passages count as those before.
        return
    _note(connection, row["id"], row["number"], row["indexed"], document)


def _note(
    connection: Connection, source_id: int, number: int, before: int, document: Document
) -> None:
    lines = {_key(line): line for line in document.lines}
    standing = {
        row["key"]: row["id"]
        for row in connection.rows(
            "SELECT id, key FROM passages WHERE source_id = :source_id AND until_version IS NULL",
            source_id=source_id,
        )
    }
    connection.run_many(
        "UPDATE passages SET until_version = :before WHERE id = :id",
        [{"id": kept, "before": before} for key, kept in standing.items() if key not in lines],
    )
    fresh = [(key, tokens(line)) for key, line in lines.items() if key not in standing]
    fresh = [(key, found) for key, found in fresh if found]
    for place in range(0, len(fresh), AT_ONCE):
        _add(connection, source_id, number, dict(fresh[place : place + AT_ONCE]))


def _add(
    connection: Connection, source_id: int, number: int, fresh: dict[bytes, list[str]]
) -> None:
    named: dict[str, Any] = {f"key{place}": key for place, key in enumerate(fresh)}
    marks = ", ".join(f"(:source_id, :{name}, :number)" for name in named)
    added = connection.rows(
        f"INSERT INTO passages (source_id, key, from_version) VALUES {marks} RETURNING id, key",
        source_id=source_id,
        number=number,
        **named,
    )
    connection.run_many(
        connection.add_words,
        [{"id": row["id"], "words": " ".join(fresh[row["key"]])} for row in added],
    )


def _candidates(
    connection: Connection, wanted: Sequence[Term], sources: Sequence[str]
) -> Iterator[Row]:
    """Yield passages that hold the words in any order, the newest first, as long as asked."""
    marks, named = listed("source", sources)
    query = connection.word_query(
        [
            (token, term.prefix and place == len(term.tokens) - 1)
            for term in wanted
            for place, token in enumerate(term.tokens)
        ]
    )
    sql = f"{_FOUND} WHERE p.id IN ({connection.found_words})"
    sql += f" AND s.slug IN {marks}" if sources else ""
    sql += f" AND p.id < :before ORDER BY p.id DESC LIMIT {AT_ONCE}"
    rows: list[Row] = []
    before = _MOST
    while before == _MOST or len(rows) == AT_ONCE:
        rows = connection.rows(sql, query=query, before=before, **named)
        yield from rows
        before = rows[-1]["id"] if rows else 0


def _line(
    connection: Connection,
    row: Row,
    known: _Places,
) -> tuple[str, Path]:
    """Return a passage as it stands in a version that has it, and the section it stands in."""
    if row["document"] not in known:
        try:
            known[row["document"]] = _places(documents.read(connection, row["document"]))
        except ArchiveError:
            known[row["document"]] = {}
    return known[row["document"]].get(row["key"], ("", ()))


def _places(document: Document) -> dict[bytes, tuple[str, Path]]:
    starts = {section.line: section.path for section in document.sections}
    path: Path = ()
    found: dict[bytes, tuple[str, Path]] = {}
    for number, line in enumerate(document.lines):
        path = starts.get(number, path)
        found.setdefault(_key(line), (line, path))
    return found


def _hit(row: Row, text: str, path: Path) -> Hit:
    until, shown = row["until_version"], row["shown"]
    standing = shown is not None and row["from_version"] <= shown <= (until or row["number"])
    last = row["last_seen_at"]
    if standing and row["last_unchanged_at"] is not None:
        last = max(last, row["last_unchanged_at"])
    return Hit(
        source=row["source"],
        text=text,
        path=path,
        from_version=row["from_version"],
        until_version=row["number"],
        first_seen_at=row["first_seen_at"] or row["fetched_at"],
        last_seen_at=last,
        standing=standing,
    )


def _key(line: str) -> bytes:
    return hashlib.blake2b(line.encode("utf-8", "surrogatepass"), digest_size=8).digest()
