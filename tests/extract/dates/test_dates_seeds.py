"""Whole policies given as plain text, with the dates a careful person read in them."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import monitor
from monitor.extract.block import Block
from monitor.extract.dates import find_dates

if TYPE_CHECKING:
    from monitor.model import Dates

_SEEDS = (Path(__file__).parents[3] / "../shared/seeds").resolve()
_NAMES = ("active-connections", "anturazh", "jespionne", "rare-productions", "smallrig")

pytestmark = pytest.mark.skipif(not _SEEDS.is_dir(), reason="the shared seeds are not here")


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """Load what each seed states."""
    table: dict[str, Any] = json.loads((_SEEDS / "expected.json").read_text("utf-8"))
    return table


def _agree(dates: Dates, row: dict[str, Any]) -> None:
    fields = [field for field in ("last_updated", "updated", "effective", "bare") if field in row]
    found = {field: getattr(dates, field) for field in fields}
    values = {field: date.value if date else None for field, date in found.items()}
    assert values == {field: row[field] for field in fields}


@pytest.mark.parametrize("name", _NAMES)
def test_lines_of_a_seed(name: str, expected: dict[str, Any]) -> None:
    """The dates are read from the bare lines."""
    row = expected[f"{name}.txt"]
    lines = (_SEEDS / f"{name}.txt").read_text("utf-8").splitlines()
    blocks = [Block("text", " ".join(line.split())) for line in lines if line.strip()]
    dates = find_dates(blocks, title="", language=row["language"], url=row["url"] or "")
    _agree(dates, row)


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("media_type", ["text/plain", "text/html"])
def test_seed_through_the_extractor(name: str, media_type: str, expected: dict[str, Any]) -> None:
    """The same dates come out of the whole extraction, as text and wrapped in HTML."""
    row = expected[f"{name}.txt"]
    text = (_SEEDS / f"{name}.txt").read_text("utf-8")
    if media_type == "text/html":
        lines = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())
        text = f"<!doctype html><html><body><main>{lines}</main></body></html>"
    document = monitor.extract(text.encode(), url=row["url"] or "", media_type=media_type)
    _agree(document.dates, row)
