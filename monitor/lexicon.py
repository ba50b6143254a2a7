"""The words of the rules of `monitor.assess`: those of the program, and a folder of one's own."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from monitor.assess.vocabulary import Vocabulary, read, shipped
from monitor.errors import ConfigError, Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Lexicon = Callable[[str], Vocabulary]

LARGEST = 1_000_000


def open_lexicon(folder: Path | None) -> Lexicon:
    """Return what gives the words of a language; files of a folder add to those of the program.

    Raises:
        ConfigError: the folder is not there, or a file in it cannot be used; all faults at once.

    """
    if folder is None:
        return shipped
    own = _own(folder)

    @cache
    def words(language: str) -> Vocabulary:
        known = shipped(language)
        return known.joined(own[language]) if language in own else known

    return words


def _own(folder: Path) -> dict[str, Vocabulary]:
    if not folder.is_dir():
        raise ConfigError((Fault(str(folder), "", "is no folder", "name one in monitor.lexicon"),))
    found: dict[str, Vocabulary] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            found[path.stem.casefold()] = _read(path)
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(tuple(faults))
    if not found:
        hint = "put files such as en.toml into it"
        raise ConfigError((Fault(str(folder), "", "holds no .toml file", hint),))
    return found


def _read(path: Path) -> Vocabulary:
    try:
        content = path.read_bytes()[: LARGEST + 1]
        if len(content) > LARGEST:
            raise ConfigError((Fault(str(path), "", f"is larger than {LARGEST} bytes"),))
        return read(content.decode(), str(path))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError((Fault(str(path), "", f"cannot be read: {reason}"),)) from None
    except UnicodeDecodeError:
        raise ConfigError((Fault(str(path), "", "is not UTF-8"),)) from None
