from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor.errors import ConfigError, DeliveryError
from monitor.model import EmailConfig
from monitor.notify import open_channel

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Mailbox

    from monitor.model import Message

    Serve = Callable[..., Mailbox]
    Config = Callable[..., EmailConfig]

TWO = ("a@example.org", "b@example.org")


@pytest.fixture
def lost_port() -> int:
    """Find a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_email_is_sent_encrypted(
    serve: Serve, email_config: Config, message: Message, security: str
) -> None:
    """A message arrives over a checked connection and the server's answer comes back."""
    mailbox = serve(security)
    channel = open_channel(email_config(mailbox, security=security))
    assert channel.send(message) == "250 2.0.0 Ok: queued as 4711"
    assert len(mailbox.mails) == 1
    assert all(mailbox.secure)


def test_email_carries_every_part(serve: Serve, email_config: Config, message: Message) -> None:
    """Text, HTML, attachment and headers arrive as they were composed."""
    mailbox = serve("none")
    open_channel(email_config(mailbox, security="none")).send(message)
    (mail,) = mailbox.mails
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == message.text.splitlines()
    assert html.get_content().rstrip() == message.html
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "acme-1-2.diff"
    assert attached.get_payload(decode=True) == "-alt\n+ñew \n".encode()
    assert mail["Subject"] == message.subject
    assert mail["From"] == "Policy monitor <monitor@example.org>"
    assert mail["Date"].datetime == datetime(2026, 1, 3, 10, 0, tzinfo=UTC)
    assert mail["Message-ID"] == "<change-7.mail@example.org>"
    assert mail["References"] == mail["In-Reply-To"] == "<source-acme-privacy@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<mail.policy-monitor.example.org>"
    assert mail["X-Monitor-Source"] == "acme-privacy"


@pytest.mark.usefixtures("trusted")
def test_email_logs_in(serve: Serve, email_config: Config, message: Message) -> None:
    """The user name and password of the configuration are used."""
    mailbox = serve(login=True)
    config = email_config(mailbox, username="monitor", password="correct horse battery")
    open_channel(config).send(message)
    assert mailbox.logins[-1].endswith(" monitor")


