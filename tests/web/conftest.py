"""One archive and one running web view for all tests of the web; both are only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
import web_pages

from monitor.record import Archive
from monitor.web.opening import Opening, open_view

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Return an archive with policies of several kinds, and some trouble."""
    folder: Path = tmp_path_factory.mktemp("web")
    with Archive.open(f"sqlite:///{folder / 'monitor.db'}") as archive:
        web_pages.fill(archive, folder)
        yield archive


@pytest.fixture(scope="session")
def view(filled: Archive) -> Iterator[str]:
    """Serve it on this machine and return the address, without a slash at the end."""
    with open_view(filled, Opening("127.0.0.1", 0), lambda: web_pages.NOW) as address:
        yield address.rstrip("/")


@pytest.fixture(scope="session")
def client(view: str) -> Iterator[httpx.Client]:
    """Ask it."""
    with httpx.Client(base_url=view) as opened:
        yield opened
