"""Desks to import at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from import_desk import Desk, open_desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Open a desk."""
    with open_desk(tmp_path / "one.db") as made:
        yield made


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Desk]:
    """Open another one."""
    with open_desk(tmp_path / "two.db") as made:
        yield made
