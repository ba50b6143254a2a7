"""History out of web archives: pywb as it is, and the ways in which an archive may refuse."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from import_desk import SOURCE, Desk
from pages import page
from warc_files import BODIES, URL, WarcFile, day, story
from web_archives import Archived, WebArchive, pywb_program, serving, serving_pywb

from monitor.errors import FetchError, UsageError
from monitor.exchange.cdx import Row, rows, stamp, worth_asking
from monitor.exchange.history import History
from monitor.exchange.wayback import PUBLIC, Server, Wayback
from monitor.fetch import Fetcher, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from surroundings import Program

NOW = timedelta(0)


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    """Open a client that does not wait between two visits."""
    with Fetcher(Limits(host_spacing=NOW), clock=lambda: day(400)) as opened:
        yield opened


@pytest.fixture
def archive() -> Iterator[WebArchive]:
    """Serve an archive that holds nothing yet."""
    with serving(WebArchive()) as served:
        yield served


def _ask(
    fetcher: Fetcher, address: str, waits: list[timedelta] | None = None, **more: Any
) -> Wayback:
    options = {"since": None, "until": None, "limit": None} | more
    wait = (waits if waits is not None else []).append
    return Wayback(fetcher, Server(address, allow_private=True), wait=wait, **options)


def _feed(desk: Desk, trove: Wayback) -> History[Any]:
    history = History(desk.pipeline, SOURCE, trove)
    for _ in history.feed():
        pass
    return history


@pytest.mark.skipif(not pywb_program(), reason="pywb is not installed: make pywb")
def test_pywb_gives_the_same_history_as_its_files(
    desk: Desk, second: Desk, fetcher: Fetcher, tmp_path: Path
) -> None:
    """Versions, changes and checks are those of an import of the WARC files it serves."""
    file = WarcFile(tmp_path / "in.warc.gz")
    file.add(b"", day(-2), status="301 Moved", http={"Location": "/x"})
    story(file, "aaxbbaac", step=0.3)
    first = file.add(BODIES["c"](), day(10))
    file.add_revisit(first, day(11))
    file.add_revisit(first, day(12))
    file.add(b"<html>gone</html>", day(13), status="404 Not Found")
    file.add(gzip.compress(BODIES["a"]()), day(14), http={"Content-Encoding": "gzip"})
    file.add(page("english", changed=True), day(15), url=URL.replace("https://www.", "http://"))
    program = pywb_program()
    assert program is not None
    with serving_pywb(program, tmp_path, [file.path]) as address:
        asked = _feed(desk, _ask(fetcher, address, page=4))
        again = _feed(desk, _ask(fetcher, address, since=day(15) + timedelta(seconds=1)))
    second.feed(file.path)
    assert not asked.skipped
    assert again.trove.count(URL) == 0
    assert desk.known() == second.known()
    assert len(desk.archive.versions("acme")) > 3


def test_an_archive_at_an_address_inside_is_not_asked(
    fetcher: Fetcher, archive: WebArchive
) -> None:
    """An archive is behind the same guard as a page unless the command line says otherwise."""
    trove = Wayback(
        fetcher, Server(archive.address), since=None, until=None, limit=None, wait=[].append
    )
    with pytest.raises(FetchError, match="not a public address"):
        list(trove.places(URL))
    assert not archive.asked


def test_a_long_list_is_asked_for_in_pages(fetcher: Fetcher, archive: WebArchive) -> None:
    """Each page goes on where the last one ended, and nothing is listed twice or left out."""
    archive.captures = [Archived(day(number), BODIES["a"]()) for number in range(7)]
    trove = _ask(fetcher, archive.address, page=3)
    assert [place.at for place in trove.places(URL)] == [day(number) for number in range(7)]
    assert len(archive.asked) == 4
    some = _ask(fetcher, archive.address, since=day(2), until=day(5), limit=3)
    assert [place.at for place in some.places(URL)] == [day(2), day(3), day(4)]


def test_equal_bodies_are_asked_for_once(
    desk: Desk, second: Desk, fetcher: Fetcher, archive: WebArchive
) -> None:
    """Of a run of equal captures the first is fetched; the next confirms it, the last dates it."""
    bodies = {letter: BODIES[letter]() for letter in "abc"}
    shown = "aaaabbbbbccccc"
    archive.captures = [
        Archived(day(number), bodies[letter], digest=letter) for number, letter in enumerate(shown)
    ]
    _feed(desk, _ask(fetcher, archive.address))
    served = [path for path in archive.asked if "id_" in path]
    assert [path[1:15] for path in served] == [stamp(day(number)) for number in (0, 4, 9)]
    for capture in archive.captures:
        capture.digest = ""
    _feed(second, _ask(fetcher, archive.address))
    assert desk.archive.history(["acme"]) == second.archive.history(["acme"])
    assert len(desk.archive.history(["acme"])) == 2


def test_an_archive_that_asks_for_time_is_given_it(
    desk: Desk, fetcher: Fetcher, archive: WebArchive
) -> None:
    """As long as it says, and longer each time where it does not say."""
    archive.refusals = [(429, {"Retry-After": "77"}), (503, {})]
    archive.captures = [
        Archived(day(0), BODIES["a"](), answers=[(503, {}), (500, {})]),
        Archived(day(1), BODIES["b"]()),
    ]
    waits: list[timedelta] = []
    history = _feed(desk, _ask(fetcher, archive.address, waits))
    assert [wait.total_seconds() for wait in waits] == [77, 60, 30, 60]
    assert not history.skipped
    assert len(desk.archive.versions("acme")) == 2


def test_an_import_ends_where_the_archive_gives_out_no_more(
    desk: Desk, second: Desk, fetcher: Fetcher, archive: WebArchive
) -> None:
    """What came before is kept, and the next run goes on from there to the same history."""
    archive.captures = [
        Archived(day(number), BODIES[letter]()) for number, letter in enumerate("aabb")
    ]
    archive.captures[2].answers = [(429, {"Retry-After": "86400"})]
    waits: list[timedelta] = []
    with pytest.raises(FetchError, match="429"):
        _feed(desk, _ask(fetcher, archive.address, waits))
    assert (waits, len(desk.archive.checks("acme"))) == ([], 2)
    known = desk.archive.seen_until("acme")
    _feed(desk, _ask(fetcher, archive.address, since=known))
    _feed(second, _ask(fetcher, archive.address))
    assert desk.archive.history(["acme"]) == second.archive.history(["acme"])


def test_what_the_archive_cannot_serve_is_left_out(
    desk: Desk, fetcher: Fetcher, archive: WebArchive
) -> None:
    """Captures that are gone, that lead elsewhere or that stay broken; three broken ones end it."""
    archive.captures = [Archived(day(number), BODIES["a"]()) for number in range(8)]
    elsewhere = f"/{archive.captures[0].stamp}id_/{URL}"
    archive.captures[1].answers = [(404, {})]
    archive.captures[2].answers = [(302, {"Location": elsewhere})]
    archive.captures[3].answers = [(500, {})] * 5
    history = _feed(desk, _ask(fetcher, archive.address))
    assert history.skipped == {"unserved": 3}
    assert len(desk.archive.checks("acme")) == 5
    archive.captures += [Archived(day(number), answers=[(500, {})] * 9) for number in range(8, 12)]
    with pytest.raises(FetchError, match="500"):
        _feed(desk, _ask(fetcher, archive.address, since=day(7.5)))


def test_headers_and_bytes_are_those_of_the_page(
    desk: Desk, fetcher: Fetcher, archive: WebArchive
) -> None:
    """The archive's own headers are left out, and what it replays packed is unpacked."""
    body = BODIES["a"]()
    archive.captures = [
        Archived(
            day(0),
            gzip.compress(body),
            headers={
                "Memento-Datetime": "Wed, 01 Jan 2025 12:00:00 GMT",
                "x-archive-orig-content-encoding": "gzip",
                "x-archive-orig-etag": '"1"',
                "x-archive-src": "file.warc.gz",
            },
        )
    ]
    _feed(desk, _ask(fetcher, archive.address))
    version = desk.archive.version("acme")
    assert version is not None
    found = desk.archive.capture("acme", version.snapshot)
    assert (found.body, found.claimed, found.final_url) == (body, False, URL)
    assert found.headers == (("content-encoding", "gzip"), ("etag", '"1"'))


