"""Real pages and texts that stand beside the project, where they are there."""

from __future__ import annotations

import json
import re
import tarfile
from pathlib import Path

import pytest

import monitor
from monitor.extract import gate_digest

SHARED = (Path(__file__).parents[2] / "../shared").resolve()
SEEDS = SHARED / "seeds"
CORPUS = SHARED / "corpus"
seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not beside the project")
corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project")

HEADINGS = {
    "active-connections.txt": ["Sharing Your Information", "How Do We Protect Your Personal"],
    "anturazh.txt": ["Сбор и использование информации", "Безопасность", "Наши клиенты"],
    "jespionne.txt": ["WHAT INFORMATION WE COLLECT", "SECURITY MEASURES"],
    "rare-productions.txt": ["Personally Identifying Information", "Do-Not-Track Disclosures"],
    "smallrig.txt": ["INFORMATION THAT WE COLLECT", "Your Rights and Choices", "引言"],
}


def as_page(text: str) -> bytes:
    """Wrap a text in HTML, a paragraph a line."""
    lines = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    return f"<html><body><nav><a href=/>Home</a></nav><main>{lines}</main></body></html>".encode()


@seeds
@pytest.mark.parametrize("name", HEADINGS)
def test_seed_gives_its_dates_and_sections(name: str) -> None:
    """Each text, plain and as a page, states the dates a careful reader finds."""
    text = (SEEDS / name).read_text("utf-8")
    expected = json.loads((SEEDS / "expected.json").read_text("utf-8"))[name]
    plain = monitor.extract(text.encode(), media_type="text/plain", url=expected["url"] or "")
    for document in (plain, monitor.extract(as_page(text), url=expected["url"] or "")):
        dates = document.dates
        for label in ("updated", "effective", "last_updated"):
            found = getattr(dates, label)
            assert (found and found.value) == expected[label]
        assert document.language == expected["language"]
        headings = [section.heading for section in document.sections]
        missing = [
            wanted
            for wanted in HEADINGS[name]
            if not any(heading.startswith(wanted) for heading in headings)
        ]
        assert missing == []


def shown(markdown: str) -> str:
    """Strip Markdown of what a reader does not see."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", markdown)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[*_#>`|\\\-=]+", " ", re.sub(r"</?[a-zA-Z][^<>]*>", " ", text))


def grams(text: str) -> set[tuple[str, ...]]:
    """Cut a text into runs of four words."""
    words = re.findall(r"\w+", text.lower().replace("_", " "))
    return {tuple(words[place : place + 4]) for place in range(max(1, len(words) - 3))}


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the captures."""
    folder = tmp_path_factory.mktemp("corpus")
    with tarfile.open(CORPUS / "pages.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "blobs"


@corpus
def test_main_text_of_real_pages(blobs: Path) -> None:
    """Main text is what hand-written selectors find, on the mean and on the tenth worst."""
    scores = []
    gold_rows = json.loads((CORPUS / "gold.json").read_text("utf-8"))
    for row in [row for row in gold_rows if row["scored"]][::2]:
        gold = grams(shown((blobs / row["md"]).read_text("utf-8", "replace")))
        try:
            text = monitor.extract((blobs / row["html"]).read_bytes(), url=row["url"] or "").text
        except monitor.ExtractError:
            text = ""
        found = grams(text)
        scores.append(2 * len(found & gold) / (len(found) + len(gold)))
    scores.sort()
    assert sum(scores) / len(scores) >= 0.96
    assert scores[len(scores) // 10] >= 0.95


@corpus
def test_gates_of_real_pages(blobs: Path) -> None:
    """No real change has equal gates, and most pairs without one do."""
    gates: dict[str, str] = {}

    def gate(blob: str) -> str:
        if blob not in gates:
            gates[blob] = gate_digest((blobs / blob).read_bytes(), "text/html", None)
        return gates[blob]

    pairs = json.loads((CORPUS / "pairs.json").read_text("utf-8"))[::3]
    real = [pair for pair in pairs if pair["label"] in {"substantive", "date-only"}]
    assert [pair["id"] for pair in real if gate(pair["old"]) == gate(pair["new"])] == []
    still = [pair for pair in pairs if pair["label"] == "unchanged"]
    assert sum(gate(pair["old"]) == gate(pair["new"]) for pair in still) >= 0.85 * len(still)
