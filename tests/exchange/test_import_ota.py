"""Declarations and snapshots of Open Terms Archive: sources with their rules, and their past."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from warc_files import BODIES, WarcFile, day

from monitor.errors import UsageError
from monitor.exchange.drafts import carried
from monitor.exchange.history import History
from monitor.exchange.ota import declared
from monitor.exchange.skipped import UnusableError
from monitor.exchange.snapshots import Snapshots
from monitor.model import Source

if TYPE_CHECKING:
    from pathlib import Path

    from import_desk import Desk
    from surroundings import Program

URL = "https://www.example.org/privacy"
DECLARATION = {
    "name": "Acme Inc",
    "terms": {
        "Privacy Policy": {
            "fetch": URL,
            "select": [{"startBefore": "h1", "endBefore": "aside"}],
            "remove": ["nav", {"startAfter": "#x", "endAfter": "#y"}],
            "filter": ["removeIds", {"removeQueryParams": ["sig"]}],
        },
        "Trackers Policy": {"fetch": "https://www.example.org/cookies", "select": "main, p:nope("},
    },
}


class Repository:
    """A repository of snapshots, as the engine commits them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._git("init", "--quiet", "--initial-branch=main")

    def commit(self, path: str, body: bytes, number: float) -> None:
        """Record one page on a day."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
        self._git("add", "--all")
        self._git("commit", "--quiet", f"--message=Record new changes of {path}", at=number)

    def _git(self, *arguments: str, at: float = 0) -> None:
        when = f"{int(day(at).timestamp())} +0000"
        who = ("-c", "user.name=Bot", "-c", "user.email=bot@example.org")
        environ = os.environ | {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        command = ["git", *who, *arguments]
        subprocess.run(command, cwd=self.folder, env=environ, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Record a history of two pages, of which one is wanted."""
    made = Repository(tmp_path / "snapshots")
    for number, letter in enumerate("aabxbac"):
        made.commit("Acme/Privacy Policy.html", BODIES[letter](), number)
        made.commit("Other/Privacy Policy.html", BODIES["a"](), number)
    made.commit("README.md", b"# Snapshots", 9)
    return made


def _declare(folder: Path, declaration: object, name: str = "Acme.json") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(declaration))
    return folder


def test_selectors_and_ranges_are_kept_and_programs_are_told(tmp_path: Path) -> None:
    """What is needless here is passed over in silence; what is lost is one line each."""
    folder = _declare(tmp_path / "declarations", DECLARATION)
    _declare(folder, {"Privacy Policy": []}, "Acme.history.json")
    privacy, cookies = carried((terms.draft for terms in declared([tmp_path])), ())
    assert privacy.entry == {
        "id": "acme-inc-privacy-policy",
        "site": "Acme Inc",
        "kind": "privacy-policy",
        "name": "Privacy Policy",
        "url": URL,
        "select": [{"start_before": "h1", "end_before": "aside"}],
        "remove": ["nav", {"start_after": "#x", "end_after": "#y"}],
    }
    assert privacy.lost == (
        "filter removeIds: is a program; nothing is run here",
        "history: what was declared before is not carried over",
    )
    assert cookies.entry is not None
    assert cookies.entry["kind"] == "cookie-policy"
    assert "select" not in cookies.entry
    assert any(
        line.startswith('select: "main, p:nope(" is no CSS selector') for line in cookies.lost
    )


def test_combined_pages_share_what_they_have_in_common(tmp_path: Path) -> None:
    """What all pages say is said once, what differs is said of each."""
    terms = {
        "select": "main",
        "combine": [{"fetch": "https://e.org/1"}, {"fetch": "https://e.org/2", "remove": ".x"}],
    }
    folder = _declare(tmp_path / "d", {"name": "A", "documents": {"Community Guidelines": terms}})
    (found,) = declared([folder])
    assert found.combined
    assert found.draft.entry | {"site": "", "kind": "", "name": ""} == {
        "site": "",
        "kind": "",
        "name": "",
        "url": "https://e.org/1",
        "select": ["main"],
        "pages": [{"url": "https://e.org/1"}, {"url": "https://e.org/2", "remove": [".x"]}],
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [("{", "is no JSON"), ("[]", "is no declaration"), ('{"name": "A"}', '"terms" is missing')],
)
def test_what_is_no_declaration_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """With the name of the file."""
    (tmp_path / "Acme.json").write_text(text)
    with pytest.raises(UsageError, match=f"Acme.json: .*{says}"):
        list(declared([tmp_path]))


def test_commits_are_captures_of_their_dates(
    desk: Desk, second: Desk, repository: Repository, tmp_path: Path
) -> None:
    """They come to what the same captures in a WARC file come to; the second time to nothing."""
    file = WarcFile(tmp_path / "same.warc.gz")
    source = Source("acme", "Acme", "privacy-policy", "Privacy policy", URL, notify=("mail",))
    with Snapshots(repository.folder, {"Acme/Privacy Policy": URL}).opened() as trove:
        for place in trove.places(URL):
            file.add(trove.capture(URL, place).body, place.at)
        list(History(desk.pipeline, source, trove).feed())
        again = History(desk.pipeline, source, trove)
        assert list(again.feed()) == []
    assert again.skipped == {"known": 7}
    second.feed(file.path)
    assert desk.known() == second.known()
    assert len(desk.archive.versions("acme")) == 3


def test_what_cannot_be_a_page_is_left_out(repository: Repository) -> None:
    """Pages of more than 20 MB are read over, and the next one is whole."""
    repository.commit("Acme/Privacy Policy.html", b"x" * (20 * 1024 * 1024 + 1), 20)
    repository.commit("Acme/Privacy Policy.pdf", b"%PDF-1.4", 21)
    with Snapshots(repository.folder, {"Acme/Privacy Policy": URL}).opened() as trove:
        *_, large, pdf = trove.places(URL)
        with pytest.raises(UnusableError) as caught:
            trove.capture(URL, large)
        found = trove.capture(URL, pdf)
    assert caught.value.reason == "too_large"
    assert (found.body, found.media_type, found.charset) == (b"%PDF-1.4", "application/pdf", None)
    assert found.fetched_at == day(21)


def test_the_command_adds_sources_and_takes_their_past_over(
    program: Program, repository: Repository
) -> None:
    """Both at once, or one after the other; a folder that is no repository is refused."""
    assert repository.folder == program.folder / "snapshots"
    _declare(program.folder / "d", DECLARATION)
    command = ("import", "ota", "d", "--snapshots", "snapshots")
    program.write('[[source]]\nid = "one"\nurl = "https://one.example/terms"\n')
    done = program.run(*command)
    assert (done.returncode, "--write adds them" in done.stderr) == (2, True)
    done = program.run(*command, "--write", "--service", "Ac*")
    assert done.returncode == 0, done.stderr
    fed = done.stdout.splitlines()[-1]
    assert fed.startswith("acme-inc-privacy-policy: 7 captures: 1 blocked, 1 changed, 1 first")
    assert len(program.json("history", "acme-inc-privacy-policy")) == 2
    done = program.run("import", "ota", "d", "--snapshots", "d")
    assert (done.returncode, "d: git: fatal: not a git repository" in done.stderr) == (2, True)
