"""Pages as publishers build them: every sentence of the policy stays, and all around it goes.

In ``pages/`` a sentence that must stay is named as ``[[en1]]``, and words that must go stand in
``((…))``; the sentences are in ``sentences.toml``.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import monitor

FOLDER = Path(__file__).parent
SENTENCES = tomllib.loads((FOLDER / "sentences.toml").read_text("utf-8"))
PAGES = sorted((FOLDER / "pages").glob("*.html"))
KEPT = re.compile(r"\[\[(\w+)\]\]")
GONE = re.compile(r"\(\((.*?)\)\)(?!\))", re.DOTALL)


def page(file: Path) -> tuple[str, list[str], list[str]]:
    """Return a page, the sentences that stay and the words that go."""
    text = file.read_text("utf-8")
    stays = [SENTENCES[name] for name in KEPT.findall(text)]
    goes = GONE.findall(text)
    text = KEPT.sub(lambda match: SENTENCES[match[1]], text)
    return GONE.sub(lambda match: match[1], text), stays, goes


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_no_sentence_of_the_policy_is_lost(file: Path) -> None:
    """Losing policy text is worse than keeping a menu: a missed sentence is a missed change."""
    text, stays, _ = page(file)
    found = " ".join(monitor.extract(text.encode()).text.split())
    assert [sentence for sentence in stays if sentence not in found] == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_nothing_but_the_policy_is_kept(file: Path) -> None:
    """Menus, banners, forms and other articles are no part of a policy."""
    text, _, goes = page(file)
    found = " ".join(monitor.extract(text.encode()).text.split())
    assert [words for words in goes if " ".join(words.split()) in found] == []
