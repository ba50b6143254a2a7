"""Many hostile publishers at once: each fails under its name, and honest ones are not delayed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hostile_publishers import HOLDING, WASTEFUL, besieging

from monitor.dispatch import Dispatcher, sweep
from monitor.model import Failed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostile_publishers import Publishers
    from watching_line import Line

    from monitor.model import Source
    from monitor.pipeline import Checked

TIMEOUT = timedelta(seconds=1)
SLOW_AFTER = timedelta(seconds=0.5)
PATIENCE = timedelta(seconds=20)


@pytest.fixture
def publishers() -> Iterator[Publishers]:
    """Give publishers of every kind."""
    with besieging() as found:
        yield found


def _sources(
    line: Line, kind: str, addresses: list[str], timeout: timedelta = PATIENCE
) -> list[Source]:
    return [
        replace(line.source, id=f"{kind}-{number}", kind=kind, url=address, timeout=timeout)
        for number, address in enumerate(addresses)
    ]


def _failure(checked: Checked) -> str:
    outcome = checked.check.outcome
    return outcome.kind if isinstance(outcome, Failed) else "read"


def test_many_who_hold_their_visitors_delay_nobody_else(line: Line, publishers: Publishers) -> None:
    """Those that were slow once do not take the places of those that were not."""
    hostile = _sources(line, "hostile", publishers.open(24, *HOLDING), TIMEOUT)
    honest = _sources(line, "honest", publishers.honest(8))
    line.archive.adopt([*hostile, *honest], line.now)
    with Dispatcher(line.pipeline, workers=4, slow_after=SLOW_AFTER) as dispatcher:
        first = list(sweep(dispatcher, [*hostile, *honest], taken=lambda _: None))
        kinds = Counter((one.check.source.kind, _failure(one)) for one in first)
        assert kinds == {("hostile", "timeout"): 24, ("honest", "read"): 8}

        told = sweep(dispatcher, [*hostile, *honest], taken=lambda _: None)
        order: list[str] = []
        while order.count("honest") < len(honest):
            order.append(next(told).check.source.kind)
        # All of them were asked for first, and four of them at once would take the whole of it.
        assert order.count("hostile") <= 16
        dispatcher.release()


def test_wasteful_answers_fail_each_by_its_name(line: Line, publishers: Publishers) -> None:
    """Floods, bombs, broken promises and a hundred redirects, all at once, beside an honest one."""
    addresses = publishers.open(10, *WASTEFUL)
    found = _sources(line, "wasteful", addresses) + _sources(line, "honest", publishers.honest(1))
    line.archive.adopt(found, line.now)
    with Dispatcher(line.pipeline) as dispatcher:
        checked = sweep(dispatcher, found, taken=lambda _: None)
        kinds = {one.check.source.id: _failure(one) for one in checked}
    expected = ["too_large", "too_large", "too_large", "protocol", "redirect_loop"] * 2
    assert [kinds[f"wasteful-{number}"] for number in range(10)] == expected
    assert kinds["honest-0"] == "read"
