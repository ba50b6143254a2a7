"""Archives that move from one database to another: all of it arrives, and reads back equal."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_samples import ACME, HOUR, NOW, at, capture, change, check, first

from monitor.errors import ArchiveError, UsageError
from monitor.exchange.export_schema import json_schema
from monitor.exchange.jsonl import lines, take
from monitor.model import (
    Attempt,
    Blocked,
    Failed,
    Passage,
    Pending,
    Review,
    Rules,
    Unchanged,
    Variant,
)
from monitor.model import Seal as TimeStamp
from monitor.model.evidence import sealed_text
from monitor.record import Archive
from monitor.record.leaving import Seal
from monitor.record.shapes import DERIVED, LEFT, TYPES, shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCHEMA = Path(__file__).parents[2] / "docs" / "export.schema.json"
OTHER = replace(ACME, id="other", url="https://other.example/terms", rules=Rules(select=("main",)))


def _fill(archive: Archive) -> None:
    """Let everything happen that an archive keeps."""
    archive.adopt([ACME, OTHER], NOW)
    first(archive)
    change(archive, "one", "two \N{SNOWMAN}", at(1))
    passages = (Passage("k", "A passage."),)
    seen = replace(capture("two, nonce", at(2)), body=b"\xff\xfe not text", charset=None)
    archive.record(check(Unchanged("gate"), at(2), seen, flipped=passages))
    archive.record(check(Variant(1), at(3), capture("one", at(3))))
    archive.record(check(Blocked("blocked", "wall"), at(4), capture("a wall", at(4))))
    failed = check(Failed("timeout", "30 s"), at(5), open_outage="failing", channels=("mail",))
    archive.record(failed)
    archive.record(check(Failed("timeout", "30 s"), at(6), remind_outage=True))
    archive.record(
        check(Pending("doubt", at(7)), at(7), capture("three", at(7)), close_outage=True)
    )
    first(archive, "terms", at(8), source=OTHER)
    change(archive, "terms", "other terms", at(9), source=OTHER)
    archive.review(2, Review("noise", "a comma", at(10)))
    claimed = archive.outbox.claim(
        owner="me", now=at(11), lease=HOUR, limit=10, channel="mail", gather=True
    )
    refused = Attempt(at(11), ok=False, answer="550 no such mailbox")
    archive.outbox.settle_all(
        [one.id for one in claimed], attempt=refused, state="failed", next_attempt_at=None
    )
    hook, *_ = archive.outbox.claim(owner="me", now=at(11), lease=HOUR, limit=10, channel="hook")
    taken = Attempt(at(11), ok=True, answer="204")
    archive.outbox.settle(hook.id, attempt=taken, state="sent", next_attempt_at=None)


def _export(archive: Archive, *, deliveries: bool = True) -> bytes:
    names = [source.id for source in archive.sources()]
    return b"".join(line for _, line in lines(archive, names, deliveries=deliveries))


def _take(archive: Archive, export: bytes) -> dict[str, str]:
    return dict(take(archive, io.BytesIO(export)))


def _resealed(records: list[dict[str, Any]]) -> bytes:
    """Write records with the sums that belong to them."""
    seal, found = Seal(), []
    for record in records:
        if record.get("type") == "end" and "source" in record:
            record |= {"records": seal.count, "sha256": seal.sha256}
            seal = Seal()
        elif record.get("type") != "end":
            seal.add(record)
        found.append(json.dumps(record).encode() + b"\n")
    return b"".join(found)


def _records(export: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in export.splitlines()]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the export of an archive in which everything has happened."""
    with Archive.open(f"sqlite:///{tmp_path_factory.mktemp('filled')}/a.db") as archive:
        _fill(archive)
        heads = archive.evidence.unsealed()
        token = hashlib.sha256(sealed_text(heads).encode()).digest()
        archive.evidence.seal(TimeStamp(at(9), "https://stamps.example/", heads, token))
        return _export(archive)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Archive]:
    """Open another empty archive."""
    with Archive.open(f"sqlite:///{tmp_path}/fresh.db") as archive:
        yield archive


