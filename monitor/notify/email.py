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

    from monitor.model import EmailConfig, Message
    from monitor.notify.smtp import Refusals

REMEMBERED = 1000
"""Messages whose recipients so far are remembered while others of them are still to be told."""
_PERMANENT = 500


class EmailChannel:
    """One SMTP server and the people it writes to; a connection lasts one message."""

    def __init__(self, config: EmailConfig) -> None:
        self.name = config.name
        self._config = config
        _check(config)
        self._context: ssl.SSLContext | None = None
        self._told: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._lock = Lock()

    def send(self, message: Message) -> str:
        """Send to every recipient who has not had this message; see `Channel.send`.

        A recipient refused for the moment is tried again later, without those who already have the
        message, as far as this program remembers; one refused for good is named in the answer.
        """
        mail = mime(message, self._config)
        told = self._told.get(message.key, frozenset())
        recipients = [spec for spec in self._recipients() if spec not in told]
        with self._connected() as server:
            refused = server.post(mail, address(self._config.sender).addr_spec, recipients)
            answer = server.answer
        return self._settle(message.key, answer, set(recipients) - set(refused), refused)

    def close(self) -> None:
        """Do nothing: no connection outlives its message."""

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
            return note
        with self._lock:
            self._told[key] = self._told.get(key, frozenset()) | accepted
            while len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
        raise DeliveryError(f"accepted for some recipients only: {note}")

    @contextmanager
    def _connected(self) -> Iterator[Smtp]:
        server: Smtp | None = None
        try:
            server = self._connect()
            yield server
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
        finally:
            if server is not None:
                _part(server)

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