@pytest.mark.usefixtures("trusted")
def test_email_wrong_password_is_final_and_not_told(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """A refused login stops at once, and the password is in no message."""
    config = email_config(serve(login=True), username="monitor", password="hunter2hunter2")
    with pytest.raises(DeliveryError, match="535") as caught:
        open_channel(config).send(message)
    assert caught.value.permanent
    assert "hunter2" not in str(caught.value)


def test_email_untrusted_certificate_is_named(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """A certificate nobody vouches for stops the message before it is sent, not for good."""
    mailbox = serve()
    with pytest.raises(DeliveryError, match=r"certificate of localhost:.* is not valid") as caught:
        open_channel(email_config(mailbox)).send(message)
    assert not caught.value.permanent
    assert not mailbox.mails


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_email_certificate_of_another_host_is_refused(
    serve: Serve, email_config: Config, message: Message, security: str
) -> None:
    """The certificate must name the configured host, not the address connected to."""
    mailbox = serve(security, host="other.example.org")
    with pytest.raises(DeliveryError, match="certificate"):
        open_channel(email_config(mailbox, security=security)).send(message)
    assert not mailbox.mails


def test_email_never_falls_back_to_clear_text(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """Where STARTTLS is expected and not offered, nothing is sent."""
    mailbox = serve("none")
    with pytest.raises(DeliveryError, match="offers no STARTTLS") as caught:
        open_channel(email_config(mailbox, security="starttls")).send(message)
    assert not caught.value.permanent
    assert not mailbox.mails


@pytest.mark.parametrize(
    ("told", "permanent", "said"),
    [
        ({"sender_answer": "550 5.7.1 not you"}, True, "550 5.7.1 not you"),
        ({"sender_answer": "451 4.3.0 later"}, False, "451 4.3.0 later"),
        ({"data_answer": "554 5.6.0 spam"}, True, "554 5.6.0 spam"),
        ({"data_answer": "452 4.3.1 full"}, False, "452 4.3.1 full"),
        ({"data_answer": "421 4.3.2 closing"}, False, "421 4.3.2 closing"),
        ({"refused": {"reader@example.org": "550 no such user"}}, True, "550 no such user"),
        ({"refused": {"reader@example.org": "450 greylisted"}}, False, "450 greylisted"),
    ],
)
def test_email_refusals_say_whether_to_try_again(
    serve: Serve,
    email_config: Config,
    message: Message,
    told: dict[str, object],
    *,
    permanent: bool,
    said: str,
) -> None:
    """Answers from 400 are for the moment, those from 500 for good."""
    channel = open_channel(email_config(serve("none", **told), security="none"))
    with pytest.raises(DeliveryError, match=said) as caught:
        channel.send(message)
    assert caught.value.permanent is permanent


def test_email_recipient_refused_for_good_is_noted(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """The message is partly sent where nobody is left who could still get it."""
    mailbox = serve("none", refused={"b@example.org": "550 no such user"})
    channel = open_channel(email_config(mailbox, security="none", to=TWO))
    said = r"queued as 4711.*refused for b@example.org: 550 no such user"
    with pytest.raises(DeliveryError, match=said) as caught:
        channel.send(message)
    assert caught.value.partly
    assert mailbox.recipients == [["a@example.org"]]


def test_email_recipient_refused_for_now_is_told_later(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """Who has the message does not get it again while the others are waited for."""
    mailbox = serve("none", refused={"b@example.org": "450 greylisted"})
    channel = open_channel(email_config(mailbox, security="none", to=TWO))
    with pytest.raises(DeliveryError, match=r"some recipients only.*450 greylisted") as caught:
        channel.send(message)
    assert not caught.value.permanent
    mailbox.refused.clear()
    channel.send(message)
    assert mailbox.recipients == [["a@example.org"], ["b@example.org"]]
    assert mailbox.mails[0]["Message-ID"] == mailbox.mails[1]["Message-ID"]
    channel.send(message)
    assert mailbox.recipients[2] == list(TWO)


def test_email_connection_lost_before_acceptance_is_tried_again(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """Without the server's answer the message may be lost, so it is not counted as sent."""
    channel = open_channel(email_config(serve("none", drop="before"), security="none"))
    with pytest.raises(DeliveryError) as caught:
        channel.send(message)
    assert not caught.value.permanent


def test_email_connection_lost_after_acceptance_is_success(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """What fails after the server has the message does not send it twice."""
    mailbox = serve("none", drop="after")
    answer = open_channel(email_config(mailbox, security="none")).send(message)
    assert answer.startswith("250")
    assert len(mailbox.mails) == 1


def test_email_nobody_listening_is_tried_again(lost_port: int, message: Message) -> None:
    """A refused connection names the server and is not final."""
    config = EmailConfig(
        "mail", "127.0.0.1", "m@example.org", ("r@example.org",), lost_port, "none"
    )
    with pytest.raises(DeliveryError, match=f"127.0.0.1:{lost_port}: .*refused") as caught:
        open_channel(config).send(message)
    assert not caught.value.permanent


def test_email_silent_server_times_out(message: Message) -> None:
    """A server that accepts connections and says nothing does not hold the channel for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        config = EmailConfig(
            name="mail",
            host="127.0.0.1",
            port=server.getsockname()[1],
            sender="m@example.org",
            to=("r@example.org",),
            security="none",
            timeout=timedelta(seconds=0.2),
        )
        with pytest.raises(DeliveryError, match="timed out"):
            open_channel(config).send(message)


def test_email_private_host_is_refused_where_not_allowed(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """A name that leads into the private network is not connected to."""
    mailbox = serve("none")
    channel = open_channel(email_config(mailbox, security="none", allow_private=False))
    with pytest.raises(DeliveryError, match="private addresses only"):
        channel.send(message)
    assert not mailbox.mails


def test_email_international_addresses_are_carried(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """A server that knows SMTPUTF8 gets addresses beyond ASCII."""
    mailbox = serve("none")
    config = email_config(mailbox, security="none", to=("Jörg <jörg@example.org>",))
    open_channel(config).send(message)
    assert mailbox.recipients == [["jörg@example.org"]]


def test_email_international_address_needs_a_server_that_knows_it(
    serve: Serve, email_config: Config, message: Message
) -> None:
    """Where the server cannot carry the address, no retry helps."""
    config = email_config(serve("none", utf8=False), security="none", to=("jörg@example.org",))
    with pytest.raises(DeliveryError, match="SMTPUTF8") as caught:
        open_channel(config).send(message)
    assert caught.value.permanent


@pytest.mark.parametrize("wrong", ["nobody", "Nobody <>", "a b@example.org", "@example.org", ""])
def test_email_address_that_is_none_is_reported_at_once(email_config: Config, wrong: str) -> None:
    """A configuration with a wrong address opens no channel and names the key."""
    config = email_config(type("Nowhere", (), {"port": 25})(), to=(wrong,))
    with pytest.raises(ConfigError, match=r"channels\.mail\.to"):
        open_channel(config)


@pytest.mark.parametrize(
    "hostile",
    [
        "Acme\r\nBcc: victim@example.org",
        "Acme\nBcc: victim@example.org\n\nbody",
        "Acme\x00\x1b[31m\u202eevil\u2028Bcc: victim@example.org",
        "\udc80surrogate",
        "ü" * 500,
        "x" * 2000,
    ],
)
def test_email_headers_stay_their_own(
    serve: Serve, email_config: Config, message: Message, hostile: str
) -> None:
    """Nothing in a subject or label adds a header or breaks one."""
    mailbox = serve("none")
    hostile_message = replace(
        message, subject=hostile, labels={"site": hostile, "bad name\r\n": "x"}, key=hostile
    )
    open_channel(email_config(mailbox, security="none")).send(hostile_message)
    (mail,) = mailbox.mails
    assert mail["Bcc"] is None
    assert not mail.defects
    assert mailbox.recipients == [["reader@example.org"]]
    assert set(mail.keys()) - {"X-Peer", "X-MailFrom", "X-RcptTo"} == {
        *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
        *("Auto-Submitted", "List-Id", "X-Monitor-Site", "MIME-Version", "Content-Type"),
    }
