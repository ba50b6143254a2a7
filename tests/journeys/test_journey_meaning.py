"""What a change means and where every passage comes from, as a user asks for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pages import page
from surroundings import Answer, Program, Site

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
SHORT, LONG = b"for 30 days after", b"for 24 months after"
RENAMED = (b"<h2>2. Retention</h2>", b"<h2>3. How long we keep it</h2>")
TRAINING = b"<h2>2. Training</h2><p>We may use what you write to train our models.</p>"


@pytest.fixture
def watched(program: Program, site: Site) -> Program:
    """Watch a policy that is edited; then gains a section before one that it renames; then not."""
    program.write(CONFIG.format(url=site.url("/english")))
    first = page("english")
    second = first.replace(SHORT, LONG)
    third = second.replace(RENAMED[0], TRAINING + RENAMED[1])
    for body in (first, second, third, third.replace(LONG, SHORT)):
        site.answers["/english"] = Answer(body)
        program("check")
    return program


def _passage(answer: dict[str, Any], words: str) -> dict[str, Any]:
    passages = [one for section in answer["sections"] for one in section["passages"]]
    (found,) = [one for one in passages if words in one["text"]]
    return found


def test_blame_tells_where_each_passage_comes_from(watched: Program) -> None:
    """First seen, last changed, in place of what; sections keep their identity."""
    third = watched.json("blame", "english", "3")
    kept = _passage(third, "24 months")
    assert (kept["first_version"], kept["changed_version"]) == (1, 2)
    assert "for 30 days after" in kept["replaced"]
    assert kept["first_seen_at"] <= kept["changed_at"]
    assert _passage(third, "train our models")["first_version"] == 3
    by_id = {section["id"]: section for section in third["sections"]}
    assert by_id["v1-3"]["heading"] == "3. How long we keep it"
    assert by_id["v1-3"]["former_names"] == [{"heading": "2. Retention", "until_version": 2}]
    assert by_id["v3-3"]["heading"] == "2. Training"

    back = _passage(watched.json("blame", "english"), "30 days")
    assert (back["first_version"], back["changed_version"], back["returned_from"]) == (1, 4, 1)
    assert "24 months" in back["replaced"]

    # For people: version and day of each passage; --changed leaves out what is as it was.
    shown = watched("blame", "english")
    assert "section v1-3, there since v1 · changed in v4 · called “2. Retention” until v2" in shown
    assert "back again, gone after v1" in shown
    assert "in place of: We keep account records for 24 months" in shown
    assert "Write to privacy@example.org" in shown
    changed = watched("blame", "english", "--changed")
    assert "30 days" in changed
    assert "Write to privacy@example.org" not in changed
    assert "Nothing has changed since version 1." in watched("blame", "english", "1", "--changed")
    refused = watched.run("blame", "english", "9")
    assert (refused.returncode, "4 versions recorded" in refused.stderr) == (2, True)


def test_assess_tells_and_keeps(watched: Program) -> None:
    """Recorded changes are assessed again by words of one's own; --dry-run keeps nothing."""
    before = watched.json("history", "english")
    assert [change["announcement"] for change in before] == ["silent"] * 3
    longer = before[-1]
    assert "significance.retention" in {finding["rule"] for finding in longer["findings"]}

    (watched.folder / "words").mkdir()
    (watched.folder / "words" / "en.toml").write_text('[topics]\nrights = ["account records"]\n')
    written = watched.config.read_text("utf-8")
    watched.write(written.replace("[monitor]", '[monitor]\nlexicon = "words"'))
    told = watched.json("assess", "english", "--dry-run")
    by_change = {one["change"]: one for one in told}
    assert watched.json("history", "english") == before
    assert watched.json("assess") == told
    after = watched.json("history", "english")
    for change in after:
        assert change["findings"] == by_change[change["change"]]["findings"]
        assert change["score"] == by_change[change["change"]]["score"]
    assert [change["summary"] for change in after] == [change["summary"] for change in before]
    assert longer["summary"] in watched("assess", "english", "--dry-run").replace("\n", " ")

    (watched.folder / "words" / "en.toml").write_text("[topics]\nrights = 3\n")
    assert "topics.rights" in watched.run("assess", "english").stderr


def test_diff_json_holds_words_and_meaning(watched: Program) -> None:
    """One answer has the words by section, the patch, and what the change means."""
    done = watched.run("diff", "english", "1", "2", "--json")
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    (edit,) = answer["sections"]
    assert (edit["op"], edit["path"][-1]) == ("edited", "2. Retention")
    (hunk,) = edit["hunks"]
    assert [text.strip() for kind, text in hunk["runs"] if kind == "removed"] == ["30 days"]
    assert [text.strip() for kind, text in hunk["runs"] if kind == "added"] == ["24 months"]
    assert answer["unified_diff"].startswith("--- english/1\n+++ english/2\n@@")
    (change,) = [one for one in watched.json("history", "english") if one["to_version"] == 2]
    for key in ("change", "announcement", "summary", "score", "findings"):
        assert answer[key] == change[key]
    across = watched.run("diff", "english", "1", "3", "--json")
    assert (across.returncode, json.loads(across.stdout)["change"]) == (1, None)
    assert watched.json("diff", "english", "1", "1")["sections"] == []