def test_an_archive_arrives_whole_on_either_database(
    filled: bytes, archive: Archive, fresh: Archive
) -> None:
    """From one to the other and back: the same lines, the same answers, the same numbers."""
    assert _take(archive, filled) == {"acme": "added", "other": "added"}
    assert _export(archive) == filled
    assert _take(fresh, _export(archive)) == {"acme": "added", "other": "added"}
    assert _export(fresh) == filled
    for read in _QUESTIONS:
        assert read(fresh) == read(archive)
    assert _take(fresh, filled) == {"acme": "equal", "other": "equal"}


_QUESTIONS: tuple[Callable[[Archive], Any], ...] = (
    lambda archive: archive.sources(),
    lambda archive: archive.states(),
    lambda archive: archive.history(["acme", "other"]),
    lambda archive: [archive.comparison(change.id) for change in archive.history(["acme"])],
    lambda archive: [archive.version("acme", number) for number in (1, 2)],
    lambda archive: archive.kept("acme"),
    lambda archive: [archive.kept_capture("acme", kept.number) for kept in archive.kept("acme")],
    lambda archive: archive.checks("acme", None),
    lambda archive: archive.volatile("acme"),
    lambda archive: archive.outages(),
    lambda archive: archive.evidence.chain("acme"),
    lambda archive: archive.evidence.verify("acme"),
    lambda archive: archive.scores(),
    lambda archive: archive.outbox.deliveries(limit=100),
    lambda archive: archive.outbox.troubles(),
    lambda archive: archive.outbox.outages(),
)


def test_an_archive_that_arrived_goes_on(filled: bytes, archive: Archive) -> None:
    """What is recorded next is numbered behind what came, and what was owed is still owed."""
    _take(archive, filled)
    newest = max(change.id for change in archive.history(["acme", "other"]))
    archive.record(check(Unchanged("text"), at(20), capture("other terms", at(20)), source=OTHER))
    recorded = change(archive, "other terms", "last terms", at(21), source=OTHER)
    assert recorded.change == newest + 1
    owed = archive.outbox.claim(owner="me", now=at(30), lease=HOUR, limit=10)
    assert {one.change for one in owed} >= {newest, newest + 1}


def test_sources_can_be_added_to_an_archive_that_has_others(
    filled: bytes, archive: Archive
) -> None:
    """They get numbers of its own; nobody is told of what was another installation's to tell."""
    third = replace(ACME, id="third")
    first(archive, source=third)
    change(archive, "one", "two", at(1), source=third)
    archive.adopt([third, ACME], NOW)
    owed = archive.outbox.deliveries(limit=100)
    header, *records = _records(filled)
    filled = _resealed([header | {"instance": "another"}, *records])
    assert _take(archive, filled) == {"acme": "added", "other": "added"}
    assert archive.outbox.deliveries(limit=100) == owed
    assert len(archive.history(["acme", "other", "third"])) == 3
    (moved,) = archive.history(["other"])
    assert archive.comparison(moved.id).new_lines[1] == "other terms"
    assert moved.review == Review("noise", "a comma", at(10))
    assert {row.change for row in archive.checks("other", None)} == {None, moved.id}
    assert _take(archive, filled) == {"acme": "equal", "other": "equal"}


def test_a_source_with_another_history_is_left_alone(filled: bytes, fresh: Archive) -> None:
    """The rest is taken over."""
    first(fresh, "something else")
    before = fresh.versions("acme")
    assert _take(fresh, filled) == {"acme": "different", "other": "added"}
    assert fresh.versions("acme") == before


