"""The standard library's SMTP client, told where it may connect and made to keep its answer."""

from __future__ import annotations

import smtplib
import socket
from email.policy import SMTPUTF8
from functools import cache
from typing import TYPE_CHECKING

from monitor.model.address import is_public

if TYPE_CHECKING:
    import ssl
    from email.message import EmailMessage
    from email.policy import Policy

    from typing_extensions import Buffer

Refusals = dict[str, tuple[int, bytes]]


class ForbiddenHostError(OSError):
    """The server's name leads to addresses that mail may not be sent to."""


@cache
def _own_name() -> str:
    # Resolving it may take seconds where no name server answers: once a program is enough.
    return smtplib.SMTP().local_hostname


class Smtp(smtplib.SMTP):
    """A connection that resolves the host itself and connects to the very address it checked."""

    def __init__(self, *, timeout: float, allow_private: bool) -> None:
        self.answer = b""
        self.posts = 0
        """Messages this connection was asked to carry."""
        self.handed_over = False
        """Whether the server may have seen the content of the latest."""
        self._allow_private = allow_private
        super().__init__(timeout=timeout, local_hostname=_own_name())

    def open(self, host: str, port: int) -> None:
        """Connect; the certificate is then checked for this host, whatever its address.

        Raises `SMTPConnectError` where the server greets with a refusal.
        """
        self._host = host
        code, answer = self.connect(host, port)
        if code != 220:  # noqa: PLR2004 - RFC 5321, 4.3.1
            self.close()
            raise smtplib.SMTPConnectError(code, answer)
        self.ehlo_or_helo_if_needed()

    def post(self, mail: EmailMessage, sender: str, recipients: list[str]) -> Refusals:
        """Send a message and return who was refused, where anybody was accepted.

        Raises `SMTPRecipientsRefused` where nobody was, `SMTPNotSupportedError` where an address
        needs SMTPUTF8 and the server does not offer it.
        """
        self.posts += 1
        self.handed_over = False
        options: tuple[str, ...] = ()
        policy: Policy = mail.policy
        if not "".join((sender, *recipients)).isascii():
            if not self.has_extn("smtputf8"):
                raise smtplib.SMTPNotSupportedError("an address needs SMTPUTF8 (RFC 6531)")
            options = ("SMTPUTF8", "BODY=8BITMIME")
            policy = SMTPUTF8
        # `smtplib.send_message` would write ">From" into the text (its generator has no policy).
        return self.sendmail(sender, recipients, mail.as_bytes(policy=policy), options)

    def data(self, msg: Buffer | str) -> tuple[int, bytes]:
        """Send the content, from here on perhaps known to the server."""
        self.handed_over = True
        return super().data(msg)

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply and keep it: after a message that was accepted, it is the acceptance."""
        code, answer = super().getreply()
        self.answer = f"{code} ".encode() + answer
        return code, answer

    # The one hook smtplib has for the socket; the TLS client calls it too, before its handshake.
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        failure: OSError | None = None
        for address in self._addresses(host, port):
            try:
                connect = super()._get_socket  # type: ignore[misc]  # not in typeshed
                found: socket.socket = connect(address, port, timeout)
            except OSError as error:
                failure = error
            else:
                return found
        raise failure or ForbiddenHostError(
            f"{host} leads to private addresses only; allow_private permits them"
        )

    def _addresses(self, host: str, port: int) -> list[str]:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
        return [at for at in addresses if self._allow_private or is_public(at)]


class SmtpOverTls(Smtp, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""

    def __init__(self, *, timeout: float, context: ssl.SSLContext, allow_private: bool) -> None:
        super().__init__(timeout=timeout, allow_private=allow_private)
        self.context = context
