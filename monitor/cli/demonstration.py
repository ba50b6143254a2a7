"""``demo``: the whole thing in half a minute."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app


@app.command()
def demo(
    folder: Annotated[
        Path | None, typer.Option(help="Where to keep its files. [default: a new folder]")
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Do not pause between scenes.")] = False,
) -> None:
    """See it all in half a minute, without a network.

    A local policy changes while you watch; nothing needs to be configured.
    """
    import tempfile
    import time

    from monitor.demo.story import tell

    kept = folder or Path(tempfile.mkdtemp(prefix="monitor-demo-"))
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "monitor.db").unlink(missing_ok=True)
    tell(kept, output.console(), (lambda _: None) if fast else time.sleep)
