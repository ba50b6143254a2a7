"""Holds what is kept of a source against its chain, and names what that does not vouch for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from monitor.errors import ArchiveError
from monitor.model import Break, Verification
from monitor.model.evidence import stamp
from monitor.record import chain, contents, documents, seals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.model import Link, Seal
    from monitor.record.engine import Connection

_LOOSE_CAPTURES = (
    "SELECT n.id, n.fetched_at FROM snapshots n JOIN sources s ON s.id = n.source_id "
    "LEFT JOIN links l ON l.snapshot_id = n.id "
    "WHERE s.slug = :source AND l.id IS NULL AND n.role <> 'pending' ORDER BY n.id"
)
_LOOSE_VERSIONS = (
    "SELECT v.number FROM versions v JOIN sources s ON s.id = v.source_id "
    "LEFT JOIN links l ON l.version_id = v.id WHERE s.slug = :source AND l.id IS NULL "
    "ORDER BY v.number"
)
_DOCUMENT = (
    "SELECT v.document FROM versions v JOIN sources s ON s.id = v.source_id "
    "WHERE s.slug = :source AND v.number = :number"
)


def verify(connection: Connection, source: str) -> Verification:
    """Check every link, every body and every document of a source."""
    links = chain.links(connection, source)
    sealed = seals.seals(connection, source)
    return Verification(
        source=source,
        links=len(links),
        pruned=sum(link.text is None for link in links),
        head=links[-1].digest if links else "",
        breaks=(
            *_broken(connection, source, links),
            *_loose(connection, source),
            *_unsealed(source, links, sealed),
        ),
        seals=sealed,
    )


def _broken(connection: Connection, source: str, links: Sequence[Link]) -> Iterator[Break]:
    accounted = _accounted(links)
    expected = 1
    for link in links:
        if link.number != expected:
            yield Break(expected, f"link {expected} is missing")
        expected = link.number + 1
        if link.text is None and link.number not in accounted:
            yield Break(link.number, f"{_named(link)} is gone, and no pruning accounts for it")
        elif not link.whole:
            yield Break(link.number, f"{_named(link)} is not what was linked: it was changed since")
        elif link.text is not None:
            found = _damage(connection, source, link, json.loads(link.text))
            if found:
                yield Break(link.number, f"{_named(link)} cannot be served: {found}")


def _accounted(links: Sequence[Link]) -> set[int]:
    """Return the numbers of the links that a later one says were pruned."""
    found: set[int] = set()
    for link in links:
        if link.kind == "pruned" and link.text is not None and link.whole:
            for first, last in json.loads(link.text)["links"]:
                found |= set(range(first, min(last, link.number - 1) + 1))
    return found


def _damage(connection: Connection, source: str, link: Link, entry: dict[str, str]) -> str | None:
    """Say what is wrong with the bytes a whole link vouches for."""
    try:
        if link.capture is not None:
            number = contents.find(connection, entry["body"])
            contents.get(connection, number or 0)
        elif link.version is not None:
            number = connection.value(_DOCUMENT, source=source, number=link.version)
            document = documents.read(connection, number or 0)
            if document.digest != entry["text"]:
                return "its document does not say the words that were linked"
    except ArchiveError as error:
        return str(error)
    return None


def _loose(connection: Connection, source: str) -> Iterator[Break]:
    for row in connection.rows(_LOOSE_CAPTURES, source=source):
        yield Break(None, f"capture {row['id']} is kept, and in no link")
    for row in connection.rows(_LOOSE_VERSIONS, source=source):
        yield Break(None, f"version {row['number']} is kept, and in no link")


def _unsealed(source: str, links: Sequence[Link], sealed: Sequence[Seal]) -> Iterator[Break]:
    """Hold the chain against what was shown to authorities."""
    known = {link.number: link.digest for link in links}
    for seal in sealed:
        when = f"the time stamp of {stamp(seal.sealed_at)}"
        if not seal.whole:
            yield Break(None, f"{when} is over something else")
        for head in seal.heads:
            if head.source == source and known.get(head.number) != head.digest:
                yield Break(head.number, f"{when} is over another link {head.number}")


def _named(link: Link) -> str:
    if link.version is not None:
        return f"link {link.number}, version {link.version},"
    what = f"capture {link.capture}" if link.capture is not None else f"of kind {link.kind}"
    return f"link {link.number}, {what},"
