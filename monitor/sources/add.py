"""Adds a source to a configuration and leaves every other byte of it alone."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
from typing import TYPE_CHECKING, Any

from monitor.errors import ConfigError, Fault
from monitor.sources.lines import is_bare_key
from monitor.sources.load import decode, parse, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_NEW = "# Policies to watch. Every key is described in docs/sources.md.\n"
_MODE = 0o644


def add_source(path: Path, entry: Mapping[str, Any]) -> None:
    """Append `entry`, keys and values as in the file, to the configuration at `path`.

    As `add_sources`, for one.
    """
    add_sources(path, [entry])


def add_sources(path: Path, entries: Iterable[Mapping[str, Any]]) -> None:
    """Append all of `entries`, or none, to the configuration at `path`.

    The file is made if there is none. It is replaced in one step and only by one that loads:
    whatever goes wrong, the old one stays.

    Raises:
        ConfigError: The configuration would be at fault with the sources, or cannot be written.

    """
    target = path.resolve()
    try:
        with _locked(target.parent):
            content = read(target) if target.exists() else _NEW.encode()
            for entry in entries:
                content += _addition(content, entry)
            parse(decode(content, path), str(path), environ=None, base_dir=target.parent)
            _replace(target, content)
    except UnicodeEncodeError as error:
        problem = f"{error.object[error.start : error.end]!a} is no character"
        raise ConfigError((Fault(str(path), "source", problem),)) from None
    except OSError as error:
        problem = f"cannot be written: {error.strerror or error}"
        raise ConfigError((Fault(str(path), "", problem),)) from None


def to_toml(entry: Mapping[str, Any]) -> str:
    """Return `entry` as a ``[[source]]`` table."""
    pairs = "".join(f"{_key(key)} = {_value(value)}\n" for key, value in entry.items())
    return f"[[source]]\n{pairs}"


def _addition(content: bytes, entry: Mapping[str, Any]) -> bytes:
    gap = "" if not content else "\n" if content.endswith(b"\n") else "\n\n"
    newline = "\r\n" if b"\r\n" in content else "\n"
    return (gap + to_toml(entry)).replace("\n", newline).encode()


def _key(key: str) -> str:
    return key if is_bare_key(key) else _text(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        pairs = ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return str(value)


def _text(value: str) -> str:
    # Names come from other people's lists too: the file must read as it is written.
    written = json.dumps(value, ensure_ascii=False)
    return _STEERING.sub(lambda found: f"\\U{ord(found[0]):08x}", written)


_STEERING = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
"""Control and direction characters that JSON lets through."""


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a lock on `folder`, so that two additions at once both last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(target: Path, content: bytes) -> None:
    """Write beside `target` and rename; the lock keeps the name from being used twice."""
    temporary = target.with_name(f".{target.name}.new")
    temporary.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            _keep_owner(file.fileno(), target)
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _keep_owner(descriptor: int, target: Path) -> None:
    if not target.exists():
        os.fchmod(descriptor, _MODE)
        return
    status = target.stat()
    os.fchmod(descriptor, status.st_mode & 0o7777)
    with contextlib.suppress(PermissionError):
        os.fchown(descriptor, status.st_uid, status.st_gid)
