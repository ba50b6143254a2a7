"""The git program, run in a folder with nothing of this program's surroundings."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from monitor.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def start(folder: Path, *arguments: str, feed: bool = False) -> subprocess.Popen[bytes]:
    """Start git in a folder; with `feed`, what is written to its input is its work.

    Raises `UsageError` where there is no git, or no such folder.
    """
    environ = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    try:
        return subprocess.Popen(  # noqa: S603 - a fixed program, no shell
            ["git", *arguments],  # noqa: S607 - wherever it is installed
            cwd=folder,
            env=environ | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"},
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        raise UsageError(f"{folder}: git cannot be run: {error.strerror or error}") from None


def refusal(folder: Path, said: bytes) -> UsageError:
    """Return what git said as an error of the command that called it."""
    lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return UsageError(f"{folder}: git: {lines[0] if lines else 'it failed and did not say why'}")
