"""The templates of pages and the files they refer to, all from this package."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.web import wording
from monitor.web.answering import answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

STATIC = {
    "style.css": "text/css",
    "print.css": "text/css",
    "keys.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


def page(
    request: Request,
    name: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,  # noqa: ANN401 - whatever the template shows
) -> Response:
    """Answer with a page; everything put into it is escaped, and nothing invisible stays."""
    text = environment().get_template(name).render(path=request.url.path, **context)
    made = answer(request, text, "text/html", headers)
    if status != 200:  # noqa: PLR2004 - fine
        made.status_code = status
    return made


@cache
def environment() -> Environment:
    """Return the templates, made once."""
    made = Environment(
        loader=PackageLoader("monitor.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=wording.slim,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= wording.FILTERS
    made.globals |= {"static": address, "STANDINGS": wording.STANDING_WORDS}
    return made


@cache
def content(name: str) -> bytes:
    """Return a file that pages refer to."""
    return files("monitor.web").joinpath("static", name).read_bytes()


@cache
def address(name: str) -> str:
    """Return where a file is, so that it can be kept for ever: other content, other address."""
    return f"/static/{name}?v={blake2b(content(name), digest_size=6).hexdigest()}"
