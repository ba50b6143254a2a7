"""Reads a configuration whole: every source and channel, or every fault at once."""

from __future__ import annotations

import re
import stat
import tomllib
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from monitor.errors import ConfigError, Fault
from monitor.sources.build import build_channels, build_sources
from monitor.sources.faults import explain, place
from monitor.sources.review import doubts, problems
from monitor.sources.schema import File, MonitorEntry, MonitorOnly
from monitor.sources.secret import Secrets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.model import ChannelConfig, Source

LARGEST = 64 * 1024 * 1024
"""Bytes of the largest configuration that is read."""


@dataclass(frozen=True, slots=True)
class WebView:
    """Where people can look at what is recorded."""

    web: str = "127.0.0.1:8383"
    """Address and port to listen on; ``off`` for none."""
    web_token: str | None = field(default=None, repr=False)
    """What is asked for; `None` where everybody on this machine is let in."""
    web_hosts: tuple[str, ...] = ()
    """Names it is reached by, besides its own address."""
    web_url: str | None = None
    """Where people reach it, without a slash at its end; `None` where that is its own address."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that a configuration says, complete and checked."""

    sources: tuple[Source, ...]
    """In the order of the file; ids are unique."""
    channels: dict[str, ChannelConfig]
    """By name, secrets resolved; empty where the secrets were not to be read."""
    path: Path
    contact: str | None = None
    """Where publishers can turn to; part of the User-Agent."""
    host_spacing: timedelta = timedelta(seconds=1)
    """Shortest time between two requests to one host."""
    quota: int | None = None
    """Bytes of the archive that are warned of; `None` where nobody is to be warned."""
    timestamp_url: str | None = None
    """Authority that stamps the heads of chains once a day; `None` for none."""
    timestamp_private: bool = False
    """Whether it may have a private address."""
    web: WebView = WebView()
    web_url: str | None = None
    """Where people reach the web view, without a slash at its end; `None` where they cannot."""
    lexicon: Path | None = None
    """Folder with words of one's own; `None` where there is none."""
    warnings: tuple[Fault, ...] = field(default=(), repr=False)
    """What is allowed but probably not meant."""


def load(path: Path, *, environ: Mapping[str, str] | None) -> Configuration:
    """Return the configuration in the file at `path`.

    Without `environ` no secret is read, so that commands which send nothing need none;
    `Configuration.channels` is empty then, and headers with secret values are left out.

    Raises:
        ConfigError: The file cannot be used; holds every fault, in the order of the file.

    """
    text = decode(read(path), path)
    return parse(text, str(path), environ=environ, base_dir=path.resolve().parent)


def load_sources(path: Path) -> tuple[Source, ...]:
    """Return the sources of the file at `path`; none where there is no file, or none in it yet.

    For what adds to it. Reads no secret.

    Raises:
        ConfigError: As `load`.

    """
    if not path.exists() or not _toml(decode(read(path), path), str(path)).get("source"):
        return ()
    return load(path, environ=None).sources


def load_view(path: Path, *, environ: Mapping[str, str]) -> WebView:
    """Return where the file at `path` wants the web view; what else it says is not looked at.

    The secrets of channels are not asked for: nothing is sent.

    Raises:
        ConfigError: As `load`, for the table ``monitor`` alone.

    """
    given = _monitor_alone(path, environ)
    return WebView(**{name: value for name, value in given.items() if name in _VIEW})


def load_quota(path: Path) -> int | None:
    """Return the quota the file at `path` sets; what else it says is not looked at.

    Raises:
        ConfigError: As `load`, for the table ``monitor`` alone.

    """
    found: int | None = _monitor_alone(path, None).get("quota")
    return found


def parse(
    text: str, name: str, *, environ: Mapping[str, str] | None, base_dir: Path
) -> Configuration:
    """Return the configuration that `text` writes; `name` stands for it in faults.

    Raises:
        ConfigError: As `load`.

    """
    raw = _toml(text, name)
    found = problems(raw)
    try:
        file = File.model_validate(raw, context=Secrets(environ, base_dir))
    except ValidationError as error:
        found = [*explain(error, raw), *found]
    if found:
        raise ConfigError(place(found, text, name))
    sources = build_sources(file)
    warnings = doubts(sources)
    return Configuration(
        sources=sources,
        channels={} if environ is None else build_channels(file),
        path=Path(name),
        warnings=place(warnings, text, name) if warnings else (),
        **_gathered(_settings(file.monitor), base_dir),
    )


def _monitor_alone(path: Path, environ: Mapping[str, str] | None) -> dict[str, Any]:
    text = decode(read(path), path)
    raw = {key: value for key, value in _toml(text, str(path)).items() if key == "monitor"}
    try:
        context = Secrets(environ, path.resolve().parent)
        return _settings(MonitorOnly.model_validate(raw, context=context).monitor)
    except ValidationError as error:
        raise ConfigError(place(explain(error, raw), text, str(path))) from None


_VIEW = frozenset(one.name for one in fields(WebView))


def _settings(entry: MonitorEntry) -> dict[str, Any]:
    given = entry.given()
    if "web_hosts" in given:
        given["web_hosts"] = tuple(given["web_hosts"])
    return given


def _gathered(given: dict[str, Any], base_dir: Path) -> dict[str, Any]:
    view = {name: value for name, value in given.items() if name in _VIEW}
    # Messages and feeds link to it, too.
    rest = {name: value for name, value in given.items() if name not in _VIEW - {"web_url"}}
    if "lexicon" in rest:
        rest["lexicon"] = base_dir / rest["lexicon"]
    return rest | {"web": WebView(**view)}


def read(path: Path) -> bytes:
    """Return the bytes of the file at `path`, which nobody but its owners can write.

    Raises:
        ConfigError: There is no such file, or it cannot be read as one.

    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _refused(path, "is a directory", f"name the file: {path}/sources.toml")
        if status.st_mode & stat.S_IWOTH and stat.S_ISREG(status.st_mode):
            raise _refused(path, "can be written by everybody", f"chmod o-w {path}")
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISFIFO(status.st_mode):
            raise _refused(path, "is no regular file")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        hint = f"looked for {path.absolute()}; make one: monitor add https://…"
        raise _refused(path, "there is no such file", hint) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(path, f"cannot be read: {reason}") from None
    if len(content) > LARGEST:
        raise _refused(path, f"is larger than {LARGEST // 1024 // 1024} MB")
    return content


def decode(content: bytes, path: Path) -> str:
    """Return the text in `content`, the bytes of the file at `path`.

    Raises:
        ConfigError: It is not UTF-8.

    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        hint = "save the file in the encoding UTF-8"
        raise _refused(f"{path}:{line}", "is not UTF-8 text", hint) from None


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise _refused(name, "is nested too deeply") from None
    except (ValueError, OverflowError) as error:
        message, line, column = _position(str(error), text)
    raise _refused(f"{name}:{line}", f"is no TOML: {message}, column {column}")


def _position(message: str, text: str) -> tuple[str, int, int]:
    match = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    if match is None:
        return message, 1, 1
    message = message[: match.start()]
    if match[1]:
        return message, int(match[1]), int(match[2])
    ending = text.rstrip("\n")
    return message, ending.count("\n") + 1, len(ending) - ending.rfind("\n")


def _refused(where: Path | str, problem: str, hint: str = "") -> ConfigError:
    return ConfigError((Fault(str(where), "", problem, hint),))
