"""Evidence that anybody can check with Python alone, and that shows whatever was done to it."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from import_desk import SOURCE, Desk
from warc_files import URL, WarcFile, day, story

from monitor.exchange import verify
from monitor.exchange.bundle import Bundle, parcel
from monitor.model import Hop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from surroundings import Program


def _bundle(desk: Desk, path: Path, *, change: int | None = None) -> Path:
    found = None if change is None else desk.archive.change(change)
    with parcel(path, day(400), replace=False) as into:
        Bundle(desk.archive, SOURCE, "test", day(400), found).write(into)
    return path


@pytest.fixture
def bundle(desk: Desk, tmp_path: Path) -> Path:
    """Write the evidence of a history in which everything happens, live captures among it."""
    file = WarcFile(tmp_path / "in.warc.gz")
    story(file, "aabbcxcaddd", step=0.3)
    desk.feed(file.path)
    live = desk.archive.kept_capture("acme", desk.archive.kept("acme")[0].number)
    assert live is not None
    odd = (("content-encoding", "gzip"), ("Content-Length", "5"), ("x-a", "Größe: 1; é\u2026"))
    hops = (Hop(URL, 301, "https://www.example.org/p"),)
    answered = "https://www.example.org/p"
    new = live.body.replace(b"</main>", b"<h2>9. New</h2><p>We sell what you write.</p></main>")
    live = replace(live, headers=odd, hops=hops, final_url=answered, body=new)
    desk.pipeline.ingest(SOURCE, replace(live, fetched_at=day(20.0000001)))
    desk.pipeline.ingest(SOURCE, replace(live, fetched_at=day(21)))
    return _bundle(desk, tmp_path / "evidence")


def _run(folder: Path) -> tuple[int, str]:
    # -I: nothing of this environment can be imported.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_the_script_finds_a_bundle_whole(desk: Desk, bundle: Path) -> None:
    """It names the head of the chain, which `monitor verify` names too."""
    code, said = _run(bundle)
    verified = desk.archive.evidence.verify("acme")
    assert (code, said.splitlines()[-1]) == (0, f"head of the chain: {verified.head}")
    assert not verified.breaks
    captures = json.loads((bundle / "captures.json").read_text())
    assert [found["sha256"] for found in captures] == [
        found.digest for found in reversed(desk.archive.kept("acme"))
    ]
    changes = json.loads((bundle / "changes.json").read_text())
    assert len(changes) == len(desk.archive.history(["acme"]))
    assert len(list(bundle.glob("changes/*.diff"))) == len(changes)


def test_evidence_of_one_change_holds_what_it_rests_on(desk: Desk, tmp_path: Path) -> None:
    """Both versions, every capture that showed it, and the whole chain."""
    file = WarcFile(tmp_path / "in.warc.gz")
    story(file, "aabbccaa", step=0.3)
    desk.feed(file.path)
    newest, *_ = desk.archive.history(["acme"])
    path = _bundle(desk, tmp_path / "one.zip", change=newest.id)
    again = _bundle(desk, tmp_path / "two.zip", change=newest.id)
    assert path.read_bytes() == again.read_bytes()
    ZipFile(path).extractall(tmp_path / "one")
    assert _run(tmp_path / "one")[0] == 0
    captures = json.loads((tmp_path / "one/captures.json").read_text())
    assert [found["role"] for found in captures] == ["version", "pending", "version"]
    versions = json.loads((tmp_path / "one/versions.json").read_text())
    assert [found["version"] for found in versions] == [newest.from_version, newest.to_version]


def _edit(path: Path, change: Callable[[Any], None]) -> None:
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))


def _restate(folder: Path) -> None:
    """Make the manifest say what the files are, as a careful forger would."""

    def files(manifest: dict[str, Any]) -> None:
        for name, said in manifest["files"].items():
            said["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()

    _edit(folder / "manifest.json", files)


def _another_body(folder: Path) -> None:
    path = folder / "captures.warc.gz"
    text = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(text.replace(b"30 days", b"90 days", 1)))


def _another_text(folder: Path) -> None:
    path = folder / "versions/1.txt"
    path.write_text(path.read_text().replace("30 days", "90 days"))


def _another_time(folder: Path) -> None:
    _edit(
        folder / "changes.json",
        lambda found: found[0].update(first_seen_at="2020-01-01T00:00:00.000000Z"),
    )


def _another_header(folder: Path) -> None:
    path = folder / "captures.warc.gz"
    text = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(text.replace(b"\r\nx-a: ", b"\r\nx-b: ", 1)))


def _a_link_less(folder: Path) -> None:
    path = folder / "chain.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:3] + lines[4:]))


def _another_link(folder: Path) -> None:
    path = folder / "chain.jsonl"
    path.write_text(path.read_text().replace('\\"status\\":200', '\\"status\\":203', 1))


@pytest.mark.parametrize(
    ("forge", "says"),
    [
        (_another_body, "body is another one"),
        (_another_text, "version 1: its text is not what link"),
        (_another_time, "interval is not what is linked"),
        (_another_header, "headers are not what link"),
        (_a_link_less, "link 4: is missing"),
        (_another_link, "its text is not what was linked"),
    ],
    ids=["body", "text", "time", "header", "missing-link", "link"],
)
def test_what_was_forged_is_found(
    bundle: Path, capsys: pytest.CaptureFixture[str], forge: Callable[[Path], None], says: str
) -> None:
    """By the manifest at once, and by the chain where the manifest was forged as well."""
    forge(bundle)
    assert verify.main([str(bundle)]) == 5
    assert "is not the file that was bundled" in capsys.readouterr().out
    _restate(bundle)
    assert verify.main([str(bundle)]) == 5
    said = capsys.readouterr().out
    assert said.startswith("BROKEN: ")
    assert says in said


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("versions/1.txt", "is missing"),
        ("new.txt", "is not in the manifest"),
        ("chain.jsonl", "is missing"),
    ],
)
def test_files_that_are_missing_or_more_are_found(
    bundle: Path, capsys: pytest.CaptureFixture[str], name: str, says: str
) -> None:
    """So is a bundle that cannot be read at all."""
    path = bundle / name
    if path.exists():
        path.unlink()
    else:
        path.write_text("x")
    assert verify.main([str(bundle)]) == 5
    assert f"{name}: {says}" in capsys.readouterr().out
    (bundle / "manifest.json").write_text("{")
    assert verify.main([str(bundle)]) == 5
    assert "cannot be read" in capsys.readouterr().out


def _elsewhere(folder: Path) -> None:
    (folder.parent / "other.txt").write_bytes((folder / "versions/1.txt").read_bytes())
    _edit(folder / "versions.json", lambda found: found[0].update(text="../other.txt"))


def _link_elsewhere(folder: Path) -> None:
    path = folder / "versions/1.txt"
    path.rename(folder.parent / "other.txt")
    path.symlink_to(folder.parent / "other.txt")


def _bomb(folder: Path) -> None:
    text = b"WARC/1.1\r\nwarc-type: response\r\ncontent-length: 99999999999\r\n\r\n"
    (folder / "captures.warc.gz").write_bytes(gzip.compress(text))


def _endless_line(folder: Path) -> None:
    (folder / "captures.warc.gz").write_bytes(gzip.compress(b"WARC/" * 10_000_000, 1))


def _broken_deflate(folder: Path) -> None:
    whole = gzip.compress(b"WARC/1.1")
    (folder / "captures.warc.gz").write_bytes(whole[:10] + b"\xff" * 20)


def _deep(folder: Path) -> None:
    (folder / "captures.json").write_text("[" * 100_000)


ATTACKS = (
    (_elsewhere, "other.txt: is not in the bundle"),
    (_link_elsewhere, "versions/1.txt: is not in the bundle"),
    (_bomb, "a record of 99999999999 bytes"),
    (_endless_line, "cannot be read"),
    (_broken_deflate, "cannot be read"),
    (_deep, "cannot be read"),
)


def test_a_hostile_bundle_is_broken_and_no_more(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever is sent one and checks it reads nothing but the bundle, in bounded memory."""
    for number, (attack, says) in enumerate(ATTACKS):
        sent = bundle.parent / f"sent-{number}" / "evidence"
        shutil.copytree(bundle, sent)
        attack(sent)
        _restate(sent)
        assert verify.main([str(sent)]) == 5
        said = capsys.readouterr().out
        assert said.startswith("BROKEN: ")
        assert says in said


