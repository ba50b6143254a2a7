"""Sends messages through Apprise: chats, push services and what else it knows; an extra.

Apprise tells whether a service took the message, and why not only in words. A refusal that names
an HTTP status is judged by that as a webhook's is; everything else is tried again.
"""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from importlib.util import find_spec
from typing import TYPE_CHECKING

from monitor.errors import ConfigError, DeliveryError, Fault
from monitor.notify.answer import tidy

if TYPE_CHECKING:
    from apprise import NotifyBase

    from monitor.model import AppriseConfig, Message

_STATUS = re.compile(r"\berror[=: ]+(\d{3})\b")
_AGAIN = frozenset({408, 425, 429})
_INSTALL = "pip install 'policy-monitor[apprise]'"


class AppriseChannel:
    """One service that Apprise knows, by its address."""

    def __init__(self, config: AppriseConfig) -> None:
        self.name = config.name
        self._config = config
        self._service = _service(config)

    def send(self, message: Message) -> str:
        """Send the message in brief and return that it was taken: the service's words are not kept.

        Whether a service drops a message it has had before is its own affair.
        """
        from apprise import Apprise, NotifyFormat, NotifyLogEntry

        said: list[NotifyLogEntry] = []
        one = Apprise()
        one.add(self._service)
        taken = one.notify(
            title=message.subject,
            body=message.brief or message.subject,
            body_format=NotifyFormat.TEXT,
            log_callback=lambda entry, _service: said.append(entry),
        )
        if taken:
            return f"{self._service.service_name}: accepted"
        # What comes last may be the service's whole answer; the reason stands before it.
        warnings = [str(entry.message) for entry in said if entry.level in {"WARNING", "ERROR"}]
        raise self._refused(" ".join(warnings) or "refused without a reason")

    def session(self) -> AbstractContextManager[None]:
        """Do nothing: Apprise opens a connection for each message."""
        return nullcontext()

    def close(self) -> None:
        """Do nothing: no connection outlives its message."""

    def _refused(self, reason: str) -> DeliveryError:
        found = _STATUS.search(reason)
        status = int(found[1]) if found else 0
        shown = tidy(reason, _secrets(self._config.url))
        client_error = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        return DeliveryError(shown, permanent=client_error and status not in _AGAIN)


def _service(config: AppriseConfig) -> NotifyBase:
    if find_spec("apprise") is None:
        raise _fault(config, "type", "needs an extra that is not installed", _INSTALL)
    from apprise import Apprise, AppriseAsset, PersistentStoreMode

    # Nothing is kept on disk beside the database, and no thread is started for one service.
    asset = AppriseAsset(
        app_id="policy-monitor",
        app_desc="Policy monitor",
        async_mode=False,
        storage_mode=PersistentStoreMode.MEMORY,
    )
    service = Apprise.instantiate(config.url, asset=asset, suppress_exceptions=True)
    if service is None:
        raise _fault(config, "url", "is no address that Apprise knows", "such as tgram://… ")
    limit = config.timeout.total_seconds()
    service.socket_connect_timeout = service.socket_read_timeout = limit
    return service


def _secrets(url: str) -> tuple[str, ...]:
    _, _, rest = url.partition("://")
    return (url, rest, *re.split(r"[/@:?&=]+", rest))


def _fault(config: AppriseConfig, key: str, problem: str, hint: str) -> ConfigError:
    where = f"channel {config.name}"
    return ConfigError((Fault(where, f"channels.{config.name}.{key}", problem, hint.strip()),))
