"""The program and its global options; commands hang themselves onto it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import Annotated

import typer

EPILOG = (
    "Start with `monitor demo`, or `monitor preview https://…` and `monitor add https://…`; then "
    "`monitor run` watches and `monitor history SITE` tells what changed. "
    "Exit codes: 0 fine · 1 diff or check --exit-code found a change, or backtest alerts that "
    "differ · 2 usage or configuration · "
    "3 some sources failed · 4 all failed, or storage failed · 5 verification failed."
)

app = typer.Typer(
    name="monitor",
    help="Say what a policy now says that it did not say before, in the section where it says so.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@dataclass(frozen=True, slots=True)
class Options:
    """The global options, as given; `None` where the environment or the default decides."""

    config: Path | None = None
    database: str | None = None


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="The sources to watch. [default: ./sources.toml]")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(help="sqlite:///FILE or postgresql+psycopg://… [default: user data folder]"),
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False,
) -> None:
    """Say what a policy now says that it did not say before, in the section where it says so."""
    if version:
        from monitor import __version__

        typer.echo(f"monitor {__version__}")
        raise typer.Exit
    context.obj = Options(config, database)
