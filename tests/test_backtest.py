"""Edited rules, tried on the captures of the past before they are saved."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import pytest
from pages import page
from surroundings import Answer, Program, Site, publishing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONFIG = """[defaults]
confirm_after = "{wait}"
allow_private = true
robots = false
jitter = 0

[monitor]
host_spacing = "0s"

[[source]]
id = "english"
url = "{url}"
{rules}
"""
OFFICE = "<p>Our office is open until {} on all days of the week.</p>"
PARTNERS = "<h2>4. Partners</h2><p>We share your data with partners in every country.</p>"


class Watched:
    """A source with a past, and the configurations that might be its future."""

    def __init__(self, program: Program, site: Site) -> None:
        self.program = program
        self.site = site
        self.save()

    def serve(self, *more: str, changed: bool = False) -> None:
        """Publish the policy with more paragraphs."""
        body = page("english", changed=changed)
        text = body.replace(b"</main>", "".join(more).encode() + b"</main>")
        self.site.answers["/english"] = Answer(text)

    def config(self, rules: str = "", wait: str = "0s") -> str:
        return CONFIG.format(url=self.site.url("/english"), rules=rules, wait=wait)

    def save(self, rules: str = "", wait: str = "0s") -> None:
        self.program.write(self.config(rules, wait))

    def edited(self, rules: str = "", wait: str = "0s") -> Path:
        """Write a configuration beside the saved one."""
        path = self.program.folder / "edited.toml"
        path.write_text(self.config(rules, wait), "utf-8")
        path.chmod(0o600)
        return path


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Record two alerts: office hours, which somebody may find to be noise, and a real one."""
    with publishing() as site:
        found = Watched(Program(tmp_path_factory.mktemp("past")), site)
        found.serve(OFFICE.format("five o'clock"))
        found.program("check")
        found.serve(OFFICE.format("seven o'clock"))
        found.program("check")
        found.serve(OFFICE.format("seven o'clock"), PARTNERS)
        found.program("check")
        assert [one["change"] for one in found.program.json("history", "english")] == [2, 1]
        yield found


@pytest.fixture
def watched(past: Watched, tmp_path: Path) -> Watched:
    """Give each test the same past, and a future of its own."""
    shutil.copytree(past.program.folder, tmp_path, dirs_exist_ok=True)
    return Watched(Program(tmp_path), past.site)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_rules_lead_to_the_same_alerts(watched: Watched) -> None:
    """Replaying the past under the rules in force finds what was recorded, and no difference."""
    (found,) = watched.program.json("backtest", "english")
    assert found["before"] == found["after"] == {"alerts": 2, "blocked": 0}
    assert found["captures"] == 3
    assert (found["appear"], found["disappear"], found["altered"]) == ([], [], [])
    assert found["not_judged"] == []


def test_an_alert_that_edited_rules_ignore_disappears(watched: Watched) -> None:
    """It is named by its number, with what a person thought of it; nothing is touched."""
    watched.program("review", "1", "noise")
    edited = watched.edited("""ignore = ["/open until \\\\w+ o'clock/"]""")
    before = _digest(watched.program.database)
    (found,) = watched.program.json("backtest", "english", "--config", str(edited), expect=1)
    (gone,) = found["disappear"]
    assert gone["change"] == 1
    assert gone["review"]["verdict"] == "noise"
    assert "seven" in gone["words"][0]
    assert found["appear"] == []
    assert found["after"]["alerts"] == 1
    assert _digest(watched.program.database) == before

    shown = watched.program("backtest", "english", "--config", str(edited), expect=1)
    assert "disappear" in shown
    assert "reviewed noise" in shown
    assert "Only captures that were kept" in shown


def test_an_alert_that_edited_rules_no_longer_hold_back_appears(watched: Watched) -> None:
    """What waits to be confirmed under the rules in force would be told under others."""
    watched.save(wait="1h")
    watched.serve(OFFICE.format("seven o'clock"), PARTNERS, "<h2>5. Sale</h2><p>We sell it.</p>")
    assert watched.program.json("check")[0]["outcome"] == "pending"
    (found,) = watched.program.json(
        "backtest", "english", "--config", str(watched.edited(wait="0s")), expect=1
    )
    (come,) = found["appear"]
    assert come["change"] is None
    assert come["sections"][0]["path"][-1] == "5. Sale"
    assert found["disappear"] == []


def test_an_alert_in_other_words_is_no_difference_that_counts(watched: Watched) -> None:
    """A rule that takes one of two changed sections away alters the alert and keeps it."""
    watched.serve(OFFICE.format("nine o'clock"), PARTNERS, changed=True)
    watched.program("check")
    edited = watched.edited("""ignore = ["/open until \\\\w+ o'clock/"]""")
    (found,) = watched.program.json("backtest", "english", "--config", str(edited), expect=1)
    (altered,) = found["altered"]
    assert altered["before"]["change"] == 3
    assert len(altered["before"]["sections"]) == 2
    assert len(altered["after"]["sections"]) == 1


def test_rules_that_find_no_policy_say_so(watched: Watched) -> None:
    """A selector that cuts everything loses every alert, and the reason is told."""
    edited = watched.edited('remove = "body"')
    shown = watched.program("backtest", "english", "--config", str(edited), expect=1)
    assert "3 captures more could not be read" in shown


def test_the_past_is_replayed_under_the_rules_of_its_time(watched: Watched) -> None:
    """Once edited rules are saved, the backtest still knows which alerts the old ones made."""
    watched.save("""ignore = ["/open until \\\\w+ o'clock/"]""")
    watched.program("check")
    (found,) = watched.program.json("backtest", "english", expect=1)
    assert [alert["change"] for alert in found["disappear"]] == [1]
    assert found["not_judged"] == []


def test_a_source_that_the_edited_file_lacks_is_refused(watched: Watched) -> None:
    """The message names the file and the source."""
    path = watched.edited()
    path.write_text(path.read_text("utf-8").replace('"english"', '"german"'), "utf-8")
    done = watched.program.run("backtest", "english", "--config", str(path))
    assert done.returncode == 2
    assert "edited.toml has no source english" in done.stderr
