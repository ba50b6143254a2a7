"""What every test may ask for: a publisher, a mail server, a webhook receiver, the program."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from postgres_server import postgres_server
from surroundings import Mailbox, Program, Receiver, Site, publishing, receiving, taking_mail
from watching_line import Line, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What a shell without job control starts in the background ignores Ctrl-C, and so would every
# program that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes on a busy machine says nothing about the program.
settings.register_profile("suite", max_examples=50, deadline=None)
settings.load_profile("suite")


# For `make fuzz`: as long as somebody has patience.
settings.register_profile(
    "fuzz", max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve pages that the test decides."""
    with publishing() as published:
        yield published


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Take webhooks and verify each signature."""
    with receiving() as taken:
        yield taken


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Run a real SMTP server."""
    with taking_mail() as box:
        yield box


@pytest.fixture
def line(site: Site, tmp_path: Path) -> Iterator[Line]:
    """Give a line with a clock of the test's."""
    with opened(site, tmp_path) as built:
        yield built


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Give the installed program, nothing configured yet."""
    return Program(tmp_path)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Run one PostgreSQL server for the session and return its address, database name last."""
    with postgres_server() as address:
        yield address
