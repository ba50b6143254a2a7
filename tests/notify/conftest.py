from __future__ import annotations

import asyncio
import ssl
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from monitor.model import Attachment, EmailConfig, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from aiosmtpd.smtp import Envelope, Session

USER, PASSWORD = "monitor", "correct horse battery"


@dataclass
class Mailbox:
    """What a mail server received, and how it is told to answer."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """Answers by recipient."""
    sender_answer: str = ""
    data_answer: str = "250 2.0.0 Ok: queued as 4711"
    drop: str = ""
    """When to cut the connection: ``before`` or ``after`` the message is accepted, or ``between``
    two of them."""
    peers: list[object] = field(default_factory=list)
    """The connection each message came over."""

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, sender: str, options: list[str]
    ) -> str:
        """Answer to MAIL FROM."""
        del server, session, options
        envelope.mail_from = sender
        return self.sender_answer or "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name and arguments
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        recipient: str,
        options: list[str],
    ) -> str:
        """Accept or refuse one recipient."""
        del server, session, options
        if recipient in self.refused:
            return self.refused[recipient]
        envelope.rcpt_tos.append(recipient)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take the message, or fail as told."""
        if self.drop == "before":
            server.transport.abort()
            return "250 too late"
        if not self.data_answer.startswith("250"):
            return self.data_answer
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.append(list(envelope.rcpt_tos))
        self.peers.append(session.peer)
        if self.drop == "between":
            asyncio.get_running_loop().call_soon(server.transport.close)
        self.secure.append(session.ssl is not None or server.transport.get_extra_info("sslcontext"))
        return self.data_answer

    async def handle_QUIT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Say goodbye, or cut the connection instead."""
        del session, envelope
        if self.drop == "after":
            server.transport.abort()
        return "221 Bye"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        """Accept the one password there is."""
        del server, session, envelope
        login = getattr(given, "login", b"").decode()
        password = getattr(given, "password", b"").decode()
        self.logins.append(f"{mechanism} {login}")
        right = (login, password) == (USER, PASSWORD)
        return AuthResult(success=right, handled=False)


class _AnyPort(Controller):
    """A server on a port the system chooses, known before it is first connected to."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Issue the certificates of the servers in these tests."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the tests' authority the only one this program trusts."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.fixture
def serve(authority: trustme.CA) -> Iterator[Callable[..., Mailbox]]:
    """Start SMTP servers on 127.0.0.1 and stop them at the end."""
    with ExitStack() as stack:

        def start(security: str = "starttls", host: str = "localhost", **told: object) -> Mailbox:
            login, utf8 = bool(told.pop("login", False)), bool(told.pop("utf8", True))
            mailbox = Mailbox(**told)  # type: ignore[arg-type]  # fields by name
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            authority.issue_cert(host).configure_cert(context)
            controller = _AnyPort(
                mailbox,
                hostname="127.0.0.1",
                port=0,
                server_hostname="mail.example.org",
                ssl_context=context if security == "tls" else None,
                tls_context=context if security == "starttls" else None,
                require_starttls=security == "starttls",
                authenticator=mailbox.authenticate,
                auth_required=login,
                auth_require_tls=security == "starttls",
                enable_SMTPUTF8=utf8,
            )
            controller.start()
            stack.callback(controller.stop)
            mailbox.port = controller.port
            return mailbox

        yield start


@pytest.fixture
def email_config() -> Callable[..., EmailConfig]:
    """Make a configuration that reaches the servers of these tests."""

    def make(mailbox: Mailbox, **changes: object) -> EmailConfig:
        given = {
            "name": "mail",
            "host": "localhost",
            "port": mailbox.port,
            "sender": "Policy monitor <monitor@example.org>",
            "to": ("reader@example.org",),
            "timeout": timedelta(seconds=5),
        }
        return EmailConfig(**(given | changes))  # type: ignore[arg-type]  # fields by name

    return make


@pytest.fixture
def message() -> Message:
    """Make a message with every part a message may have."""
    return Message(
        key="change-7.mail",
        thread="source-acme-privacy",
        created_at=datetime(2026, 1, 3, 10, 0, tzinfo=UTC),
        subject="Acme – Privacy policy: 1 section changed, date unchanged",
        text="Es änderte sich: [-30-] {+60+} Tage\n.\nFrom here on\n",
        html="<!DOCTYPE html><p>Es <del>30</del> <ins>60</ins> Tage</p>",
        payload={"type": "policy.changed", "timestamp": "2026-01-03T10:00:00Z", "data": {"ü": 1}},
        attachments=(Attachment("acme-1-2.diff", "text/x-diff", "-alt\n+ñew \n".encode()),),
        labels={"source": "acme-privacy", "event": "policy.changed"},
    )
