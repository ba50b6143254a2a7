"""The chain of a source: nothing kept can be changed, taken away or slipped in unnoticed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from record_samples import ACME, at, capture, change, check, document, first

from monitor.model import Blocked, Pending, Rederived, Unchanged, Variant
from monitor.record import codec, contents, packing

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.record import Archive
    from monitor.record.engine import Connection


@pytest.fixture
def lived(archive: Archive) -> Archive:
    """Live through everything that is kept, and through a difference that vanished."""
    first(archive)
    archive.record(check(Pending("one-sided", at(1)), at(1), capture("two", at(1))))
    change(archive, "one", "two", at(2))
    archive.record(check(Pending("one-sided", at(3)), at(3), capture("three", at(3))))
    archive.record(check(Unchanged("gate"), at(4), capture("two", at(4))))
    archive.record(check(Blocked("challenge", "a challenge"), at(5), capture("Who?", at(5))))
    archive.record(check(Blocked("challenge", "a challenge"), at(6), capture("Who?", at(6))))
    archive.record(check(Variant(1), at(7), capture("one", at(7))))
    archive.record(check(Rederived(document("One"), "extractor"), at(8), extractor=2))
    return archive


def test_everything_kept_is_linked_in_order(lived: Archive) -> None:
    """A link a capture or version; what vanished, and what came twice, is in none."""
    links = lived.evidence.chain("acme")
    found = [(link.kind, link.version) for link in links]
    assert found == [
        ("capture", None), ("version", 1), ("capture", None), ("capture", None), ("version", 2),
        ("capture", None), ("capture", None), ("version", 3),
    ]  # fmt: skip
    assert [link.number for link in links] == list(range(1, 9))
    verified = lived.evidence.verify("acme")
    assert (verified.links, verified.pruned, verified.head) == (8, 0, links[-1].digest)
    assert verified.breaks == ()
    assert lived.evidence.verify("nobody").links == 0


def test_chain_is_checked_with_the_standard_library(lived: Archive) -> None:
    """Who has the texts and the bodies needs nothing else."""
    previous = ""
    for link in lived.evidence.chain("acme"):
        assert link.text is not None
        assert hashlib.sha256(link.text.encode()).hexdigest() == link.digest
        entry = json.loads(link.text)
        assert (entry["source"], entry["number"], entry["previous"]) == (
            "acme",
            link.number,
            previous,
        )
        previous = link.digest
        if entry["kind"] == "capture":
            assert hashlib.sha256(lived.body(entry["body"])).hexdigest() == entry["body"]
            assert dict(entry["headers"])["Content-Type"] == "text/html"
        else:
            version = lived.version("acme", entry["version"])
            assert version is not None
            assert hashlib.sha256(version.document.text.encode()).hexdigest() == entry["text"]
    told = json.loads(lived.evidence.chain("acme")[4].text or "")
    assert told["dates"] == {"updated": "2026-03-01"}
    assert told["change"]["from_version"] == 1
    assert told["change"]["first_seen_at"] == "2026-03-01T11:30:00.000000Z"
    assert (told["capture"], told["extractor"], told["rules"]) == (4, 1, ACME.rules.revision)


def _set(table: str, column: str, value: Any, where: str) -> Callable[[Connection], object]:
    def tamper(connection: Connection) -> object:
        return connection.run(f"UPDATE {table} SET {column} = :value WHERE {where}", value=value)  # noqa: S608 - a test's

    return tamper


def _other_bytes(connection: Connection) -> None:
    """Put other bytes in a body's place, and its digest with them, as a careful forger would."""
    body = connection.value("SELECT body FROM snapshots WHERE role = 'quarantine'")
    forged = b"forged"
    connection.run(
        "UPDATE contents SET packed = :packed, base = NULL, digest = :digest, size = 6 "
        "WHERE id = :id",
        packed=packing.pack(forged), digest=hashlib.sha256(forged).digest(), id=body,
    )  # fmt: skip


