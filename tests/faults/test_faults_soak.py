"""Nothing is lost and nothing invented while the daemon is killed and all around it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from soak import soak

if TYPE_CHECKING:
    from pathlib import Path

SEED = 3


@pytest.mark.timeout(240)
def test_killed_daemons_lose_nothing_and_invent_nothing(tmp_path: Path) -> None:
    """Every change reaches every live channel under one key; `make soak` is the long form."""
    counts, account = soak(tmp_path, kills=6, seed=SEED, limit_s=30, installed=False)
    print(f"seed {SEED}\n{counts}")  # noqa: T201 - its purpose
    assert not account.faults()
    assert not counts.excess()
    assert counts.kills >= 3
    assert counts.found["changes"] >= 6
    assert counts.found["refused for good"] >= counts.found["changes"]
