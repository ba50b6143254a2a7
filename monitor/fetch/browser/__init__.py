"""The system's Chromium, for pages that show nothing until their scripts have run.

An extra: Playwright drives it, and is imported where a page is first loaded.
"""

from __future__ import annotations

from importlib.util import find_spec
from shutil import which
from threading import Lock
from typing import TYPE_CHECKING, Final

from monitor.errors import FetchError
from monitor.fetch.browser.gateway import Gateway

if TYPE_CHECKING:
    from monitor.fetch.browser.engine import Engine
    from monitor.fetch.stream import Network

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


class Browser:
    """The one browser of this program, found and started when first needed."""

    def __init__(self, network: Network, executable: str | None = None) -> None:
        """Look for nothing yet; `executable` is a name or path, by default any of `NAMES`."""
        self._network = network
        self._names = (executable,) if executable else NAMES
        self._lock = Lock()
        self._engine: Engine | None = None

    @property
    def missing(self) -> str:
        """What has to be installed first; empty where nothing has."""
        if find_spec("playwright") is None:
            return "pip install 'policy-monitor[browser]', and Chromium from the system's packages"
        if self._executable() is None:
            return f"no {self._names[0]} on PATH: install it, or set MONITOR_BROWSER to its path"
        return ""

    def engine(self) -> Engine:
        """Return what loads pages.

        Raises:
            FetchError: ``browser``: it is not installed.

        """
        if missing := self.missing:
            raise FetchError("browser", f"a browser is needed: {missing}")
        from monitor.fetch.browser.engine import Engine

        with self._lock:
            if self._engine is None:
                executable = self._executable()
                assert executable is not None
                self._engine = Engine(executable, Gateway(self._network))
            return self._engine

    def close(self) -> None:
        """End the browser, where it was ever started."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()

    def _executable(self) -> str | None:
        return next((found for name in self._names if (found := which(name))), None)
