"""Why a check was, or was not, an alert; whether an alert deserved to be one; what was blocked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pages import page
from surroundings import Answer, Program, Site, publishing

CONFIG = """[defaults]
confirm_after = "{wait}"
allow_private = true
robots = false

[monitor]
host_spacing = "0s"

[[source]]
id = "english"
url = "{url}"
"""
LOGIN = (
    b"<title>Sign in</title><h1>Sign in</h1><form><input name=user><input type=password>"
    b"<button>Log in</button></form>"
)
TRAINING = b"<h2>4. Training</h2><p>We may use what you write to train our models.</p></main>"
CONTRACT = {
    "source", "change", "from_version", "to_version", "first_seen_at", "confirmed_at",
    "last_seen_unchanged_at", "verdict", "alert", "dates", "findings", "sections", "stats",
}  # fmt: skip


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Live through every outcome: first, quiet, pending, vanished, blocked, failed, changed."""
    program = Program(tmp_path_factory.mktemp("lived"))
    with publishing() as site:
        _live(program, site)
    return program


@pytest.fixture
def watched(lived: Program, program: Program, site: Site) -> Program:
    """Give a copy of what has lived, whose publisher a test may change."""
    program.write(CONFIG.format(url=site.url("/english"), wait="0s"))
    shutil.copy(lived.database, program.database)
    return program


def _live(program: Program, site: Site) -> None:
    program.write(CONFIG.format(url=site.url("/english"), wait="1h"))
    plain, more = page("english"), page("english").replace(b"</main>", TRAINING)
    for body, status, expected in (
        (plain, 200, 0),
        (plain, 200, 0),
        (plain, 200, 0),
        (more, 200, 0),
        (plain, 200, 0),
        (LOGIN, 200, 4),
        (b"gone", 404, 4),
    ):
        site.answers["/english"] = Answer(body, status)
        program("check", expect=expected)
    program.write(CONFIG.format(url=site.url("/english"), wait="0s"))
    site.answers["/english"] = Answer(more)
    program("check")
    assert not list(program.folder.glob("*-wal"))


def test_checks_say_why_each_was_no_alert(watched: Program) -> None:
    """Gate, guard, verdict, rule and words are told of every check."""
    found = watched.json("checks", "english")
    assert [(one["outcome"], one["stage"], one["rule"]) for one in found] == [
        ("changed", "confirmation", "at_once"),
        ("failed", "fetch", "status"),
        ("blocked", "guard", "login"),
        ("unchanged", "body", "vanished"),
        ("pending", "confirmation", "once"),
        ("unchanged", "body", "same"),
        ("unchanged", "body", "same"),
        ("first", "extract", "first"),
    ]
    assert [one["alert"] for one in found] == [True] + [False] * 7
    assert "train our models" in found[3]["words"][1]
    assert "train our models" in found[4]["words"][0]
    assert found[4]["verdict"] == "changed"
    assert all(one["why"] for one in found)
    assert all(len(words) <= 200 for one in found for words in one["words"])
    shown = watched("checks", "english", "--limit", "3")
    assert "not the policy (login: a login page); kept in quarantine" in shown
    assert "vanished" not in shown


def test_history_of_everything_interleaves_the_checks(watched: Program) -> None:
    """Checks that found something are told between the changes; quiet ones are counted."""
    shown = watched("history", "english", "--all")
    lines = [line for line in shown.splitlines() if line.startswith("  2")]
    assert "1 section changed" in lines[0]
    words = [line.split()[2] for line in lines[1:6]]
    assert words == ["failed", "blocked", "unchanged", "pending", "2"]
    assert "2 checks found nothing new" in lines[5]
    assert "seen before and gone again" in lines[3]
    assert "waits for no second capture" in shown


