"""Turns what a route made into an answer: with an ETag, or 304 where the asker has it already."""

from __future__ import annotations

from email.utils import format_datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.requests import Request


def answer(
    request: Request,
    content: str | bytes,
    media_type: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer a GET or HEAD; the same content is sent to nobody twice."""
    body = content.encode("utf-8", "replace") if isinstance(content, str) else content
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    extra = {**(headers or {}), "etag": etag}
    if _has(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=extra)
    return Response(body, media_type=media_type, headers=extra)


def _has(sent: str, etag: str) -> bool:
    known = (part.strip().removeprefix("W/") for part in sent.split(","))
    return any(part in {etag, "*"} for part in known)


def http_date(at: datetime) -> str:
    """Write a time as HTTP headers do."""
    return format_datetime(at, usegmt=True)
