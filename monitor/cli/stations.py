"""What commands work on: the archive alone, or a whole station; and which sources are meant."""

from __future__ import annotations

import os
from contextlib import contextmanager
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from monitor.cli.app import Options
    from monitor.model import Source
    from monitor.record import Archive
    from monitor.settings import Settings
    from monitor.sources import Configuration
    from monitor.wiring import Station


def settings(options: Options) -> Settings:
    """Return the environment's settings with what the command line says over them."""
    from monitor.settings import Settings

    return Settings.from_environ(os.environ).override(
        config=options.config, database=options.database
    )


def configuration(options: Options, *, secrets: bool = True) -> Configuration:
    """Read the sources; raises `ConfigError` with every fault.

    Without `secrets` none is looked up, and there are no channels.
    """
    from monitor.sources import load

    return load(settings(options).config, environ=os.environ if secrets else None)


def web_url(options: Options) -> str:
    """Return where the web view stands; nothing where no configuration says so."""
    try:
        return configuration(options, secrets=False).web_url or ""
    except ConfigError:
        # What was recorded can be read also where the sources are gone, or being edited.
        return ""


@contextmanager
def archive(options: Options) -> Iterator[Archive]:
    """Open the archive for a reading command; raises `UsageError` where there is none yet."""
    from monitor.record import Archive

    url = settings(options).database
    file = url.removeprefix("sqlite:///").partition("?")[0]
    if url.startswith("sqlite:///") and not os.path.lexists(file):
        raise UsageError(f"nothing has been watched yet ({file} is not there); run `monitor check`")
    opened = Archive.open(url, create=False)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def station(options: Options) -> Iterator[Station]:
    """Build everything a check or a delivery needs, and close it."""
    from monitor.wiring import assemble

    with assemble(configuration(options), settings(options)) as built:
        yield built


def chosen(wanted: Sequence[str], known: Sequence[Source]) -> tuple[Source, ...]:
    """Return the sources meant by ids, site names, hosts or globs; all of them for none.

    Raises `UsageError` naming what matches nothing, with the nearest spelling.
    """
    if not wanted:
        return tuple(known)
    found: dict[str, Source] = {}
    for word in wanted:
        matching = [source for source in known if _means(word, source)]
        if not matching:
            raise UsageError(_unknown(word, known))
        found |= {source.id: source for source in matching}
    return tuple(found.values())


def one(word: str, known: Sequence[Source]) -> Source:
    """Return the single source meant; raises `UsageError` listing them where several match."""
    matching = chosen([word], known)
    if len(matching) > 1:
        names = ", ".join(source.id for source in matching[:8])
        raise UsageError(f"{word!r} means {len(matching)} sources; name one of them: {names}")
    return matching[0]


def _means(word: str, source: Source) -> bool:
    host = urlsplit(source.url).hostname or ""
    names = (source.id, source.site.casefold(), host, host.removeprefix("www."))
    return any(fnmatchcase(name, word.casefold()) or name == word.casefold() for name in names)


def _unknown(word: str, known: Sequence[Source]) -> str:
    if not known:
        return f"no source {word!r}: nothing has been watched yet; run `monitor check` first"
    names = sorted({source.id for source in known} | {source.site for source in known})
    near = get_close_matches(word, names, n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else "; `monitor list` shows all"
    return f"no source, site or host matches {word!r}{hint}"


def path_of(options: Options) -> Path:
    """Return where the sources are, or would be, read from."""
    return settings(options).config
