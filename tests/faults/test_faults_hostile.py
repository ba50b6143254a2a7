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

TIMEOUT = timedelta(seconds=2)
SLOW_AFTER = timedelta(seconds=1)
GIVES_WAY_AFTER = timedelta(seconds=0.05)
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


def _before_the_last_honest(told: Iterator[Checked], honest: int = 8) -> int:
    order: list[str] = []
    while order.count("honest") < honest:
        order.append(next(told).check.source.kind)
    return order.count("hostile")


def _failure(checked: Checked) -> str:
    outcome = checked.check.outcome
    return outcome.kind if isinstance(outcome, Failed) else "read"


def test_many_who_hold_their_visitors_delay_nobody_else(line: Line, publishers: Publishers) -> None:
    """Not when nobody is known to be slow, and not when those are waiting again that were."""
    hostile = _sources(line, "hostile", publishers.open(24, *HOLDING), TIMEOUT)
    honest = _sources(line, "honest", publishers.honest(8))
    line.archive.adopt([*hostile, *honest], line.now)
    with Dispatcher(
        line.pipeline, workers=3, slow_after=SLOW_AFTER, gives_way_after=GIVES_WAY_AFTER
    ) as dispatcher:
        first = list(sweep(dispatcher, [*hostile, *honest], taken=lambda _: None))
        kinds = Counter((one.check.source.kind, _failure(one)) for one in first)
        assert kinds == {("hostile", "timeout"): 24, ("honest", "read"): 8}
        # All of the hostile ones were asked for first; three at once would take sixteen seconds.
        assert _before_the_last_honest(iter(first)) <= 16

        told = sweep(dispatcher, [*hostile, *honest], taken=lambda _: None)
        assert _before_the_last_honest(told) <= 16
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
