"""The only place where objects are built and closed."""

from __future__ import annotations

import random
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING
from uuid import uuid4

from monitor import owner
from monitor.errors import StampError, UsageError
from monitor.model import Delivery, Source, event_of
from monitor.model.renaming import renamed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ssl import SSLContext

    from monitor.deliver import Courier
    from monitor.fetch import Fetcher
    from monitor.model import ChannelConfig, Message, Seal
    from monitor.notify.channel import Channel
    from monitor.pipeline import Pipeline
    from monitor.record import Archive
    from monitor.settings import Settings
    from monitor.sources import Configuration


def now() -> datetime:
    """Return the time, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Station:
    """Everything a running monitor is made of."""

    configuration: Configuration
    archive: Archive
    pipeline: Pipeline
    courier: Courier
    owner: str
    """Names this program to others on the same database."""
    settings: Settings

    @property
    def reachable(self) -> bool:
        """Whether the User-Agent says how to reach whoever runs this."""
        return _contact(self.settings, self.configuration) is not None

    @property
    def channels(self) -> Mapping[str, Channel]:
        """The open channels by name."""
        return self.courier.channels

    def due(self) -> tuple[Source, ...]:
        """Return the sources that are due, longest overdue first."""
        watched = {source.id: source for source in self.configuration.sources}
        return tuple(watched[name] for name in self.archive.due(now()) if name in watched)

    def renamed(self) -> dict[str, str]:
        """Return the sources that were watched under another id before, with that id."""
        archive = self.archive
        return renamed(self.configuration.sources, archive.sources(), archive.states())

    def remind(self) -> int:
        """Owe the reminders of deadlines that are due; return how many."""
        from monitor.remind import remind

        return remind(self.archive, self.configuration.sources, self.configuration.channels, now())

    def stamp(self) -> str:
        """Have what is new time-stamped where an authority is configured; say how that went.

        Nothing is said where nothing is new. What fails is tried again the next day.
        """
        if not self.configuration.timestamp_url:
            return ""
        try:
            seal = stamped(self.archive, self.configuration)
        except (StampError, UsageError) as error:
            return str(error)
        return f"{len(seal.heads)} chains time-stamped by {seal.authority}" if seal else ""

    def configured(self, configuration: Configuration) -> Station:
        """Return the same station under another configuration, its sources adopted.

        Channels whose configuration is the same stay open; the others are the old courier's still.
        Raises `ConfigError` where a channel or the lexicon cannot be opened; then nothing has been
        taken over.
        """
        from monitor.lexicon import open_lexicon

        before = self.configuration.channels
        same = {
            name: self.channels[name]
            for name, config in configuration.channels.items()
            if before.get(name) == config
        }
        words = open_lexicon(configuration.lexicon)
        courier = _courier(configuration, self.archive, self.owner, same)
        self.archive.adopt(configuration.sources, now())
        agent = user_agent(_contact(self.settings, configuration))
        self.pipeline.fetcher.adjust(user_agent=agent, host_spacing=configuration.host_spacing)
        pipeline = replace(self.pipeline, channels=configuration.channels, lexicon=words)
        return replace(self, configuration=configuration, courier=courier, pipeline=pipeline)


@contextmanager
def assemble(configuration: Configuration, settings: Settings) -> Iterator[Station]:
    """Open the archive, one HTTP client and the channels; close them in the end.

    Raises `ArchiveError` where the database cannot be used.
    """
    from monitor.lexicon import open_lexicon
    from monitor.memory import share_heap
    from monitor.pipeline import Pipeline
    from monitor.record import Archive

    share_heap()
    archive = Archive.open(settings.database)
    try:
        archive.adopt(configuration.sources, now())
        with open_fetcher(settings, configuration, archive) as fetcher:
            archive.abandon(owner.dead(archive.owners()))
            archive.forget_future(now())
            name = owner.name()
            dice = random.Random()  # noqa: S311 - jitter
            words = open_lexicon(configuration.lexicon)
            pipeline = Pipeline(fetcher, archive, now, dice, name, configuration.channels, words)
            courier = _courier(configuration, archive, name)
            try:
                yield Station(configuration, archive, pipeline, courier, name, settings)
            finally:
                courier.close()
    finally:
        archive.close()


@contextmanager
def scratch(settings: Settings) -> Iterator[Pipeline]:
    """Build a line over an empty archive that is thrown away in the end, to replay captures."""
    from tempfile import TemporaryDirectory

    from monitor.pipeline import NOBODY, Pipeline
    from monitor.record import Archive

    with (
        TemporaryDirectory(prefix="monitor-") as folder,
        Archive.open(f"sqlite:///{folder}/scratch.db") as archive,
        open_fetcher(settings) as fetcher,
    ):
        yield Pipeline(fetcher, archive, now, random.Random(), NOBODY)  # noqa: S311 - jitter


@contextmanager
def open_fetcher(
    settings: Settings,
    configuration: Configuration | None = None,
    archive: Archive | None = None,
) -> Iterator[Fetcher]:
    """Open the one HTTP client of this program; with an archive, it remembers robots.txt there."""
    from monitor.fetch import Fetcher, Limits

    contact = _contact(settings, configuration)
    spacing = configuration.host_spacing if configuration else Limits().host_spacing
    limits = Limits(user_agent=user_agent(contact), host_spacing=spacing)
    robots = archive.robots if archive else None
    with Fetcher(
        limits, clock=now, ssl_context=_tls(), browser=settings.browser, robots=robots
    ) as fetcher:
        yield fetcher


def _contact(settings: Settings, configuration: Configuration | None) -> str | None:
    return settings.contact or (configuration.contact if configuration else None) or None


def user_agent(contact: str | None) -> str:
    """Say honestly who is asking, and how to reach them."""
    from monitor import __version__

    return f"policy-monitor/{__version__}" + (f" (+{contact})" if contact else "")


def stamped(archive: Archive, configuration: Configuration) -> Seal | None:
    """Have the chains that grew time-stamped and keep that; `None` where none grew.

    Raises `StampError` where the authority gives no stamp, and `UsageError` where none is set.
    """
    from monitor.fetch.authority import Authority
    from monitor.fetch.guarded import guarded_transport
    from monitor.stamping import stamp

    if configuration.timestamp_url is None:
        raise UsageError(
            "no authority is set: timestamp_url in [monitor] of sources.toml names one (RFC 3161)"
        )
    allowed = configuration.timestamp_private
    transport = guarded_transport(allow_private=allowed, ssl_context=_tls())
    with closing(Authority(configuration.timestamp_url, transport=transport)) as authority:
        return stamp(archive, authority)


def open_channel(config: ChannelConfig) -> Channel:
    """Open one channel; its connections obey the same address check as a fetch."""
    from monitor.fetch.guarded import guarded_transport
    from monitor.notify.channel import open_channel as opened

    return opened(config, transport=partial(guarded_transport, ssl_context=_tls()), clock=now)


@cache
def _tls() -> SSLContext:
    # Reading the certificates costs as much as a whole check: once for the life of the program.
    from monitor.fetch import tls_context

    return tls_context()


def trial(config: ChannelConfig) -> Message:
    """Return the message of ``monitor channels test``."""
    from monitor.render import News, compose

    source = Source("test", "Policy monitor", "policy", "test message", "https://example.org/")
    key = f"test-{uuid4().hex}"
    created = now()
    delivery = Delivery(
        0, key, config.name, "channel.test", source.id, None, None, "pending", created, created
    )
    return compose(News(delivery, source))


def about_change(archive: Archive, number: int, *, web: str = "") -> Message | None:
    """Return the message that would be sent about a change; `None` where there is none."""
    from monitor.render import News, compose

    change = archive.change(number)
    if change is None:
        return None
    at = change.confirmed_at
    delivery = Delivery(
        0, f"change-{number}", "preview", event_of(change.announcement), change.source, number,
        None, "pending", at, at,
    )  # fmt: skip
    source = {known.id: known for known in archive.sources()}[change.source]
    comparison = archive.comparison(number)
    return compose(News(delivery, source, change, comparison), web=web)


def feed_entry(archive: Archive, number: int, *, web: str = "") -> str | None:
    """Return a change as an entry of a feed; `None` where there is none."""
    from monitor.render.feed import Entry, entry

    change = archive.change(number)
    if change is None:
        return None
    source = {known.id: known for known in archive.sources()}[change.source]
    return entry(Entry(change, archive.comparison(number), source.tags), web=web)


def _courier(
    configuration: Configuration,
    archive: Archive,
    owner: str,
    opened: Mapping[str, Channel] | None = None,
) -> Courier:
    from monitor.deliver import Courier

    opened = opened or {}
    channels = {
        name: opened.get(name) or open_channel(config)
        for name, config in configuration.channels.items()
    }
    watched = {source.id: source for source in configuration.sources}

    def source(ident: str) -> Source:
        return watched.get(ident) or {known.id: known for known in archive.sources()}[ident]

    paces = {name: config.pace for name, config in configuration.channels.items()}
    dice = random.Random()  # noqa: S311 - jitter
    web = configuration.web_url or ""
    return Courier(archive, channels, source, now, dice, owner, paces, web)
