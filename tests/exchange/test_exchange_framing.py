"""Records are found in files of every state; what is damaged is counted, the rest is kept."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warc_files import WarcFile, day, message, record

from monitor.errors import UsageError
from monitor.exchange.framing import HEAD, frames, read_record
from monitor.exchange.skipped import UnusableError

if TYPE_CHECKING:
    from pathlib import Path

PACKED = pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
BODIES = [b"<p>one</p>", b"<p>two</p>" * 9000, b"", b"<p>four</p>"]


def _file(folder: Path, *, packed: bool) -> WarcFile:
    made = WarcFile(folder / f"made.warc{'.gz' * packed}", packed=packed)
    for number, body in enumerate(BODIES):
        made.add(body, day(number))
    return made


def _found(path: Path) -> tuple[list[int], int]:
    every = list(frames(path))
    return [frame.offset for frame in every if frame], every.count(None)


@PACKED
def test_every_record_is_found_where_it_is(tmp_path: Path, *, packed: bool) -> None:
    """Offsets are those of the records, and lead back to their blocks."""
    made = _file(tmp_path, packed=packed)
    assert _found(made.path) == (made.offsets, 0)
    with made.path.open("rb") as file:
        for offset, body in zip(made.offsets, BODIES, strict=True):
            head, block = read_record(file, offset, 10**6)
            assert head.startswith(b"WARC/1.0")
            assert block.endswith(b"\r\n\r\n" + body)


@PACKED
def test_a_file_cut_in_the_middle_keeps_what_is_before(tmp_path: Path, *, packed: bool) -> None:
    """The record that was cut is damaged; those before it are not."""
    made = _file(tmp_path, packed=packed)
    content = made.path.read_bytes()
    made.path.write_bytes(content[: made.offsets[3] + 60])
    assert _found(made.path) == (made.offsets[:3], 1)


@PACKED
@pytest.mark.parametrize("wrong", ["9999999", "100", "0", "-5", "many", ""])
def test_a_wrong_length_costs_one_record(tmp_path: Path, wrong: str, *, packed: bool) -> None:
    """Too long, too short or no number at all: the next record is found nevertheless."""
    made = WarcFile(tmp_path / "made.warc", packed=packed)
    good = record(message(b"<p>words</p>" * 50))
    bad = record(message(b"<p>words</p>" * 50), Content_Length=wrong)
    for text in (good, bad, good):
        made.add_raw(gzip.compress(text) if packed else text)
    assert _found(made.path) == ([made.offsets[0], made.offsets[2]], 1)


@pytest.mark.parametrize("place", [0, 3, 12, 40, -6])
def test_a_broken_member_costs_one_record(tmp_path: Path, place: int) -> None:
    """A member whose header, contents or checksum is broken is passed over, the first one too."""
    made = _file(tmp_path, packed=True)
    content = bytearray(made.path.read_bytes())
    for start, end in ((made.offsets[0], made.offsets[1]), (made.offsets[2], made.offsets[3])):
        at = start + place if place >= 0 else end + place
        content[at : at + 4] = bytes(byte ^ 0xFF for byte in content[at : at + 4])
    made.path.write_bytes(content)
    assert _found(made.path) == ([made.offsets[1], made.offsets[3]], 2)


@PACKED
def test_an_endless_header_costs_one_record(tmp_path: Path, *, packed: bool) -> None:
    """A header that does not end within its limit is damage, however long it is."""
    made = WarcFile(tmp_path / "made.warc", packed=packed)
    good = record(message(b"<p>words</p>"))
    bad = record(message(b"<p>words</p>"), WARC_Filler="x" * 20 * HEAD)
    for text in (good, bad, good):
        made.add_raw(gzip.compress(text) if packed else text)
    assert _found(made.path) == ([made.offsets[0], made.offsets[2]], 1)


def test_a_member_that_grows_without_end_is_left(tmp_path: Path) -> None:
    """What unpacks to more than its header declares is not unpacked any further."""
    made = WarcFile(tmp_path / "made.warc.gz")
    bomb = record(message(b""), Content_Length="30")[:-4] + bytes(200_000_000)
    made.add_raw(gzip.compress(bomb, 9))
    made.add(b"<p>words</p>")
    assert _found(made.path) == (made.offsets[1:], 1)


def test_line_ends_between_records_may_be_missing_or_more(tmp_path: Path) -> None:
    """Writers differ in what they put between two records."""
    made = WarcFile(tmp_path / "made.warc", packed=False)
    text = record(message(b"<p>words</p>")).removesuffix(b"\r\n\r\n")
    for ending in (b"", b"\n\n", b"\r\n\r\n\r\n", b""):
        made.add_raw(text + ending)
    assert len(_found(made.path)[0]) == 4


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no WARC file"),
        (b"\0" * 5000, "no WARC file"),
        (b"<html>WARC/1.0</html>", "no WARC file"),
        (gzip.compress(b"something else"), "no WARC file"),
        (b"\x1f\x8b\x08 broken at once", "no WARC file"),
        (b"filedesc://a.arc 0.0.0.0 2008 text/plain 77\n1 0 Archive\n", "recompress"),
        (gzip.compress(b"filedesc://a.arc 0.0.0.0 2008 text/plain 77\n"), "recompress"),
        (gzip.compress(record(message(b"<p>words</p>")) * 3), "gunzip"),
    ],
    ids=["empty", "zeros", "html", "gzip", "broken gzip", "arc", "arc.gz", "one piece"],
)
def test_what_is_no_warc_file_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    """A file without any record is a mistake of the command line, and the message says which."""
    path = tmp_path / "made"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=says):
        list(frames(path))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """So is a folder."""
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            list(frames(path))


@PACKED
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=st.data())
def test_any_damage_costs_what_it_touches(
    tmp_path: Path, damage: st.DataObject, *, packed: bool
) -> None:
    """Whatever bytes are overwritten, records that were not touched are found."""
    made = _file(tmp_path, packed=packed)
    content = bytearray(made.path.read_bytes())
    at = damage.draw(st.integers(0, 999)) * len(content) // 1000
    junk = damage.draw(st.binary(min_size=1, max_size=300))
    content[at : at + len(junk)] = junk[: len(content) - at]
    made.path.write_bytes(content)
    ends = [*made.offsets[1:], len(content)]
    touched = [
        start < at + len(junk) and at < end for start, end in zip(made.offsets, ends, strict=True)
    ]
    found, _ = _found(made.path)
    untouched = {start for start, hit in zip(made.offsets, touched, strict=True) if not hit}
    assert untouched <= set(found)
    with made.path.open("rb") as file:
        for offset in found:
            try:
                read_record(file, offset, 10**6)
            except UnusableError:
                continue
