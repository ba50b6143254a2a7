"""What a set of files holds of which address, and what is left out for which reason."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest
from warc_files import URL, WarcFile, day, message, record

from monitor.exchange.index import Index
from monitor.exchange.warc import bare, capture

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.model import Capture

PAGE = b"<!doctype html><p>What we collect.</p>"


@pytest.fixture
def file(tmp_path: Path) -> WarcFile:
    """Begin a file."""
    return WarcFile(tmp_path / "one.warc.gz")


def _read(index: Index, url: str = URL) -> list[Capture]:
    found = []
    for place in index.places(url):
        with index.files[place.file].open("rb") as opened:
            found.append(capture(opened, place.offset, url, place.at))
    return found


def _left(index: Index) -> dict[str, int]:
    return {reason: number for reason, number in index.skipped.items() if number}


def test_several_files_are_merged_in_the_order_of_time(tmp_path: Path) -> None:
    """Oldest first, whatever the order of records and files."""
    files = [WarcFile(tmp_path / name) for name in ("b.warc.gz", "a.warc")]
    files[1].packed = False
    for number in (5, 1, 3):
        files[0].add(b"<p>%d</p>" % number, day(number))
        files[1].add(b"<p>%d</p>" % (number + 1), day(number + 1))
    index = Index([one.path for one in files], [URL])
    assert [found.body for found in _read(index)] == [b"<p>%d</p>" % n for n in range(1, 7)]
    assert [found.fetched_at for found in _read(index)] == [day(n) for n in range(1, 7)]
    assert index.count(URL) == 6


@pytest.mark.parametrize(
    "spelling",
    [
        "http://example.org/privacy",
        "https://www.EXAMPLE.org:443/privacy/",
        f"<{URL}>",
        f"{URL}#top",
    ],
)
def test_spellings_of_one_address_are_the_same(file: WarcFile, spelling: str) -> None:
    """Scheme, www, port, slash, fragment and the brackets of old writers make no difference."""
    file.add(PAGE, url=spelling)
    assert len(_read(Index([file.path], [URL]))) == 1


def test_what_is_no_page_of_the_address_is_left_out_with_a_reason(file: WarcFile) -> None:
    """Other addresses, redirects, errors, requests, other protocols, and what has no date."""
    file.add(PAGE, day(1))
    file.add(PAGE, day(2), url=f"{URL}?lang=de")
    file.add(b"", day(2), url="http://[broken")
    file.add(b"", day(3), status="301 Moved Permanently", http={"Location": URL})
    file.add(PAGE, day(4), status="404 Not Found")
    file.add(PAGE, None)
    file.add(PAGE, None, warc={"WARC-Date": "yesterday"})
    file.add(PAGE, None, warc={"WARC-Date": "0001-01-01T00:00:00+14:00"})
    file.add(PAGE, day(5), warc={"WARC-Truncated": "length"})
    file.add_raw(record(b"20 text/gemini\r\nhello"))
    file.add_raw(record(b"93.184.216.34", url="dns:www.example.org"))
    file.add_raw(record(b"software: x", WARC_Type="warcinfo"))
    index = Index([file.path], [URL])
    assert len(_read(index)) == 1
    # Records that stand in a compressed file as they are: the two before are found no more.
    assert _left(index) == {"elsewhere": 2, "not_a_page": 2, "undated": 3, "damaged": 2}


def test_other_protocols_are_no_pages(tmp_path: Path) -> None:
    """Answers that are not HTTP, and records that are no answers, are none of our captures."""
    file = WarcFile(tmp_path / "one.warc", packed=False)
    file.add_raw(record(b"software: x", WARC_Type="warcinfo"))
    file.add_raw(record(b"20 text/gemini\r\nhello"))
    file.add_raw(record(b"93.184.216.34", url="dns:www.example.org"))
    file.add_raw(record(message(PAGE)))
    file.add_raw(record(b"GET / HTTP/1.1\r\n\r\n", WARC_Type="request"))
    index = Index([file.path], [URL])
    assert [found.body for found in _read(index)] == [PAGE]
    assert _left(index) == {"elsewhere": 1, "not_a_page": 1}


@pytest.mark.parametrize("version", ["0.18", "1.0", "1.1"])
def test_every_version_of_the_format_is_read(tmp_path: Path, version: str) -> None:
    """Old crawlers wrote drafts of the standard, and dates of fourteen digits."""
    file = WarcFile(tmp_path / "one.warc", packed=False)
    file.add_raw(record(message(PAGE)).replace(b"WARC/1.0", b"WARC/" + version.encode()))
    file.add_raw(record(message(PAGE), at="20250102120000"))
    file.add_raw(record(message(PAGE), at="2025-01-03T12:00:00.000001Z"))
    times = [found.fetched_at for found in _read(Index([file.path], [URL]))]
    assert times[:2] == [day(0), day(1)]
    assert times[2] - day(2) == (times[2] - day(2)).resolution


def test_a_revisit_shows_the_body_of_the_record_it_names(tmp_path: Path) -> None:
    """By digest, in another file too and of another address; each with its own time."""
    first, second = WarcFile(tmp_path / "1.warc.gz"), WarcFile(tmp_path / "2.warc.gz")
    original = first.add(PAGE, day(1), url="https://cdn.example.org/privacy.html")
    second.add_revisit(original, day(2))
    second.add_revisit(original, day(3), status="304 Not Modified")
    index = Index([second.path, first.path], [URL])
    assert [(found.body, found.fetched_at, found.final_url) for found in _read(index)] == [
        (PAGE, day(2), URL),
        (PAGE, day(3), URL),
    ]


def test_a_revisit_may_name_its_record_by_id(tmp_path: Path) -> None:
    """Where the server said that nothing was modified, there is no digest."""
    file = WarcFile(tmp_path / "one.warc", packed=False)
    file.add_raw(record(message(PAGE), WARC_Record_ID="<urn:uuid:1>"))
    file.add_raw(
        record(
            b"HTTP/1.1 304 Not Modified\r\n\r\n",
            at="2025-01-02T12:00:00Z",
            WARC_Type="revisit",
            WARC_Refers_To="<urn:uuid:1>",
        )
    )
    assert [found.body for found in _read(Index([file.path], [URL]))] == [PAGE, PAGE]


def test_a_revisit_of_nothing_is_left_out(tmp_path: Path) -> None:
    """Its record is in none of the files, or was an error; a redirect seen again is no page."""
    elsewhere, file = WarcFile(tmp_path / "0.warc.gz"), WarcFile(tmp_path / "1.warc.gz")
    file.add_revisit(elsewhere.add(PAGE), day(2))
    file.add_revisit(file.add(b"gone", day(1), status="404 Not Found"), day(3))
    file.add_revisit(file.add(b"", day(1), status="302 Found"), day(3), status="302 Found")
    index = Index([file.path], [URL])
    assert _read(index) == []
    assert index.count(URL) == 0
    assert _left(index) == {"unresolved": 2, "not_a_page": 3}


def test_addresses_that_look_like_policies_are_counted_once(file: WarcFile) -> None:
    """Each address once, whoever judges what looks like one."""
    for path in ("terms", "terms", "legal", "jobs"):
        file.add(PAGE, url=f"https://www.example.org/{path}")
    index = Index([file.path], [URL], policy=lambda url: not url.endswith("jobs"))
    assert index.policies_elsewhere == 2
    assert not index.holds(URL)


def test_ten_thousand_redirects_are_only_counted(tmp_path: Path) -> None:
    """An address that only ever redirected leaves nothing but a number."""
    file = WarcFile(tmp_path / "one.warc", packed=False)
    file.add_raw(record(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n") * 10_000)
    index = Index([file.path], [URL])
    assert _left(index) == {"not_a_page": 10_000}
    assert index.holds(URL)


def test_an_index_takes_a_few_bytes_a_capture(tmp_path: Path) -> None:
    """Memory grows by offsets alone, neither by bodies nor by headers, with revisits too."""
    file = WarcFile(tmp_path / "one.warc", packed=False)
    original = record(message(PAGE * 20), WARC_Payload_Digest="sha1:A")
    revisit = record(b"", WARC_Type="revisit", WARC_Payload_Digest="sha1:A")
    file.add_raw((original + revisit) * 1500)
    tracemalloc.start()
    index = Index([file.path], [URL])
    number = sum(1 for _ in index.places(URL))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert number == 3_000
    assert peak < 200 * number


def test_no_address_is_an_address() -> None:
    """What cannot be parsed, or is of another protocol, equals nothing."""
    assert bare("http://[broken") is None
    assert bare("dns:example.org") is None
    assert bare("") is None
