"""``web``: the page people look at, by itself or beside the daemon."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.stations import archive, settings
from monitor.errors import ListenError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from monitor.daemon import Daemon, Report
    from monitor.model import Delivery
    from monitor.pipeline import Checked
    from monitor.sources.load import WebView
    from monitor.web.opening import Opening
    from monitor.web.pulse import Pulse
    from monitor.wiring import Station


@app.command()
def web(
    context: typer.Context,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on. [default: 127.0.0.1]")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="0 for any free one. [default: 8383]")
    ] = None,
) -> None:
    """Serve what is recorded as web pages, feeds and JSON.

    Read-only. `monitor run` does it too. Beyond this machine it asks for the web_token of
    sources.toml.
    """
    from monitor.wiring import now

    opening = _opening(_view(context), host, port)
    with archive(context.obj) as opened:
        from monitor.web.opening import open_view

        stop: SimpleQueue[int] = SimpleQueue()

        def asked(number: int, _frame: FrameType | None) -> None:
            stop.put(number)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, asked)
        with open_view(opened, opening, now) as address:
            output.console(stderr=True).print(f"{address}  (Ctrl-C stops)", soft_wrap=True)
            stop.get()


def _view(context: typer.Context) -> WebView:
    from monitor.sources.load import WebView, load_view

    path = settings(context.obj).config
    named = context.obj.config is not None
    return load_view(path, environ=os.environ) if named or path.exists() else WebView()


def _opening(view: WebView, host: str | None = None, port: int | None = None) -> Opening:
    from monitor.web.opening import Opening

    listening = "127.0.0.1:8383" if view.web == "off" else view.web
    name, _, number = listening.rpartition(":")
    outside = urlsplit(view.web_url or "").hostname
    return Opening(
        host=(host or name).strip("[]"),
        port=int(number) if port is None else port,
        hosts=(*view.web_hosts, *([outside] if outside else [])),
        token=view.web_token,
        address=view.web_url or "",
    )


class Overheard:
    """Tells a daemon's report to two: whoever watches, and the metrics."""

    def __init__(self, report: Report, pulse: Pulse) -> None:
        self._report = report
        self._pulse = pulse
        self.say = report.say
        self.idle = report.idle

    def checked(self, checked: Checked) -> None:
        """Take a check that has ended."""
        self._pulse.checked(checked)
        self._report.checked(checked)

    def delivered(self, delivery: Delivery) -> None:
        """Take a delivery that was tried."""
        self._pulse.delivered(delivery)
        self._report.delivered(delivery)


class Beside:
    """The web view of a running daemon."""

    def __init__(self, built: Station) -> None:
        from monitor.web.pulse import Pulse

        self._built = built
        self._pulse = Pulse()

    def overhear(self, report: Report) -> Report:
        """Return a report that counts what it is told, too."""
        return Overheard(report, self._pulse)

    @contextmanager
    def open(self, daemon: Daemon, report: Report) -> Iterator[None]:
        """Serve until the block ends; a daemon whose view cannot be opened works without."""
        from monitor.web.opening import open_view

        self._pulse.ticked_at = lambda: daemon.ticked_at
        opening = _opening(self._built.configuration.web)
        view = open_view(self._built.archive, opening, self._built.pipeline.clock, self._pulse)
        with ExitStack() as stack:
            try:
                report.say(f"web view: {stack.enter_context(view)}")
            except ListenError as error:
                report.say(f"no web view: {error}")
            yield
