"""Puts the routes together behind the gatekeeper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from monitor import __version__
from monitor.errors import ArchiveError
from monitor.web import api, change, feeds, memento, operations, overview, search, source, version
from monitor.web.access import Gatekeeper
from monitor.web.desk import Desk
from monitor.web.templates import STATIC, content, environment, page

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from monitor.web.access import Access

TITLE = "Policy monitor"
PARTS = (overview, source, change, version, search, feeds, memento, operations, api)
FOR_EVER = "public, max-age=31536000, immutable"
ABOUT = """\
What policies said, and when they changed. Read-only. The fields are those of `--json` on the
command line; times are ISO 8601 in UTC, to the second."""


def build(desk: Desk, access: Access) -> ASGIApp:
    """Return the web view as an application, everything in it behind `access`."""
    return Gatekeeper(routed(desk), access)


def routed(desk: Desk) -> FastAPI:
    """Return the application without its gatekeeper."""
    app = FastAPI(
        title=TITLE,
        description=ABOUT,
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    for part in PARTS:
        app.include_router(part.routes(desk))
    _serve_static(app)
    _explain_errors(app)
    environment()
    return app


def _serve_static(app: FastAPI) -> None:
    @app.get("/static/{name}", include_in_schema=False)
    def static(name: str) -> Response:
        if name not in STATIC:
            raise HTTPException(404, "There is no such file.")
        headers = {"cache-control": FOR_EVER}
        return Response(content(name), media_type=STATIC[name], headers=headers)


def _explain_errors(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        return _explained(request, error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    def misread(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = str(first["loc"][-1])
        if _for_programs(request):
            detail = [
                {"loc": list(one["loc"]), "msg": one["msg"], "type": one["type"]}
                for one in error.errors()
            ]
            return JSONResponse({"detail": detail}, 422)
        return _explained(request, 422, f"“{where}” cannot be read: {first['msg']}.")

    @app.exception_handler(ArchiveError)
    def unreadable(request: Request, error: ArchiveError) -> Response:
        return _explained(request, 503, str(error))


def _explained(request: Request, status: int, text: str) -> Response:
    if _for_programs(request):
        return JSONResponse({"detail": text}, status)
    return page(request, "error.html", status=status, code=status, text=text)


def _for_programs(request: Request) -> bool:
    return request.url.path.startswith("/api/")