def _other_document(connection: Connection) -> None:
    forged = contents.put(connection, codec.write(document("forged")))
    connection.run("UPDATE versions SET document = :id WHERE number = 2", id=forged)


def _no_document(connection: Connection) -> None:
    forged = contents.put(connection, b'{"title":"Policy"}')
    connection.run("UPDATE versions SET document = :id WHERE number = 2", id=forged)


def _cut_out(connection: Connection) -> None:
    connection.run("DELETE FROM links WHERE number = 6")
    connection.run("DELETE FROM snapshots WHERE role = 'quarantine'")


def _blank(connection: Connection) -> None:
    connection.run("UPDATE links SET snapshot_id = NULL WHERE number = 6")
    connection.run("DELETE FROM snapshots WHERE role = 'quarantine'")


_HELD = "SELECT body FROM snapshots WHERE role = 'quarantine'"
_LATER = capture("x", at(99)).fetched_at
TAMPERINGS: dict[str, tuple[int, Callable[[Connection], object]]] = {
    "url": (1, _set("snapshots", "url", "https://other.example/", "role = 'version'")),
    "time": (6, _set("snapshots", "fetched_at", _LATER, "role = 'quarantine'")),
    "status": (6, _set("snapshots", "status", 403, "role = 'quarantine'")),
    "headers": (6, _set("snapshots", "headers", packing.pack(b"[]"), "role = 'quarantine'")),
    "claim": (7, _set("snapshots", "claimed", _LATER is None, "role = 'variant'")),
    "bytes": (6, _other_bytes),
    "garbage": (6, _set("contents", "packed", b"?", f"id = ({_HELD})")),
    "no headers": (6, _set("snapshots", "headers", b"?", "role = 'quarantine'")),
    "no dates": (5, _set("versions", "dates", "[", "number = 2")),
    "title": (2, _set("versions", "title", "Other", "number = 1")),
    "dates": (5, _set("versions", "dates", "{}", "number = 2")),
    "extractor": (8, _set("versions", "extractor", 1, "number = 3")),
    "rules": (2, _set("versions", "rules", "0" * 16, "number = 1")),
    "words": (5, _set("versions", "text_digest", "0" * 64, "number = 2")),
    "document": (5, _other_document),
    "no document": (5, _no_document),
    "interval": (5, _set("changes", "last_seen_unchanged_at", _LATER, "to_version = 2")),
    "digest": (3, _set("links", "digest", b"\0" * 32, "number = 3")),
    "cut out": (6, _cut_out),
    "blanked": (6, _blank),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_breaks_the_link_it_concerns(lived: Archive, name: str) -> None:
    """Whatever is changed or taken away, the first broken link is named."""
    number, tamper = TAMPERINGS[name]
    with lived._database.write() as connection:
        tamper(connection)
    breaks = lived.evidence.verify("acme").breaks
    assert breaks[0].link == number
    assert str(number) in breaks[0].what


def test_what_is_slipped_in_is_in_no_link(lived: Archive) -> None:
    """A version written past the program is found, though no link is broken."""
    with lived._database.write() as connection:
        connection.run(
            "INSERT INTO versions (source_id, number, snapshot_id, recorded_at, fetched_at, "
            "last_seen_at, cause, extractor, rules, title, words, text_digest, dates, document) "
            "SELECT source_id, 9, snapshot_id, recorded_at, fetched_at, last_seen_at, cause, "
            "extractor, rules, title, words, text_digest, dates, document FROM versions "
            "WHERE number = 3"
        )
    (found,) = lived.evidence.verify("acme").breaks
    assert (found.link, found.what) == (None, "version 9 is kept, and in no link")


def test_chains_are_apart(lived: Archive) -> None:
    """Each source has its own, which begins at 1."""
    first(lived, source=replace(ACME, id="other"))
    (captured, read) = lived.evidence.chain("other")
    assert (captured.number, read.number) == (1, 2)
    assert json.loads(captured.text or "")["previous"] == ""
    assert lived.evidence.verify("other").breaks == ()
