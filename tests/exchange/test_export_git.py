"""Histories as a git repository: real commits, read back by git."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from import_desk import SOURCE
from warc_files import URL, WarcFile, day, story

from monitor.errors import UsageError
from monitor.exchange.git import Repository, steps, write_commits
from monitor.model import Document
from monitor.render.markdown import markdown

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

    from import_desk import Desk
    from surroundings import Program

AUTHOR = "Archive <archive@example.org>"


def _export(desk: Desk, folder: Path) -> int:
    repository = Repository(folder)
    wanted = steps(desk.archive, [SOURCE], repository.open())
    if wanted:
        parent = repository.head()
        repository.add(
            lambda out: write_commits(
                out, desk.archive, [SOURCE], wanted, parent=parent, author=AUTHOR
            )
        )
    return len(wanted)


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def _feed(desk: Desk, folder: Path, shown: str) -> None:
    file = WarcFile(folder / "in.warc.gz")
    story(file, shown)
    desk.feed(file.path)


def test_each_version_is_a_commit_of_its_captures_date(desk: Desk, tmp_path: Path) -> None:
    """The file is the text of the version; the message says what changed, and when at the most."""
    _feed(desk, tmp_path, "aabbcc")
    folder = tmp_path / "git"
    assert _export(desk, folder) == 3
    log = _git(folder, "log", "--reverse", "--format=%aI %cI %an <%ae> %s").splitlines()
    assert [line.split(" ", 1)[0] for line in log] == [
        f"{version.fetched_at:%Y-%m-%dT%H:%M:%S}+00:00" for version in desk.archive.versions("acme")
    ]
    assert log[1].endswith(f"{AUTHOR} Acme – Privacy policy: 1 section changed, date unchanged")
    for number, commit in enumerate(_git(folder, "rev-list", "--reverse", "HEAD").split(), 1):
        version = desk.archive.version("acme", number)
        assert version is not None
        assert _git(folder, "show", f"{commit}:acme.md") == markdown(version.document)
    body = _git(folder, "log", "-1", "--skip=1", "--format=%B")
    assert "Changed after 2025-01-02 12:00 UTC (last seen unchanged)" in body
    assert "  ~ Privacy Policy › 1. What we collect (6 words added)" in body
    patch = _git(folder, "log", "-p", "-1", "--skip=1")
    assert (
        "+We collect the e-mail address and the name you give when you register. We also" in patch
    )
    assert _git(folder, "status", "--porcelain") == ""


def test_a_second_export_adds_what_is_new(desk: Desk, second: Desk, tmp_path: Path) -> None:
    """It comes to the commits that one export would have come to; nothing new adds nothing."""
    folder = tmp_path / "git"
    file = WarcFile(tmp_path / "in.warc.gz")
    story(file, "aabaacc")
    desk.feed(file.path, stop=3)
    assert (_export(desk, folder), _export(desk, folder)) == (2, 0)
    (folder / "notes.txt").write_text("mine")
    desk.feed(file.path)
    assert _export(desk, folder) == 1
    second.feed(file.path)
    _export(second, tmp_path / "other")
    commits = _git(folder, "rev-list", "HEAD")
    assert commits == _git(tmp_path / "other", "rev-list", "HEAD")
    assert (folder / "notes.txt").exists()


def test_edits_of_others_are_not_lost(desk: Desk, tmp_path: Path) -> None:
    """A file that somebody edited stops the export, which then has changed nothing."""
    folder = tmp_path / "git"
    _feed(desk, tmp_path, "aab")
    _export(desk, folder)
    head = _git(folder, "rev-parse", "HEAD")
    (folder / "acme.md").write_text("my edit")
    _feed(desk, tmp_path, "aabaacc")
    with pytest.raises(UsageError, match="local changes"):
        _export(desk, folder)
    assert (folder / "acme.md").read_text() == "my edit"
    assert _git(folder, "for-each-ref", "--format=%(objectname)") == head


def test_nothing_of_a_page_passes_for_a_trailer(desk: Desk, tmp_path: Path) -> None:
    """Headings that look like trailers do not hide versions from the next export."""
    file = WarcFile(tmp_path / "in.warc.gz")
    lines = b"".join(b"<p>Paragraph %d of what we do with it.</p>" % n for n in range(30))
    for number, more in enumerate((b"", b"<h2>Policy-Version: acme 99</h2><p>New words here.</p>")):
        body = b"<main><h1>Privacy Policy</h1>" + lines + more + b"</main>"
        for again in (0, 1):
            file.add(b"<!doctype html>" + body, day(2 * number + again))
    desk.feed(file.path)
    folder = tmp_path / "git"
    assert (_export(desk, folder), _export(desk, folder)) == (2, 0)
    assert Repository(folder).open() == {"acme": 2}


def test_an_interrupted_export_leaves_no_trace(desk: Desk, tmp_path: Path) -> None:
    """Whatever ends it, the repository is as before."""
    folder = tmp_path / "git"
    _feed(desk, tmp_path, "aabb")
    repository = Repository(folder)
    repository.open()

    def broken(out: IO[bytes]) -> None:
        out.write(b"commit refs/heads/main\n")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        repository.add(broken)
    assert repository.head() is None
    assert _export(desk, folder) == 2


def test_the_command_says_what_it_added(program: Program) -> None:
    """Exit code 2 where the folder holds something else."""
    program.write(f'[[source]]\nid = "acme"\nname = "Privacy policy"\nurl = "{URL}"\n')
    story(WarcFile(program.folder / "in.warc.gz"), "aab")
    program("import", "warc", "in.warc.gz", "--all")
    assert program("export", "git", "out") == "out: 2 versions added, of 1 source\n"
    assert (program.folder / "out/acme.md").read_text().startswith("# Privacy Policy\n\n")
    done = program.run("export", "git", ".")
    assert (done.returncode, "neither empty nor a git repository" in done.stderr) == (2, True)
    done = program.run("export", "git", "out", "--author", "nobody")
    assert (done.returncode, "write 'Name <name@example.org>'" in done.stderr) == (2, True)


def test_markdown_shows_markup_and_runs_none() -> None:
    """Items and tables stay together; what Markdown or HTML would act on is escaped."""
    text = (
        "# Title\nRead <script>alert(1)</script> and ![x](https://t.example/p.png).\n"
        "- one\n- two\n| a | b |\n| c | d |\n---"
    )
    found = markdown(Document("Title", "en", (), text))
    assert found == (
        "# Title\n\n"
        "Read \\<script>alert(1)\\</script> and \\![x]\\(https://t.example/p.png).\n\n"
        "- one\n- two\n\n| a | b |\n| --- | --- |\n| c | d |\n\n\\---\n"
    )