def test_a_hostile_bundle_cannot_write_its_own_verdict(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its words are shown, but none erases or adds a line on the reader's terminal."""
    forged = "\x1b[1A\x1b[2K\u202ewhole: 9 files"
    url = f"https://a.example/\n{forged}"
    _edit(bundle / "manifest.json", lambda manifest: manifest["source"].update(url=url))
    assert verify.main([str(bundle)]) == 0
    (bundle / forged).write_text("x")
    assert verify.main([str(bundle)]) == 5
    said = capsys.readouterr().out
    assert said.count("\\x1b[1A") == 2
    assert said.isascii()
    assert said.replace("\n", "").isprintable()
    assert "\nwhole" not in said


def test_the_command_writes_a_bundle_once(program: Program) -> None:
    """Into a zip file beside nothing else; what is not there is a clear error."""
    program.write(f'[[source]]\nid = "acme"\nname = "Privacy policy"\nurl = "{URL}"\n')
    story(WarcFile(program.folder / "in.warc.gz"), "aabb")
    program("import", "warc", "in.warc.gz", "--all")
    said = program("export", "bundle", "acme", "--change", "1")
    assert said.startswith("acme-evidence.zip: head of the chain ")
    done = program.run("export", "bundle", "acme")
    assert (done.returncode, "--force" in done.stderr) == (2, True)
    done = program.run("export", "bundle", "acme", "--change", "9", "-o", "x")
    assert (done.returncode, "acme has no change 9" in done.stderr) == (2, True)
    assert not (program.folder / "x").exists()