def test_the_public_archive_is_asked_where_it_is() -> None:
    """Its list is not beside its captures; other archives' lists are, unless said otherwise."""
    assert Server(PUBLIC).listing == "https://web.archive.org/cdx/search/cdx"
    assert Server("https://a.example/coll/").listing == "https://a.example/coll/cdx"
    assert Server("https://a.example/coll", "https://a.example/index").listing.endswith("/index")


@pytest.mark.parametrize("answer", [b"<html>", b"[1]", b'{"x": 1}', b"[[], 1]", b"5", b"\xff"])
def test_an_answer_that_is_no_list_is_refused(answer: bytes) -> None:
    """The message quotes it, and says which options name another archive."""
    with pytest.raises(UsageError, match="--server"):
        rows(answer)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["200", "301", "-"]))))
def test_a_run_keeps_its_first_two_and_its_last(found: list[tuple[str, str]]) -> None:
    """What is chosen are captures of pages, in order; none of a run's turns is lost."""
    listed = [
        Row(
            stamp(day(number)),
            URL,
            status,
            "warc/revisit" if status == "-" else "text/html",
            digest,
        )
        for number, (digest, status) in enumerate(found)
    ]
    chosen = list(worth_asking(listed))
    assert chosen == sorted(chosen)
    pages = {row.digest for row in listed if row.status == "200"}
    assert {place.digest for place in chosen} == pages
    runs = "".join(place.digest for place in chosen)
    assert all(letter * 4 not in runs for letter in "abc")


def test_the_command_imports_and_says_what_it_left_out(
    program: Program, archive: WebArchive
) -> None:
    """A second run has nothing to do; a private address has to be allowed; no page is an error."""
    program.write(f'[[source]]\nid = "acme"\nname = "Privacy policy"\nurl = "{URL}"\n')
    command = ("import", "wayback", "acme", "--server", archive.address, "--spacing", "0")
    done = program.run(*command)
    assert (done.returncode, "--allow-private" in done.stderr) == (2, True)
    done = program.run(*command, "--allow-private")
    assert (done.returncode, "has no page of" in done.stderr) == (2, True)
    archive.captures = [
        Archived(day(number), BODIES[letter]()) for number, letter in enumerate("aabb")
    ]
    archive.captures[3].answers = [(404, {})]
    done = program.run(*command, "--allow-private", "--from", "2025-01-01")
    assert (done.returncode, done.stdout) == (
        0,
        "acme: 3 captures: 1 changed, 1 first, 1 unchanged\n",
    )
    assert done.stderr == "left out: 1 record that the archive lists and does not serve\n"
    archive.captures[3].answers = [(429, {"Retry-After": "4000"})]
    done = program.run(*command, "--allow-private")
    assert (done.returncode, "run the same command again" in done.stderr) == (4, True)
