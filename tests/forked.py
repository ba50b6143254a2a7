"""The program in processes of its own that need not import it: each is forked from one that has.

What a test sees of it is what it sees of ``python -m monitor``: arguments, environment, folder,
output and exit code. A test that is about starting or killing the program starts it for
itself (`Program.command`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

_IMPORTED = (
    "alembic.command", "apprise", "jinja2", "monitor.backtest", "monitor.cli.program",
    "monitor.daemon", "monitor.deliver", "monitor.dispatch", "monitor.exchange.history",
    "monitor.fetch.guarded", "monitor.notify.email", "monitor.notify.webhook", "monitor.pipeline",
    "monitor.record.archive", "monitor.render.digest", "monitor.settings", "monitor.sources.load",
    "platformdirs.unix", "pydantic.type_adapter", "rich.table", "selectolax.lexbor",
    "sqlalchemy.dialects.sqlite.pysqlite", "sqlite3", "typer._adapters",
)  # fmt: skip
"""What nearly every command comes to import."""
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(list(_IMPORTED))


class Forked:
    """One process, with what tests use of `subprocess.Popen`."""

    def __init__(
        self, arguments: list[str], *, environ: dict[str, str], folder: Path, out: Path, err: Path
    ) -> None:
        self._process = _CONTEXT.Process(target=_be, args=(arguments, environ, folder, out, err))
        self._process.start()
        self.args = arguments

    @property
    def pid(self) -> int:
        """Number of the process."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """Exit code; `None` while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Look whether it has ended."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def run(
    arguments: list[str], *, environ: dict[str, str], folder: Path, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """Run ``monitor`` with these arguments and return its output and exit code."""
    with TemporaryDirectory() as kept:
        out, err = Path(kept) / "out", Path(kept) / "err"
        process = Forked(arguments, environ=environ, folder=folder, out=out, err=err)
        try:
            code = process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        said = out.read_text("utf-8"), err.read_text("utf-8")
    return subprocess.CompletedProcess(arguments, code, *said)


def _be(arguments: list[str], environ: dict[str, str], folder: Path, out: Path, err: Path) -> None:
    from monitor.cli import main

    for number, path in ((1, out), (2, err)):
        # Both may be the same file.
        with path.open("ab") as file:
            os.dup2(file.fileno(), number)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    os.chdir(folder)
    sys.argv = ["monitor", *arguments]
    main()
