"""History as evidence, as a user meets it: checked, searched, asked about any day."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from pages import page
from surroundings import Answer, Program, Site

from monitor.owner import presence

CONFIG = """[defaults]
confirm_after = "0s"
allow_private = true
robots = false

[monitor]
host_spacing = "0s"

[[source]]
id = "english"
url = "{url}"
"""
TRAINING = b"<h2>4. Training</h2><p>We may use what you write to train our models.</p></main>"


@pytest.fixture
def watched(program: Program, site: Site) -> Program:
    """Watch a policy that gains a section."""
    program.write(CONFIG.format(url=site.url("/english")))
    for body in (page("english"), page("english").replace(b"</main>", TRAINING)):
        site.answers["/english"] = Answer(body)
        program("check")
    return program


def _refused(program: Program, *arguments: str) -> str:
    done = program.run(*arguments)
    assert done.returncode == 2
    return done.stderr


def test_verify_names_the_first_broken_link(watched: Program) -> None:
    """A history as it was recorded is whole; one that was touched is not, and says where."""
    whole = watched("verify")
    assert "english: 4 links whole, head " in whole
    (found,) = watched.json("verify", "english")
    assert (found["whole"], found["links"], found["breaks"]) == (True, 4, [])
    assert found["head"] in whole

    with closing(sqlite3.connect(watched.database)) as connection, connection:
        connection.execute("UPDATE snapshots SET fetched_at = '2020-01-01T00:00:00.000000Z'")
    broken = watched("verify", expect=5)
    assert "english: broken: link 1, capture 1, is not what was linked" in broken
    (found,) = watched.json("verify", expect=5)
    assert [entry["link"] for entry in found["breaks"]] == [1, 3]


def test_words_are_found_and_dated(watched: Program) -> None:
    """A search says where the words stand and since when; nothing found is an answer too."""
    (hit,) = watched.json("search", "train", "models")
    assert hit["text"] == "We may use what you write to train our models."
    assert (hit["path"][-1], hit["from_version"], hit["standing"]) == ("4. Training", 2, True)
    shown = watched("search", '"train our"', "--site", "english")
    assert "still there" in shown
    assert "No version" in watched("search", "zebra")
    assert "holds no word" in _refused(watched, "search", "…")
    assert "no source" in _refused(watched, "search", "train", "--site", "nobody")


def test_any_day_is_answered_with_its_certainty(watched: Program) -> None:
    """What was in force, and what has changed since; a day before the first capture is refused."""
    now = watched.json("show", "english", "--at", "0h")
    assert (now["version"], now["in_force"]["certainty"]) == (2, "open")
    assert "last seen" in watched.run("show", "english", "--at", "0h").stderr
    assert "not captured yet" in _refused(watched, "show", "english", "--at", "2001-01-01")
    assert "not both" in _refused(watched, "show", "english", "1", "--at", "1d")

    since = watched.run("diff", "english", "--since", "1y", "--sections")
    assert since.returncode == 1
    assert "4. Training" in since.stdout
    assert "not captured yet then" in since.stderr
    assert watched("diff", "english", "--since", "0h") == "No difference.\n"
    assert "not both" in _refused(watched, "diff", "english", "1", "--since", "1d")


def test_prune_tells_before_it_does(watched: Program, site: Site) -> None:
    """Nothing goes unless sources.toml says so; a quota that comes near is told by status."""
    assert "no keep_for and no keep_versions is set" in watched("prune", "--dry-run")
    kept = CONFIG.replace("[monitor]", '[monitor]\nquota = "1MB"').format(url=site.url("/english"))
    watched.write(kept.replace("[defaults]", '[defaults]\nkeep_for = "30d"'))
    with closing(sqlite3.connect(watched.database)) as connection, connection:
        connection.execute("UPDATE versions SET last_seen_at = '2020-01-01T00:00:00.000000Z'")
        connection.execute("UPDATE changes SET first_seen_at = '2020-01-01T00:00:00.000000Z'")
        connection.execute("UPDATE snapshots SET fetched_at = '2020-01-01T00:00:00.000000Z'")
        connection.execute("CREATE TABLE ballast AS SELECT randomblob(600000) AS weight")
    told = watched("prune", "--dry-run")
    assert told.startswith("english: would prune 1 version, 1 change, 1 capture, ")
    assert "The archive is at" in watched("status")
    (gone,) = watched.json("prune")
    assert (gone["versions"], gone["changes"], gone["captures"]) == (1, 1, 1)
    assert "nothing is old enough" in watched("prune", "--compact")
    assert watched.json("history", "english") == []
    assert watched.json("show", "english")["version"] == 2


def test_backup_and_restore(watched: Program, site: Site) -> None:
    """A copy brings back what was; a database that a monitor runs on is left alone."""
    copy = watched.folder / "copy.db"
    assert "1 source; `monitor restore` puts it back" in watched("backup", str(copy))
    assert watched.run("backup", str(copy)).returncode == 4
    site.answers["/english"] = Answer(page("english"))
    watched("check")
    head = watched.json("verify")[0]["head"]
    with presence(f"sqlite:///{watched.database}"):
        assert "runs on this database; stop it" in _refused(watched, "restore", str(copy))
    assert watched.json("verify")[0]["head"] == head
    assert "restored 1 source" in watched("restore", str(copy))
    assert watched.json("verify")[0]["links"] == 4
    assert watched.json("show", "english")["version"] == 2
    assert list(watched.folder.glob("monitor.db.replaced-*"))
