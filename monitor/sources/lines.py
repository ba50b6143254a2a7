"""Where each key of a TOML text stands; for texts that tomllib has accepted."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress

Location = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_STRINGS = (
    r'"""(?:\\.|(?!""").)*"{3,5}',
    r"'''(?:(?!''').)*'{3,5}",
    r'"(?:\\.|[^"\\])*"',
    r"'[^']*'",
)
_STRING = re.compile("|".join(_STRINGS), re.DOTALL)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")
_DOT = re.compile(r"[ \t]*\.[ \t]*")


def find_lines(text: str) -> dict[Location, int]:
    """Return the line, counted from 1, of every table, key and element in `text`."""
    scanner = _Scanner(text)
    with suppress(RecursionError):
        scanner.document()
    return scanner.lines


def line_of(location: Location, lines: dict[Location, int]) -> int | None:
    """Return the line of `location`, or of the innermost table around it that has one."""
    for length in range(len(location), 0, -1):
        if location[:length] in lines:
            return lines[location[:length]]
    return None


def is_bare_key(key: str) -> bool:
    """Whether `key` needs no quotes."""
    return bool(_BARE_KEY.fullmatch(key))


class _Scanner:
    """Reads forward only; a text it does not understand ends the scan, never raises."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.lines: dict[Location, int] = {}
        self.counts: dict[Location, int] = {}

    def document(self) -> None:
        table: Location = ()
        self._skip()
        while self.at < len(self.text):
            before = self.at
            if self._peek("["):
                table = self._header()
            else:
                self._pair(table)
            self._skip()
            if self.at == before:
                return

    def _header(self) -> Location:
        line = self.line
        brackets = 2 if self._peek("[[") else 1
        self._advance(self.at + brackets)
        self._skip()
        table = self._resolve(self._key(), appends=brackets == 2)  # noqa: PLR2004 - [[ ]]
        self.lines.setdefault(table, line)
        end = self.text.find("\n", self.at)
        self._advance(len(self.text) if end < 0 else end)
        return table

    def _resolve(self, key: list[str], *, appends: bool) -> Location:
        path: Location = ()
        for part in key[:-1]:
            path = self._last((*path, part))
        path = (*path, *key[-1:])
        if appends:
            self.counts[path] = self.counts.get(path, 0) + 1
            self.lines.setdefault(path, self.line)
        return self._last(path)

    def _last(self, path: Location) -> Location:
        return (*path, self.counts[path] - 1) if path in self.counts else path

    def _pair(self, table: Location) -> None:
        line = self.line
        key = self._key()
        for length in range(1, len(key) + 1):
            self.lines.setdefault((*table, *key[:length]), line)
        self._skip()
        if self._peek("="):
            self._advance(self.at + 1)
            self._skip()
            self._value((*table, *key))

    def _key(self) -> list[str]:
        parts: list[str] = []
        while True:
            quoted = _STRING.match(self.text, self.at)
            match = quoted or _BARE_KEY.match(self.text, self.at)
            if match is None:
                return parts
            self._advance(match.end())
            parts.append(_unquote(match.group()) if quoted else match.group())
            dot = _DOT.match(self.text, self.at)
            if dot is None:
                return parts
            self._advance(dot.end())

    def _value(self, path: Location) -> None:
        if self._peek("["):
            self._array(path)
        elif self._peek("{"):
            self._inline_table(path)
        else:
            match = _STRING.match(self.text, self.at) or _BARE_VALUE.match(self.text, self.at)
            self._advance(match.end() if match else self.at)

    def _array(self, path: Location) -> None:
        self._advance(self.at + 1)
        self._skip()
        index = 0
        while self.at < len(self.text) and not self._peek("]"):
            before = self.at
            self.lines.setdefault((*path, index), self.line)
            self._value((*path, index))
            self._comma()
            index += 1
            if self.at == before:
                return
        self._advance(self.at + 1)

    def _inline_table(self, path: Location) -> None:
        self._advance(self.at + 1)
        self._skip()
        while self.at < len(self.text) and not self._peek("}"):
            before = self.at
            self._pair(path)
            self._comma()
            if self.at == before:
                return
        self._advance(self.at + 1)

    def _comma(self) -> None:
        self._skip()
        if self._peek(","):
            self._advance(self.at + 1)
            self._skip()

    def _peek(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def _skip(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self._advance(match.end() if match else self.at)

    def _advance(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = min(end, len(self.text))


def _unquote(key: str) -> str:
    try:
        return str(next(iter(tomllib.loads(f"{key} = 0"))))
    except (tomllib.TOMLDecodeError, StopIteration):
        return key
