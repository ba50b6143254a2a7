"""The command line: thin commands over the archive and the line; exit codes in `exits`."""

from __future__ import annotations

import os
import sys
import threading
import traceback


def main() -> None:
    """Run the program; expected errors become one message and a documented exit code."""
    if sys.argv[1:] == ["--version"]:
        # Asked by scripts and packagers; answered before anything heavy is imported.
        from monitor import __version__

        sys.stdout.write(f"monitor {__version__}\n")
        return
    from monitor.cli.exits import Exit
    from monitor.cli.program import run

    try:
        code = run()
    except Exception:  # noqa: BLE001 - the edge of the main thread: nothing is swallowed
        # Loud, but not with Python's exit code 1, which says that something changed.
        traceback.print_exc()
        code = Exit.DEFECT
    if code in {Exit.INTERRUPTED, Exit.DEFECT} and _held_up():
        # Threads that hang in a fetch would keep the interpreter from ending.
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _held_up() -> bool:
    others = set(threading.enumerate()) - {threading.main_thread()}
    return any(not thread.daemon for thread in others)
