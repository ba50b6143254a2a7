"""``render``: what would be sent about a change."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.app import app
from monitor.cli.stations import archive, web_url
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import Message


class Form(StrEnum):
    """A form a message takes."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    TEXT = "text"
    HTML = "html"
    BRIEF = "brief"
    FEED = "feed"


@app.command()
def render(
    context: typer.Context,
    change: Annotated[
        int, typer.Argument(metavar="CHANGE", max=output.MOST, help="Number of a change.")
    ],
    form: Annotated[Form, typer.Option("--as", help="For which kind of channel.")] = Form.TEXT,
) -> None:
    """Print what would be sent about a change; nothing is sent."""
    from monitor.wiring import about_change, feed_entry

    web = web_url(context.obj)
    with archive(context.obj) as opened:
        if form is Form.FEED:
            written = feed_entry(opened, change, web=web)
        else:
            message = about_change(opened, change, web=web)
            written = _written(message, form) if message else None
    if written is None:
        raise UsageError(f"there is no change {change}; `monitor history` lists them")
    typer.echo(written, nl=form not in {Form.EMAIL, Form.FEED})


def _written(message: Message, form: Form) -> str:
    match form:
        case Form.EMAIL:
            return _mail(message)
        case Form.WEBHOOK:
            # ASCII, so that no terminal or log reader trips over what a page said.
            return json.dumps(message.payload, indent=2)
        case Form.HTML:
            return message.html
        case Form.BRIEF:
            return f"{message.subject}\n{message.brief}"
        case _:
            return f"{message.subject}\n\n{message.text}".rstrip()


def _mail(message: Message) -> str:
    from monitor.model import EmailConfig
    from monitor.notify.mime import mime

    stand_in = EmailConfig("preview", "localhost", "monitor@example.org", ("you@example.org",))
    return mime(message, stand_in).as_string()
