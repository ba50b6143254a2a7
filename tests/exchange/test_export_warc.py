"""Captures leave as a WARC file that other tools read, and come back as the same history."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from import_desk import SOURCE
from warc_files import BODIES, URL, WarcFile, day, story
from warcio.archiveiterator import ArchiveIterator

from monitor.exchange.history import History
from monitor.exchange.index import Index
from monitor.exchange.warc_writing import WarcWriter, kept
from monitor.model import Capture, Hop

if TYPE_CHECKING:
    from pathlib import Path

    from import_desk import Desk
    from surroundings import Program


def _export(desk: Desk, path: Path) -> Path:
    with path.open("wb") as file:
        writer = WarcWriter(file, packed=path.suffix == ".gz")
        writer.begin(path.name, day(400), "test")
        for found, capture in kept(desk.archive, "acme"):
            writer.add("acme", capture, found.role)
    return path


def _essence(desk: Desk) -> dict[str, Any]:
    """Versions with their words, and changes but for when the old text was seen last."""
    at = day(0)
    return {
        "versions": [
            replace(version, recorded_at=at)
            for summary in desk.archive.versions("acme")
            if (version := desk.archive.version("acme", summary.number))
        ],
        "changes": [
            replace(change, last_seen_unchanged_at=at) for change in desk.archive.history(["acme"])
        ],
        "captures": [capture for _, capture in kept(desk.archive, "acme")],
    }


@pytest.mark.parametrize(
    "shown", ["a", "aabbc", "abababab", "aaccaa", "acca", "xaxbxcc", "abcacc", "aadddaa", "addad"]
)
def test_what_was_exported_imports_to_the_same(
    desk: Desk, second: Desk, tmp_path: Path, shown: str
) -> None:
    """Versions, changes and captures are equal: first ones, confirmed ones, variants, blocks."""
    file = WarcFile(tmp_path / "in.warc.gz")
    story(file, shown, step=0.3)
    desk.feed(file.path)
    second.feed(_export(desk, tmp_path / "out.warc.gz"))
    assert _essence(second) == _essence(desk)
    assert _essence(desk)["versions"]


@pytest.mark.parametrize("shown", ["aabbc", "aaaabbbbb", "aabaaccaa", "aadddaa"])
def test_where_all_is_kept_everything_comes_back(
    desk: Desk, second: Desk, tmp_path: Path, shown: str
) -> None:
    """With every capture kept, not even when the old text was seen last is lost."""
    file = WarcFile(tmp_path / "in.warc.gz")
    story(file, shown, step=0.3)
    _keep_all(desk, file.path)
    assert len(_essence(desk)["captures"]) == len(shown)
    _keep_all(second, _export(desk, tmp_path / "out.warc.gz"))
    assert _essence(desk) == _essence(second)
    assert desk.archive.history(["acme"]) == second.archive.history(["acme"])
    outcomes = [
        [(row.started_at, row.outcome) for row in one.archive.checks("acme", limit=100)]
        for one in (desk, second)
    ]
    assert outcomes[0] == outcomes[1]


def _keep_all(desk: Desk, path: Path) -> None:
    history = History(desk.pipeline, replace(SOURCE, keep="all"), Index([path], [URL]))
    assert list(history.feed(None))


@pytest.mark.parametrize("name", ["out.warc", "out.warc.gz"])
def test_a_live_capture_comes_back_with_all_it_came_with(
    desk: Desk, second: Desk, tmp_path: Path, name: str
) -> None:
    """Redirects, odd headers and what a transfer was packed in are kept; nothing is invented."""
    live = Capture(
        url=URL,
        final_url="https://www.example.org/legal/privacy?v=2",
        fetched_at=day(1.0001234),
        status=203,
        media_type="text/html",
        charset="utf-8",
        headers=(
            ("content-type", "text/html; charset=utf-8"),
            ("content-encoding", "br"),
            ("Content-Length", "17"),
            ("transfer-encoding", "chunked"),
            ("x-name", "Größe; filename=\u017elut\u00fd"),
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
        ),
        body=BODIES["a"](),
        hops=(Hop(URL, 301, "https://www.example.org/legal/privacy?v=2"),),
    )
    desk.pipeline.ingest(SOURCE, live)
    path = _export(desk, tmp_path / name)
    second.feed(path)
    ((_, found),) = kept(second.archive, "acme")
    assert found == replace(live, claimed=False)


def test_other_readers_find_nothing_wrong_with_the_file(desk: Desk, tmp_path: Path) -> None:
    """Every record is read, every digest holds, and each body is the bytes that came."""
    file = WarcFile(tmp_path / "in.warc.gz")
    story(file, "abxcc", step=0.3)
    desk.feed(file.path)
    path = _export(desk, tmp_path / "out.warc.gz")
    with path.open("rb") as read:
        bodies = [
            record.content_stream().read()
            for record in ArchiveIterator(read, check_digests="raise")
            if record.rec_type == "response"
        ]
    digests = [found.digest for found, _ in kept(desk.archive, "acme")]
    assert [hashlib.sha256(body).hexdigest() for body in bodies] == digests


def test_the_command_writes_whole_files_and_replaces_none(program: Program) -> None:
    """A file that is there stays, unless --force; bad names of sources change nothing."""
    program.write(f'[[source]]\nid = "acme"\nname = "Privacy policy"\nurl = "{URL}"\n')
    file = WarcFile(program.folder / "in.warc.gz")
    story(file, "aab")
    program("import", "warc", "in.warc.gz", "--all")
    assert program("export", "warc", "out.warc.gz") == "out.warc.gz: 2 captures of 1 source\n"
    before = (program.folder / "out.warc.gz").read_bytes()
    done = program.run("export", "warc", "out.warc.gz")
    assert (done.returncode, "--force" in done.stderr) == (2, True)
    done = program.run("export", "warc", "new.warc.gz", "acem")
    assert (done.returncode, "did you mean acme" in done.stderr) == (2, True)
    assert not (program.folder / "new.warc.gz").exists()
    done = program.run("export", "warc", "missing/new.warc.gz")
    assert (done.returncode, "cannot be written" in done.stderr) == (2, True)
    assert program("export", "warc", "out.warc.gz", "acme", "--force")
    assert (program.folder / "out.warc.gz").read_bytes()[-500:] == before[-500:]
