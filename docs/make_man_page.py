"""Write the manual page monitor(1) from the program's own help.

    python docs/make_man_page.py > monitor.1

The form is that of man(7).
"""

# ruff: noqa: INP001 - a program beside the documents, not a package

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import typer.core
import typer.main

from monitor import __version__
from monitor.cli.app import EPILOG
from monitor.cli.exits import Exit
from monitor.cli.program import app
from monitor.settings import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    Command = typer.core.TyperCommand | typer.core.TyperGroup


def escaped(text: str) -> str:
    """Return text that groff shows as it is, on one line."""
    line = " ".join(text.split()).replace("\\", r"\e").replace("-", r"\-")
    return re.sub(r"^([.'])", r"\\&\1", line)


def commands(command: Command, name: str) -> Iterator[tuple[str, Command]]:
    """Yield every command that does something, with its full name."""
    children = getattr(command, "commands", None)
    if not children:
        yield name, command
        return
    for word, child in children.items():
        yield from commands(child, f"{name} {word}")


def parameters(command: Command) -> Iterator[str]:
    """Describe arguments and options."""
    for one in command.params:
        names = ", ".join([*one.opts, *one.secondary_opts])
        argument = one.param_type_name == "argument"
        shown = (one.metavar or one.human_readable_name) if argument else names
        yield f".TP\n.B {escaped(shown)}\n{escaped(getattr(one, 'help', '') or '')}"


def page() -> str:
    """Return the whole manual page."""
    program = typer.main.get_command(app)
    parts = [
        f'.TH MONITOR 1 "" "policy\\-monitor {__version__}" "User Commands"',
        f".SH NAME\nmonitor \\- {escaped(program.help or '')}",
        ".SH SYNOPSIS\n.B monitor\n[options] command [arguments]",
        f".SH DESCRIPTION\n{escaped(EPILOG)}",
        ".SH OPTIONS",
        *parameters(program),
        ".SH COMMANDS",
    ]
    for name, command in commands(program, "monitor"):
        parts += [f".SS {escaped(name)}\n{escaped(command.help or '')}", *parameters(command)]
    words = {code: escaped(code.name.lower().replace("_", " ")) for code in Exit}
    codes = [f".TP\n.B {code.value}\n{said}" for code, said in words.items()]
    variables = [f".TP\n.B {name}\nor {name}_FILE, a file that holds the value" for name in NAMES]
    parts += [".SH EXIT STATUS", *codes, ".SH ENVIRONMENT", *variables]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
