"""Sends messages by SMTP (RFC 5321), with STARTTLS and a checked certificate unless told otherwise.

A message counts as sent once the server has accepted its content; what fails after that, such as
saying goodbye, changes nothing. A connection lost before the acceptance arrives leaves that in
doubt, so the message is sent again, under the same Message-ID.
"""

from __future__ import annotations

import smtplib
import ssl
from collections import OrderedDict
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING

from monitor.errors import ConfigError, DeliveryError, Fault
from monitor.notify.answer import tidy
from monitor.notify.mime import address, mime
from monitor.notify.smtp import ForbiddenHostError, Smtp, SmtpOverTls

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import EmailMessage

    from monitor.model import EmailConfig, Message
    from monitor.notify.smtp import Refusals

MESSAGES_A_CONNECTION = 100
"""Servers count, too, and end a connection that has brought too many."""
REMEMBERED = 1000
"""Messages whose recipients so far are remembered while others of them are still to be told."""
_PERMANENT = 500


class EmailChannel:
    """One SMTP server and the people it writes to.

    A connection lasts one message, and inside of a `session` as many as follow each other.
    """

    def __init__(self, config: EmailConfig) -> None:
        self.name = config.name
        self._config = config
        _check(config)
        self._context: ssl.SSLContext | None = None
        self._told: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._lock = Lock()
        self._sessions = 0
        self._kept: list[Smtp] = []

    def send(self, message: Message) -> str:
        """Send to every recipient who has not had this message; see `Channel.send`.

        A recipient refused for the moment is tried again later, without those who already have the
        message, as far as this program remembers.
        """
        mail = mime(message, self._config)
        told = self._told.get(message.key, frozenset())
        recipients = [spec for spec in self._recipients() if spec not in told]
        with self._explained():
            refused, answer = self._post(mail, recipients)
        return self._settle(message.key, answer, set(recipients) - set(refused), refused)

    @contextmanager
    def session(self) -> Iterator[None]:
        """Keep a connection from message to message; see `Channel.session`."""
        with self._lock:
            self._sessions += 1
        try:
            yield
        finally:
            with self._lock:
                self._sessions -= 1
                last = not self._sessions
            if last:
                self.close()

    def close(self) -> None:
        """Say goodbye on connections that are kept; those in use end with their message."""
        with self._lock:
            kept, self._kept = self._kept, []
        for server in kept:
            _part(server)

    def _recipients(self) -> list[str]:
        return list(dict.fromkeys(address(text).addr_spec for text in self._config.to))

    def _settle(self, key: str, answer: bytes, accepted: set[str], refused: Refusals) -> str:
        said = self._tidy(answer)
        if not refused:
            self._told.pop(key, None)
            return said
        note = f"{said}; refused for {self._refusals(refused)}"
        if all(code >= _PERMANENT for code, _ in refused.values()):
            self._told.pop(key, None)
            raise DeliveryError(note, permanent=True, partly=True)
        with self._lock:
            self._told[key] = self._told.get(key, frozenset()) | accepted
            while len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
        raise DeliveryError(f"accepted for some recipients only: {note}")

    def _post(self, mail: EmailMessage, recipients: list[str]) -> tuple[Refusals, bytes]:
        sender = address(self._config.sender).addr_spec
        server = self._take()
        while True:
            used = server is not None
            server = server or self._connect()
            try:
                refused = server.post(mail, sender, recipients)
            except (smtplib.SMTPException, OSError):
                _part(server)
                # A server may end a connection between two messages; that is no failure of this
                # one, which it has not seen.
                if not used or server.handed_over or server.sock is not None:
                    raise
                server = None
            else:
                answer = server.answer
                self._put_back(server)
                return refused, answer

    def _take(self) -> Smtp | None:
        with self._lock:
            return self._kept.pop() if self._kept else None

    def _put_back(self, server: Smtp) -> None:
        with self._lock:
            if self._sessions and server.posts < MESSAGES_A_CONNECTION:
                self._kept.append(server)
                return
        _part(server)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            raise self._all_refused(error.recipients) from error
        except smtplib.SMTPResponseException as error:
            permanent = error.smtp_code >= _PERMANENT
            said = self._tidy(f"{error.smtp_code} {_text(error.smtp_error)}")
            raise DeliveryError(said, permanent=permanent) from error
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryError(f"{self._where}: {error}", permanent=True) from error
        except ssl.SSLCertVerificationError as error:
            why = f"the certificate of {self._where} is not valid: {error.verify_message}"
            raise DeliveryError(why) from error
        except ForbiddenHostError as error:
            raise DeliveryError(str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            why = self._tidy(str(error)) or type(error).__name__
            raise DeliveryError(f"{self._where}: {why}") from error

    def _connect(self) -> Smtp:
        config = self._config
        timeout = config.timeout.total_seconds()
        if config.security == "tls":
            server: Smtp = SmtpOverTls(
                timeout=timeout, context=self._tls(), allow_private=config.allow_private
            )
        else:
            server = Smtp(timeout=timeout, allow_private=config.allow_private)
        try:
            server.open(config.host, config.port)
            if config.security == "starttls":
                self._start_tls(server)
            if config.username is not None:
                server.login(config.username, config.password or "")
        except BaseException:
            server.close()
            raise
        return server

    def _start_tls(self, server: Smtp) -> None:
        if not server.has_extn("starttls"):
            # Whoever stands between may have cut the offer out: not final, and never in the clear.
            raise DeliveryError(f"{self._where} offers no STARTTLS; nothing was sent")
        server.starttls(context=self._tls())

    def _tls(self) -> ssl.SSLContext:
        # Reading the system's authorities takes tens of milliseconds: once a channel, not a mail.
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context

    @property
    def _where(self) -> str:
        return f"{self._config.host}:{self._config.port}"

    def _all_refused(self, refused: Mapping[str, tuple[int, bytes]]) -> DeliveryError:
        permanent = all(code >= _PERMANENT for code, _ in refused.values())
        return DeliveryError(
            f"no recipient accepted: {self._refusals(refused)}", permanent=permanent
        )

    def _refusals(self, refused: Mapping[str, tuple[int, bytes]]) -> str:
        said = (f"{who}: {code} {_text(why)}" for who, (code, why) in refused.items())
        return self._tidy("; ".join(said))

    def _tidy(self, answer: str | bytes) -> str:
        return tidy(answer, (self._config.password,))


def _check(config: EmailConfig) -> None:
    faults = []
    for key, text in (("sender", config.sender), *(("to", text) for text in config.to)):
        try:
            address(text)
        except ValueError:
            where, dotted = f"channel {config.name}", f"channels.{config.name}.{key}"
            problem = f"{text!r} is not an e-mail address"
            faults.append(Fault(where, dotted, problem, "write name@example.org"))
    if faults:
        raise ConfigError(tuple(faults))


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _part(server: Smtp) -> None:
    # The message was accepted or refused before this: a failed goodbye is nobody's business.
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()
