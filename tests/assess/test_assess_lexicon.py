"""Words in files: those of the program are sound, one's own add to them, mistakes are told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from assess_pages import assessed, page
from hypothesis import given
from hypothesis import strategies as st

from monitor.assess import Vocabulary, shipped
from monitor.assess.phrases import compiled
from monitor.assess.rules import TOPICS, WEIGHTS
from monitor.assess.vocabulary import LANGUAGES, read
from monitor.errors import ConfigError
from monitor.lexicon import open_lexicon

if TYPE_CHECKING:
    from surroundings import Program

MANUAL = (Path(__file__).parents[2] / "docs" / "findings.md").read_text("utf-8")
SOURCES = Path(__file__).parents[2] / "monitor" / "assess"


@pytest.mark.parametrize("language", LANGUAGES)
def test_shipped_words_are_complete(language: str) -> None:
    """Every language has every list that English has, and none is empty."""
    english, words = shipped("en"), shipped(language)
    assert words.numbers
    for table, lists in english.lists.items():
        assert set(words.lists[table]) == set(lists)
        assert all(words.lists[table].values())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[topics", "is not TOML"),
        ('[topic]\ndata = ["x"]', "topic: unknown table (known here: modal, "),
        ('[topics]\ndate = ["x"]', "topics.date: unknown list (known here: "),
        ('[topics]\ndata = "x"', "topics.data: must be a list of words"),
        ('[topics]\ndata = ["*", 7]', "topics.data: '*' is no word"),
        ('[topics]\ndata = ["x "]', "topics.data: 'x ' begins or ends with a blank"),
        ("[numbers]\nmany = true", "numbers.many: must be a whole number"),
    ],
    ids=["toml", "table", "list", "no_list", "no_word", "blank", "number"],
)
def test_a_mistake_is_told_with_its_key(text: str, fault: str) -> None:
    """File, key, what is wrong, what to do."""
    with pytest.raises(ConfigError) as error:
        read(text, "lexicon/en.toml")
    assert f"lexicon/en.toml: {fault}" in str(error.value)


def test_own_words_add_to_those_of_the_program(tmp_path: Path) -> None:
    """A word in the file fires its rule beside those that did; others stay as they were."""
    (tmp_path / "en.toml").write_text('[topics]\ndata = ["telemetry"]\n', "utf-8")
    (tmp_path / "tlh.toml").write_text('[topics]\ndata = ["jagh"]\n', "utf-8")
    lexicon = open_lexicon(tmp_path)
    old, new = page("We keep some of it."), page("We keep some of it, and telemetry of it.")
    assert "significance.data" not in {one.rule for one in assessed(old, new).findings}
    found = assessed(old, new, lexicon=lexicon)
    assert "significance.data" in {one.rule for one in found.findings}
    assert {"telemetry", "biometric*"} <= set(lexicon("en").lists["topics"]["data"])
    assert lexicon("de") == shipped("de")
    assert lexicon("tlh").lists["topics"] == {"data": ("jagh",)}


def test_a_folder_that_cannot_be_used_stops_everything(program: Program, tmp_path: Path) -> None:
    """Validating and checking say why, and exit as for any fault of the configuration."""
    source = '[monitor]\nlexicon = "words"\n[[source]]\nid = "a"\nurl = "https://a.example/"\n'
    program.write(source)

    def refused(command: str) -> str:
        done = program.run(command)
        assert done.returncode == 2
        return done.stderr

    assert "is no folder" in refused("validate")
    (tmp_path / "words").mkdir()
    assert "holds no .toml file" in refused("validate")
    (tmp_path / "words" / "en.toml").write_text("[topics]\nnone = []", "utf-8")
    assert "topics.none: unknown list" in refused("check")


@given(st.lists(st.sampled_from(["ab", "ab c", "abc*", "a.b", "第三", "x-y", "*ung"]), min_size=1))
def test_a_pattern_finds_each_of_its_words_and_whole_ones_only(words: list[str]) -> None:
    """Alone, in capitals, in a sentence; never inside another word, where words are parted."""
    pattern = compiled(words)
    for word in words:
        shown = word.replace("*", "")
        found = [one[0] for one in pattern.finditer(f"so {shown.upper()}, so")]
        assert found
        assert shown.upper() in found[0]
    assert not compiled(["ab"]).search("cab abc")


def test_every_rule_is_documented() -> None:
    """The manual has a row for each rule that can fire, with its weight where it has one."""
    code = "\n".join(path.read_text("utf-8") for path in SOURCES.glob("*.py"))
    literal = set(re.findall(r'"((?:effective|notice)\.\w+)"', code))
    named = {f"significance.{rule}" for rule in (*TOPICS, *WEIGHTS)}
    kinds = {f"announcement.{kind}" for kind in ("announced", "silent", "date_only", "backdated")}
    dates = {"announcement.date_removed", "announcement.date_added"}
    documented = set(re.findall(r"^\| `(\w+\.\w+)` \|", MANUAL, re.MULTILINE))
    assert documented == literal | named | kinds | dates
    for rule, weight in {**{key: t.weight for key, t in TOPICS.items()}, **WEIGHTS}.items():
        assert re.search(rf"^\| `significance\.{rule}` \|.*\| {weight} \|$", MANUAL, re.MULTILINE)


def test_no_words_are_no_findings() -> None:
    """Without a lexicon everything that needs no words is found all the same."""
    empty = Vocabulary({}, {})
    old, new = page("Write to one@a.example."), page("Write to two@a.example.")
    found = assessed(old, new, lexicon=lambda _: empty)
    assert found.announcement == "silent"
    assert {one.rule for one in found.findings} == {"announcement.silent", "significance.contact"}
