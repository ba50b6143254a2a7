"""What wraps on a terminal stays where it belongs."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.text import Text

from monitor.render.terminal import hang


def test_what_wraps_keeps_its_indent() -> None:
    """Each line by its own; nothing is lost, and a line that fits is left alone."""
    out = StringIO()
    lines = "heading\n\n    one two three four five six\n  short"
    hang(Console(file=out, width=26), Text(lines), deeper=2)
    told = ["heading", "", "    one two three four", "      five six", "  short"]
    assert [line.rstrip() for line in out.getvalue().splitlines()] == told
