"""The command line: thin commands over the archive and the line; exit codes in `exits`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program; expected errors become one message and a documented exit code."""
    if sys.argv[1:] == ["--version"]:
        # Asked by scripts and packagers; answered before anything heavy is imported.
        from monitor import __version__

        sys.stdout.write(f"monitor {__version__}\n")
        return
    from monitor.cli.program import run

    sys.exit(run())
