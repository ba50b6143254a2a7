"""Settings of one machine, from its environment; what to watch is `sources.toml`'s to say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from monitor.errors import ConfigError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

LogFormat = Literal["text", "json"]

NAMES = ("MONITOR_CONFIG", "MONITOR_DATABASE", "MONITOR_LOG", "MONITOR_CONTACT", "MONITOR_BROWSER")
"""Each may also be given as ``NAME_FILE``, a file that holds the value."""
CONFIG = "sources.toml"
_FORMATS = ("text", "json")
_SCHEMES = ("sqlite", "postgresql", "postgresql+psycopg")
_LARGEST = 65_536
_TYPO = 0.88
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between two machines that watch the same policies."""

    config: Path
    """File that says what to watch."""
    database: str = field(repr=False)
    """SQLAlchemy URL, which may hold a password."""
    log: LogFormat = "text"
    contact: str | None = None
    """Where publishers can turn to; `None` leaves it to the configuration file."""
    browser: str | None = None
    """Name or path of Chromium; `None` looks for it under its usual names."""
    service: str = ""
    """Socket of the service manager that started this program (sd_notify(3)); empty for none."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Return the settings in `environ`; an empty variable counts as unset.

        Raises:
            ConfigError: A value is unusable; holds every fault.

        """
        faults = _misspelled(environ)
        values = dict.fromkeys(NAMES, "")
        for name in NAMES:
            try:
                values[name] = _value(name, environ)
            except ConfigError as error:
                faults.extend(error.faults)
        faults.extend(_bad_values(values))
        if faults:
            raise ConfigError(tuple(faults))
        return cls(
            config=Path(values["MONITOR_CONFIG"] or CONFIG),
            database=database_url(values["MONITOR_DATABASE"]),
            log=cast("LogFormat", values["MONITOR_LOG"] or "text"),
            contact=values["MONITOR_CONTACT"] or None,
            browser=values["MONITOR_BROWSER"] or None,
            service=environ.get("NOTIFY_SOCKET", ""),
        )

    def override(self, *, config: Path | None = None, database: str | None = None) -> Settings:
        """Return the settings with what a command line says over them, `None` saying nothing.

        Raises:
            ConfigError: `database` is of a kind that is not supported.

        """
        return replace(
            self,
            config=config or self.config,
            database=database_url(database) if database else self.database,
        )


def database_url(text: str = "") -> str:
    """Return `text`, a database URL or the path of an SQLite file, as a URL.

    Nothing means the file ``monitor.sqlite3`` in the user's data directory.

    Raises:
        ConfigError: The URL is of a database that is not supported.

    """
    if "://" in text:
        fault = _unknown_database("", text)
        if fault:
            raise ConfigError((fault,))
        return re.sub("^postgresql://", "postgresql+psycopg://", text)
    path = Path(text).expanduser().absolute() if text else _user_folder() / "monitor.sqlite3"
    return f"sqlite:///{path}"


def _user_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("policy-monitor", appauthor=False)


def _value(name: str, environ: Mapping[str, str]) -> str:
    value, path = environ.get(name, ""), environ.get(f"{name}_FILE", "")
    if value and path:
        raise _refused(name, f"is set beside {name}_FILE", "unset one of the two")
    if not path:
        return value
    try:
        with Path(path).open("rb") as file:
            content = file.read(_LARGEST)
        return content.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise _refused(f"{name}_FILE", f"{path} is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(f"{name}_FILE", f"{path} cannot be read: {reason}") from None


def _bad_values(values: Mapping[str, str]) -> list[Fault]:
    faults = [
        Fault("environment", name, "holds a line break or control character")
        for name, value in values.items()
        if _CONTROL.search(value)
    ]
    log = values.get("MONITOR_LOG") or "text"
    if log not in _FORMATS:
        close = get_close_matches(log.lower(), _FORMATS, n=1)
        hint = f'did you mean "{close[0]}"?' if close else '"text" or "json"'
        faults.append(Fault("environment", "MONITOR_LOG", f"unknown format {log!r:.80}", hint))
    database = values.get("MONITOR_DATABASE", "")
    unknown = _unknown_database("MONITOR_DATABASE", database) if "://" in database else None
    return [*faults, unknown] if unknown else faults


def _unknown_database(key: str, url: str) -> Fault | None:
    scheme = url.partition("://")[0]
    if scheme in _SCHEMES:
        return None
    hint = "sqlite:///PATH, postgresql+psycopg://… or the path of a file"
    return Fault("environment" if key else "--database", key, f"no database {scheme!r:.80}", hint)


def _misspelled(environ: Mapping[str, str]) -> list[Fault]:
    known = [*NAMES, *(f"{name}_FILE" for name in NAMES)]
    faults = []
    for name in sorted(environ):
        if name.startswith("MONITOR_") and name not in known:
            close = get_close_matches(name, known, n=1, cutoff=_TYPO)
            if close:
                faults.append(Fault("environment", name, "unknown", f"did you mean {close[0]}?"))
    return faults


def _refused(key: str, problem: str, hint: str = "") -> ConfigError:
    return ConfigError((Fault("environment", key, problem, hint),))