def test_history_as_json_keeps_its_shape(watched: Program) -> None:
    """Plain JSON lists changes only; --all adds checks, with every key that changes have."""
    (change,) = watched.json("history", "english")
    assert change.keys() >= CONTRACT
    entries = watched.json("history", "english", "--all")
    assert [entry["entry"] for entry in entries] == [
        "change", "check", "check", "check", "check", "quiet", "check",
    ]  # fmt: skip
    assert all(entry.keys() >= CONTRACT for entry in entries)
    assert [entry["alert"] for entry in entries] == [True] + [False] * 6
    assert entries[0]["explanation"]["rule"] == "at_once"
    assert entries[5]["checks"] == 2


def test_a_later_review_replaces_an_earlier_one(watched: Program) -> None:
    """A verdict is shown in the history and counted in the precision."""
    watched("review", "1", "real")
    watched("review", "1", "noise", "--note", "office hours")
    (change,) = watched.json("history", "english")
    assert (change["review"]["verdict"], change["review"]["note"]) == ("noise", "office hours")
    assert "reviewed noise" in watched("history", "english")
    found = watched.json("status", "--precision")
    expected = {"alerts": 1, "reviewed": 1, "noise": 1, "unreviewed": 0, "precision": 0.0}
    assert expected.items() <= found["overall"].items()
    assert expected.items() <= found["sources"][0].items()
    watched("review", "1", "real")
    assert "100.0%" in watched("status", "--precision")
    refused = watched.run("review", "9", "real")
    assert (refused.returncode, "no change 9" in refused.stderr) == (2, True)


def test_alerts_nobody_reviewed_have_no_precision(watched: Program) -> None:
    """Nothing is claimed of what nobody has judged."""
    found = watched.json("status", "--precision")["overall"]
    assert (found["alerts"], found["unreviewed"], found["precision"]) == (1, 1, None)
    assert "monitor review CHANGE" in watched("status", "--precision")


def test_what_was_blocked_can_be_looked_at(watched: Program, site: Site) -> None:
    """Status says since when and why; the quarantine has the words, and the bytes as they came."""
    site.answers["/english"] = Answer(LOGIN)
    watched("check", expect=4)
    (state,) = watched.json("status")
    assert state["state"] == "blocked"
    assert state["quarantine"]["reason"] == "login"
    since, checked = (
        datetime.fromisoformat(at)
        for at in (state["quarantine"]["since"], state["last_checked_at"])
    )
    # The page came a moment before the check was over, perhaps in the second before.
    assert abs(checked - since) < timedelta(minutes=1)
    shown = watched("status")
    assert "login: a login page" in shown
    assert "since " in shown
    (kept,) = watched.json("show", "english", "--quarantine")
    assert (kept["reason"], kept["status"], kept["size"]) == ("login", 200, len(LOGIN))
    number = str(kept["capture"])
    assert watched("show", "english", "--quarantine").splitlines()[2].startswith(number)
    assert "Log in" in watched("show", "english", number, "--quarantine")
    assert watched("show", "english", number, "--quarantine", "--raw").encode() == LOGIN
    refused = watched.run("show", "english", "999", "--quarantine")
    assert (refused.returncode, f"there are: {number}" in refused.stderr) == (2, True)


def test_nothing_in_quarantine_is_said_plainly(program: Program, site: Site) -> None:
    """A source that was never blocked has an empty list."""
    program.write(CONFIG.format(url=site.url("/english"), wait="0s"))
    site.answers["/english"] = Answer(page("english"))
    program("check")
    assert "nothing is in quarantine" in program("show", "english", "--quarantine")
    assert program.json("show", "english", "--quarantine") == []


def test_the_scorer_runs_on_any_archive(watched: Program) -> None:
    """The figures of an archive are printed by source and as a whole."""
    watched("review", "1", "real")
    script = Path(__file__).parents[2] / "benchmarks" / "archive_precision.py"
    command = [sys.executable, str(script), str(watched.database)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert shown.splitlines()[1].split() == [
        "english", "8", "1", "1", "100.0%", "142.9", "1", "0", "2", "1",
    ]  # fmt: skip
    answer = subprocess.run([*command, "--json"], check=True, capture_output=True, text=True)
    assert [one["source"] for one in json.loads(answer.stdout)] == ["english", "all"]