def test_an_import_that_was_cut_short_goes_on_to_the_same(filled: bytes, fresh: Archive) -> None:
    """Sources are there whole or not at all; the second run adds what is missing."""
    cut = filled[: filled.index(b'{"type":"source","source":"other"') + 400]
    with pytest.raises(UsageError, match=r"line \d+: (is no JSON|the export is cut short)"):
        _take(fresh, cut)
    assert [source.id for source in fresh.sources()] == ["acme"]
    assert _take(fresh, filled) == {"acme": "equal", "other": "added"}
    assert _export(fresh) == filled


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<p>one", b"<p>One"),
        (b'"from_version":1', b'"from_version":2'),
        (b'"reason":"doubt"', b'"reason":"d\xc3\xb6ubt"'),
        (b'{"type":"check"', b'{"type":"cheque"'),
    ],
)
def test_records_that_are_not_those_that_left_are_refused(
    filled: bytes, fresh: Archive, old: bytes, new: bytes
) -> None:
    """Nothing of their source is written, and the message names the line."""
    assert old in filled
    with pytest.raises(UsageError, match=r"line \d+: "):
        _take(fresh, filled.replace(old, new, 1))
    assert not fresh.sources()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"source": "../etc"}, "no id of a source"),
        ({"source": "A"}, "no id of a source"),
        ({"definition": {}}, "definition of a source cannot be read"),
        ({"checks": "5"}, "checks of a source is no integer"),
        ({"watched": 1}, "watched of a source is no boolean"),
        ({"next_check_at": "2026-01-01"}, "no time with a zone"),
        ({"url": None}, "url of a source is missing"),
        ({"colour": 1}, "has 'colour', which is not known"),
    ],
)
def test_records_of_a_stranger_are_checked(
    filled: bytes, fresh: Archive, change: dict[str, Any], says: str
) -> None:
    """Also where their sums are right."""
    records = _records(filled)
    place = next(n for n, record in enumerate(records) if record["type"] == "source")
    records[place] |= change
    with pytest.raises(UsageError, match=says):
        _take(fresh, _resealed(records))
    assert not fresh.sources()


def test_what_a_later_program_wrote_is_refused(filled: bytes, fresh: Archive) -> None:
    """So is what is no export at all."""
    with pytest.raises(UsageError, match="line 1: is of format 2; upgrade"):
        _take(fresh, filled.replace(b'"format":1', b'"format":2'))
    for text in (b"", b"{}\n", b"[]\n", b"\xff\n", b'{"type":"source"}\n'):
        with pytest.raises(UsageError, match="line 1"):
            _take(fresh, text)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_stands_in_a_record_it_is_taken_or_refused(
    filled: bytes, fresh: Archive, data: st.DataObject
) -> None:
    """Anything may be written in an export: it is never a surprise, and leaves nothing behind."""
    records = _records(filled)
    place = data.draw(st.integers(3, len(records) - 2))
    key = data.draw(st.sampled_from(sorted(records[place])))
    records[place][key] = data.draw(_JSON)
    before = len(fresh.sources())
    try:
        came = _take(fresh, _resealed(records))
    except (UsageError, ArchiveError):
        assert len(fresh.sources()) >= before
    else:
        assert came


def test_lines_are_as_documented(filled: bytes) -> None:
    """Every line fits the published schema, which is equal to what the tables say."""
    made = json_schema()
    text = json.dumps(made, indent=2, ensure_ascii=False) + "\n"
    assert SCHEMA.read_text("utf-8") == text, (
        "monitor export jsonl --schema > docs/export.schema.json"
    )
    validator = jsonschema.Draft202012Validator(made)
    records = _records(filled)
    for record in records:
        validator.validate(record)
    assert {record["type"] for record in records} == set(made["$defs"]) - {"deadline"}


def test_every_column_travels_or_is_known_not_to() -> None:
    """A column added to a table is part of every export, or of this list."""
    from sqlmodel import SQLModel

    named = {table.name: table for table in SQLModel.metadata.sorted_tables}
    assert set(named) == {*TYPES, *DERIVED}
    for shape in shapes().values():
        table = named[shape.table]
        carried = {column.name for column in shape.columns}
        assert {column.name for column in table.columns} == (
            carried | {"id", "source_id"} & set(table.columns.keys()) | LEFT.get(shape.table, set())
        )
