"""Writes notices and diffs as HTML: no script, nothing loaded from anywhere.

Templates come with the program and everything put into them is escaped, whatever its name.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from monitor.render.excerpt import WHOLE, excerpt
from monitor.render.facts import count, heading
from monitor.render.text import moved_phrase, operation_phrase
from monitor.render.visible import one_line, visible

if TYPE_CHECKING:
    from jinja2 import Environment

    from monitor.model import Comparison
    from monitor.render.notice import Notice


def mail(notice: Notice) -> str:
    """Write a notice as the HTML part of a message."""
    return environment().get_template("mail.html").render(notice=notice)


def page(comparison: Comparison, *, title: str, subtitle: str = "") -> str:
    """Write all of a comparison as a page that stands alone."""
    template = environment().get_template("page.html")
    return template.render(
        title=one_line(title), subtitle=one_line(subtitle, 300), excerpt=excerpt(comparison, WHOLE)
    )


@cache
def environment() -> Environment:
    """Return the templates, made once; whatever is put into them is escaped."""
    # Imported here: only messages and pages need it, and start-up is a budget.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("monitor.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "visible": visible,
        "heading": heading,
        "operation": operation_phrase,
        "moved": moved_phrase,
        "count": count,
    }
    return environment
