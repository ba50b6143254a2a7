"""Posts messages as signed JSON (Standard Webhooks 1.0); follows no redirects.

Any 2xx answer is acceptance. 408, 425, 429 and 5xx are tried again, as is every failure of the
network; every other answer is final, 410 above all: the receiver wants nothing more.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, closing, nullcontext
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import httpx
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from monitor.errors import ConfigError, DeliveryError, Fault
from monitor.notify.answer import LIMIT, tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from monitor.model import Message, WebhookConfig

AGENT = "policy-monitor (webhook)"
LONGEST_RETRY = timedelta(days=1)
_AGAIN = frozenset({408, 425, 429})
_BODY = 4 * LIMIT


class TransportFactory(Protocol):
    """Makes the network under a webhook, guarded against addresses it may not reach."""

    def __call__(self, *, allow_private: bool) -> httpx.BaseTransport:
        """Return a transport that refuses private addresses unless they are allowed."""


class WebhookChannel:
    """One address that takes messages; keeps its connections between them."""

    def __init__(
        self,
        config: WebhookConfig,
        *,
        transport: TransportFactory | None,
        clock: Callable[[], datetime],
    ) -> None:
        if transport is None and not config.allow_private:
            raise ValueError(f"channel {config.name} needs a guarded transport")
        self.name = config.name
        self._config = config
        self._clock = clock
        self._signers = _signers(config)
        self._secrets = _secrets(config)
        self._client = httpx.Client(
            transport=transport(allow_private=config.allow_private) if transport else None,
            timeout=config.timeout.total_seconds(),
            follow_redirects=False,
            # Proxies and .netrc belong to whoever started the program, not to this address.
            trust_env=False,
            headers={"User-Agent": AGENT},
        )

    def send(self, message: Message) -> str:
        """Post the payload and return the status line and the start of the answer."""
        content = body(message.payload)
        try:
            request = self._client.build_request(
                "POST",
                self._config.url,
                content=content,
                headers=self._headers(message, content),
                extensions=self._deadline(),
            )
            response = self._client.send(request, stream=True)
            with closing(response):
                said = self._said(response)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise DeliveryError(self._tidy(str(error)), permanent=True) from error
        except httpx.TimeoutException as error:
            limit = self._config.timeout.total_seconds()
            raise DeliveryError(f"no answer within {limit:g} s") from error
        except httpx.HTTPError as error:
            raise DeliveryError(self._tidy(str(error)) or type(error).__name__) from error
        if response.is_success:
            return said
        raise self._refused(response, said)

    def session(self) -> AbstractContextManager[None]:
        """Do nothing: connections are kept in any case."""
        return nullcontext()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _headers(self, message: Message, content: bytes) -> httpx.Headers:
        at = self._clock().astimezone(UTC)
        headers = httpx.Headers(self._config.headers)
        headers["content-type"] = "application/json"
        headers["accept-encoding"] = "identity"
        headers["webhook-id"] = message.key
        headers["webhook-timestamp"] = str(int(at.timestamp()))
        if self._signers:
            text = content.decode()
            signed = (signer.sign(message.key, at, text) for signer in self._signers)
            headers["webhook-signature"] = " ".join(signed)
        return headers

    def _deadline(self) -> dict[str, object]:
        # httpx limits each read; a receiver that drips would never end without this.
        limit = self._config.timeout.total_seconds()
        wait = dict.fromkeys(("connect", "read", "write", "pool"), limit)
        return {"ends_at": monotonic() + limit, "timeout": wait}

    def _said(self, response: httpx.Response) -> str:
        start = b""
        try:
            # As it came: what is compressed could unpack to more than there is memory.
            for part in response.iter_raw():
                start += part
                if len(start) >= _BODY:
                    break
        except httpx.HTTPError:
            # The status is the answer; the rest of the body is only for the log.
            start += b" (cut off)"
        status = f"{response.status_code} {response.reason_phrase}".strip()
        coding = response.headers.get("content-encoding", "identity")
        text = self._tidy(start[:_BODY] if coding == "identity" else f"encoded as {coding[:40]}")
        return f"{status}: {text}" if text else status

    def _refused(self, response: httpx.Response, said: str) -> DeliveryError:
        code = response.status_code
        if code in _AGAIN or response.is_server_error:
            wait = retry_after(response.headers.get("retry-after", ""), self._clock())
            return DeliveryError(said, retry_after=wait)
        if response.is_redirect:
            said = f"{response.status_code} {response.reason_phrase}: redirects are not followed"
        elif code == HTTPStatus.GONE:
            said = f"{said} (the receiver wants no more messages)"
        return DeliveryError(said, permanent=True)

    def _tidy(self, answer: str | bytes) -> str:
        return tidy(answer, self._secrets)


def body(payload: Mapping[str, object]) -> bytes:
    """Write the payload as JSON: the same payload gives the same bytes."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def retry_after(value: str, now: datetime) -> timedelta | None:
    """Read a Retry-After header (RFC 9110, 10.2.3); at most a day, `None` where it says nothing."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_RETRY)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(timedelta(), min(at - now, LONGEST_RETRY))


def _keys(config: WebhookConfig) -> tuple[str, ...]:
    # Several secrets sign side by side while a receiver changes its own.
    return (config.secret,) if isinstance(config.secret, str) else config.secret or ()


def _signers(config: WebhookConfig) -> tuple[Webhook, ...]:
    try:
        return tuple(Webhook(key) for key in _keys(config))
    except (ValueError, EmptyWebhookSecretError) as error:
        hint = "whsec_ followed by base64"
        raise _fault(config, "secret", "is not a webhook secret", hint) from error


def _secrets(config: WebhookConfig) -> tuple[str, ...]:
    try:
        url = httpx.URL(config.url)
    except httpx.InvalidURL as error:
        raise _fault(config, "url", "is not an address", "https://…") from error
    values = [value for _, value in config.headers]
    words = [word for value in values for word in value.split()[1:]]
    target = url.raw_path.decode("ascii")
    return (
        *(config.url, target, url.path, url.password),
        *_keys(config),
        *values,
        *words,
    )


def _fault(config: WebhookConfig, key: str, problem: str, hint: str) -> ConfigError:
    where = f"channel {config.name}"
    return ConfigError((Fault(where, f"channels.{config.name}.{key}", problem, hint),))
