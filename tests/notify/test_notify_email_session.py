"""Connections that carry several messages: kept, given back, and lost without a loss."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from monitor.errors import DeliveryError
from monitor.notify import email, open_channel

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Mailbox

    from monitor.model import EmailConfig, Message

    Serve = Callable[..., Mailbox]
    Config = Callable[..., EmailConfig]


def _numbered(message: Message, number: int) -> Message:
    return replace(message, key=f"change-{number}.mail")


def test_a_session_keeps_its_connection(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """Messages of one session share a connection; the next session opens its own."""
    mailbox = serve("none")
    channel = open_channel(email_config(mailbox, security="none"))
    for _ in range(2):
        with channel.session():
            for number in range(3):
                assert channel.send(_numbered(message, number)).startswith("250")
    assert len(mailbox.mails) == 6
    assert [len(set(mailbox.peers[at : at + 3])) for at in (0, 3)] == [1, 1]
    assert len(set(mailbox.peers)) == 2


@pytest.mark.usefixtures("trusted")
def test_a_session_keeps_an_encrypted_connection_logged_in(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """One handshake and one login serve all messages."""
    mailbox = serve(login=True)
    config = email_config(mailbox, username="monitor", password="correct horse battery")
    channel = open_channel(config)
    with channel.session():
        for number in range(3):
            channel.send(_numbered(message, number))
    assert all(mailbox.secure)
    assert len(mailbox.logins) == 1


def test_a_connection_ended_between_messages_fails_none(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """A server that hangs up after each message gets the next one over a new connection."""
    mailbox = serve("none", drop="between")
    channel = open_channel(email_config(mailbox, security="none"))
    with channel.session():
        for number in range(3):
            channel.send(_numbered(message, number))
    assert [mail["Message-ID"] for mail in mailbox.mails] == [
        f"<change-{number}.mail@example.org>" for number in range(3)
    ]


def test_a_message_in_doubt_is_not_sent_again_in_the_same_try(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """Once the server may have the content, a lost connection is the try's failure."""
    mailbox = serve("none")
    channel = open_channel(email_config(mailbox, security="none"))
    with channel.session():
        channel.send(message)
        mailbox.drop = "before"
        with pytest.raises(DeliveryError):
            channel.send(_numbered(message, 8))
        mailbox.drop = ""
        channel.send(_numbered(message, 9))
    assert len(mailbox.mails) == 2
    assert len(set(mailbox.peers)) == 2


def test_a_refusal_starts_a_new_connection(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """What a refused message left behind in a connection does not reach the next message."""
    mailbox = serve("none", data_answer="452 4.3.1 full")
    channel = open_channel(email_config(mailbox, security="none"))
    with channel.session():
        with pytest.raises(DeliveryError, match="452"):
            channel.send(message)
        mailbox.data_answer = "250 OK"
        channel.send(_numbered(message, 8))
    assert mailbox.recipients == [["reader@example.org"]]


def test_a_connection_carries_a_limited_number(
    serve: Serve, email_config: Config, message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection is given up before a server has had enough of it."""
    monkeypatch.setattr(email, "MESSAGES_A_CONNECTION", 2)
    mailbox = serve("none")
    channel = open_channel(email_config(mailbox, security="none"))
    with channel.session():
        for number in range(5):
            channel.send(_numbered(message, number))
    assert len(set(mailbox.peers)) == 3


def test_threads_share_a_channel_and_no_connection(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """Sessions of several threads overlap: each message arrives whole, none is left open."""
    mailbox = serve("none")
    channel = open_channel(email_config(mailbox, security="none"))

    def several(thread: int) -> None:
        with channel.session():
            for number in range(5):
                channel.send(_numbered(message, 10 * thread + number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(several, range(4)))
    keys = {mail["Message-ID"] for mail in mailbox.mails}
    assert len(keys) == len(mailbox.mails) == 20
    assert len(set(mailbox.peers)) <= 20
