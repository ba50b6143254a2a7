"""Messages through Apprise, to a real HTTP server."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor.errors import ConfigError, DeliveryError
from monitor.model import AppriseConfig, Message
from monitor.notify.channel import open_channel

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer

# Apprise's own plugins import it; it is gone from later Pythons, and Apprise is ready for that.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

TOKEN = "t0ken-of-a-chat"
MESSAGE = Message(
    "k", "t", datetime(2026, 3, 1, tzinfo=UTC), "Acme: 1 section changed", "long", "<p>", {},
    brief="1 section changed.\n• Sharing\nhttps://acme.example/",
)  # fmt: skip


def chat(httpserver: HTTPServer, *, timeout_s: float = 5) -> AppriseConfig:
    """Configure a channel that posts to the test's server."""
    url = f"json://127.0.0.1:{httpserver.port}/{TOKEN}"
    return AppriseConfig("chat", url, timedelta(seconds=timeout_s))


def test_apprise_sends_subject_and_brief(httpserver: HTTPServer) -> None:
    """The short form goes out, as text."""
    httpserver.expect_request(f"/{TOKEN}").respond_with_data("ok")
    channel = open_channel(chat(httpserver))
    assert channel.send(MESSAGE) == "JSON: accepted"
    channel.close()
    ((request, _),) = httpserver.log
    sent = request.get_json()
    assert sent["title"] == MESSAGE.subject
    assert sent["message"].splitlines() == MESSAGE.brief.splitlines()


@pytest.mark.parametrize(
    ("status", "permanent"), [(404, True), (401, True), (429, False), (503, False)]
)
def test_apprise_refusals_are_judged_by_their_status(
    httpserver: HTTPServer, *, status: int, permanent: bool
) -> None:
    """What will not get better is not tried again; the token is never repeated."""
    httpserver.expect_request(f"/{TOKEN}").respond_with_data(f"no {TOKEN}", status)
    with pytest.raises(DeliveryError) as caught:
        open_channel(chat(httpserver)).send(MESSAGE)
    assert caught.value.permanent == permanent
    assert str(status) in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_apprise_service_that_cannot_be_reached_is_tried_again(httpserver: HTTPServer) -> None:
    """A connection refused may be accepted later."""
    config = AppriseConfig("chat", f"json://127.0.0.1:1/{TOKEN}", timedelta(seconds=2))
    del httpserver
    with pytest.raises(DeliveryError) as caught:
        open_channel(config).send(MESSAGE)
    assert not caught.value.permanent


def test_apprise_address_of_no_service_is_a_fault() -> None:
    """It is named by its key, and not repeated."""
    with pytest.raises(ConfigError, match=r"channels\.chat\.url") as caught:
        open_channel(AppriseConfig("chat", f"wombat://{TOKEN}"))
    assert TOKEN not in str(caught.value)


def test_apprise_that_is_not_installed_says_how_to() -> None:
    """Without the extra, the channel's fault is how to install it."""
    code = (
        "import sys; sys.modules['apprise'] = None\n"
        "import importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name: None if name == 'apprise' else find(name)\n"
        "from monitor.model import AppriseConfig\n"
        "from monitor.notify.channel import open_channel\n"
        "try: open_channel(AppriseConfig('chat', 'json://h'))\n"
        "except Exception as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "policy-monitor[apprise]" in said.stdout
