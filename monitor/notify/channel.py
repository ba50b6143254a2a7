"""What a channel can do, and the table of its kinds: a new kind is one more file and row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from monitor.model import AppriseConfig, EmailConfig, WebhookConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from monitor.model import ChannelConfig, Message
    from monitor.notify.webhook import TransportFactory


class Channel(Protocol):
    """A configured destination; may be used by several threads at once."""

    @property
    def name(self) -> str:
        """Name in the configuration."""

    def send(self, message: Message) -> str:
        """Hand the message over and return what the server said.

        Returns only after the server has accepted the message; the same message may be sent again,
        under the same key, where its acceptance is in doubt.

        Raises `DeliveryError`: `permanent` where trying again cannot help, `partly` where some of
        its recipients have it all the same, `retry_after` where the server named a time. Its text
        is for the attempt log and holds no secret.
        """

    def session(self) -> AbstractContextManager[None]:
        """Let connections outlive their message for as long as the block lasts.

        For messages that follow each other; sessions of several threads may overlap.
        """

    def close(self) -> None:
        """Give back connections; the channel is not used afterwards."""


def _now() -> datetime:
    return datetime.now(UTC)


def open_channel(
    config: ChannelConfig,
    *,
    transport: TransportFactory | None = None,
    clock: Callable[[], datetime] = _now,
) -> Channel:
    """Make the channel a configuration describes; nothing is connected before the first message.

    `transport` may be left out only where a webhook may reach private addresses.

    Raises `ConfigError` where its secret is not one or an extra is missing, `ValueError` where a
    guard is.
    """
    return CHANNELS[type(config)](config, transport, clock)


def _email(
    config: ChannelConfig, transport: TransportFactory | None, clock: Callable[[], datetime]
) -> Channel:
    from monitor.notify.email import EmailChannel

    del transport, clock
    assert isinstance(config, EmailConfig)
    return EmailChannel(config)


def _webhook(
    config: ChannelConfig, transport: TransportFactory | None, clock: Callable[[], datetime]
) -> Channel:
    from monitor.notify.webhook import WebhookChannel

    assert isinstance(config, WebhookConfig)
    return WebhookChannel(config, transport=transport, clock=clock)


def _apprise(
    config: ChannelConfig, transport: TransportFactory | None, clock: Callable[[], datetime]
) -> Channel:
    from monitor.notify.apprise import AppriseChannel

    del transport, clock
    assert isinstance(config, AppriseConfig)
    return AppriseChannel(config)


CHANNELS: Mapping[
    type[ChannelConfig],
    Callable[[ChannelConfig, TransportFactory | None, Callable[[], datetime]], Channel],
] = {
    EmailConfig: _email,
    WebhookConfig: _webhook,
    AppriseConfig: _apprise,
}
