"""Secrets by reference: ``env:NAME`` or ``file:PATH``; their values never reach a fault."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.sources.refusal import nearest, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REFERENCE = r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$"
_PREFIX = re.compile(r"(env|file):")
_LARGEST = 65_536
_ADVICE = 'keep the value in the environment or in a file: "env:NAME" or "file:PATH"'


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where references are looked up; without an environment none is, and reads give `None`."""

    environ: Mapping[str, str] | None = field(repr=False)
    base: Path
    """Folder that relative ``file:`` paths start from."""

    def read(self, text: str, *, plain: bool) -> str | None:
        """Return the value `text` refers to, or `text` itself where `plain` allows that.

        Raises:
            PydanticCustomError: `text` is no reference though it must be, or leads nowhere.

        """
        if not _PREFIX.match(text):
            if plain:
                return text
            raise refuse("is a secret in plain text", _ADVICE)
        scheme, _, name = text.partition(":")
        if not re.match(REFERENCE, text) or "\0" in name:
            raise refuse("is no reference to a secret", _ADVICE)
        if self.environ is None:
            return None
        return self._variable(name) if scheme == "env" else self._file(name)

    def _variable(self, name: str) -> str:
        assert self.environ is not None
        value = self.environ.get(name, "")
        if value:
            return value
        close = nearest(name, self.environ)
        hint = f"did you mean env:{close}?" if close else f"export {name}=… before starting"
        state = "is empty" if name in self.environ else "is not set"
        raise refuse(f"the environment variable {name} {state}", hint)

    def _file(self, name: str) -> str:
        path = self.base / name
        try:
            with path.open("rb") as file:
                content = file.read(_LARGEST + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a path"
            raise refuse(f"the file {path} cannot be read: {reason}") from None
        if len(content) > _LARGEST:
            raise refuse(f"the file {path} is too large for a secret")
        try:
            value = content.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise refuse(f"the file {path} is not UTF-8 text") from None
        if not value:
            raise refuse(f"the file {path} is empty")
        return value
