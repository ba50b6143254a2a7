"""The bar that long work shows: on stderr, only on a terminal, gone when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cli import output

if TYPE_CHECKING:
    from rich.progress import Progress


def progress() -> Progress:
    """Return a display of bars; nothing is shown where stderr is no terminal."""
    from rich.progress import Progress

    err = output.console(stderr=True)
    return Progress(console=err, transient=True, disable=not err.is_terminal)
