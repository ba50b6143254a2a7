from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from fetch_servers import FakeTime, MappedNetwork, Site

from monitor.fetch import Fetcher, Limits

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from fetch_servers import Answer


@pytest.fixture
def time() -> FakeTime:
    """Make time that passes only by sleeping."""
    return FakeTime()


@pytest.fixture(scope="session")
def usual_context() -> ssl.SSLContext:
    """Build the context that a fetcher would, once."""
    return httpx.create_ssl_context()


@pytest.fixture
def open_fetcher(time: FakeTime, usual_context: ssl.SSLContext) -> Iterator[Callable[..., Fetcher]]:
    """Open fetchers on the fake time, closed with the test."""
    opened: list[Fetcher] = []

    def open_one(limits: Limits | None = None, **given: object) -> Fetcher:
        usual = {"clock": time.now, "monotonic": time.monotonic, "sleep": time.sleep}
        given = usual | {"ssl_context": usual_context} | given
        opened.append(Fetcher(limits, **given))
        return opened[-1]

    yield open_one
    for fetcher in opened:
        fetcher.close()


@pytest.fixture
def fetcher(open_fetcher: Callable[..., Fetcher]) -> Fetcher:
    """Open a fetcher with the usual limits."""
    return open_fetcher()


@pytest.fixture
def mapped() -> MappedNetwork:
    """Make a network whose names the test decides."""
    return MappedNetwork()


@pytest.fixture
def open_site() -> Iterator[Callable[..., Site]]:
    """Open servers, closed with the test."""
    opened: list[Site] = []

    def open_one(
        pages: dict[str, bytes | Answer],
        context: ssl.SSLContext | None = None,
        kind: type[Site] = Site,
    ) -> Site:
        opened.append(kind(pages, context).__enter__())
        return opened[-1]

    yield open_one
    for site in opened:
        site.__exit__()
