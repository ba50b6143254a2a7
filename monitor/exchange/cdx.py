"""Lists of captures as web archives give them out: the CDX API of the Wayback Machine and of pywb.

Only reads what was answered; asks nobody.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STAMP = "%Y%m%d%H%M%S"
_DIGITS = re.compile(r"\d{14}")
_PAGES = frozenset({"200", "203"})
_REVISIT = "warc/revisit"
_OTHER_NAMES = {"original": "url", "statuscode": "status", "mimetype": "mime"}
"""What the Wayback Machine calls the fields of pywb."""


class Row(NamedTuple):
    """One line of such a list."""

    stamp: str
    """As archives write times: fourteen digits, UTC."""
    url: str
    status: str
    """Empty or ``-`` where it is not told."""
    mime: str
    digest: str
    """Of the body as it was sent; equal for equal bodies."""


class Listed(NamedTuple):
    """A capture that is worth asking for."""

    at: datetime
    stamp: str
    url: str
    digest: str


def stamp(at: datetime) -> str:
    """Write a time as archives do."""
    return at.astimezone(UTC).strftime(_STAMP)


def rows(answer: bytes) -> list[Row]:
    """Read an answer in JSON: one array with a heading, or an object a line.

    Raises `UsageError` where it is neither.
    """
    text = answer.decode("utf-8", "replace").strip()
    try:
        if text.startswith("["):
            return list(_of_array(json.loads(text)))
        return [_row(json.loads(line)) for line in text.splitlines() if line.strip()]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise UsageError(
            f"the archive answered no list of captures but {text[:80]!a}; "
            "see --server and --cdx for other archives"
        ) from None


def _of_array(found: list[list[str]]) -> Iterator[Row]:
    if not found:
        return
    names = [_OTHER_NAMES.get(name, name) for name in found[0]]
    for line in found[1:]:
        yield _row(dict(zip(names, line, strict=True)))


def _row(found: dict[str, Any]) -> Row:
    return Row(
        str(found["timestamp"]),
        str(found["url"]),
        str(found.get("status", "")),
        str(found.get("mime", "")),
        str(found.get("digest", "")),
    )


def worth_asking(found: Iterable[Row]) -> Iterator[Listed]:
    """Choose captures that hold a page; of each run of equal bodies the first two and the last.

    The second one confirms what the first showed, and the last one tells how long it stayed; they
    need not be sent again, because their bodies are equal.
    """
    known: set[str] = set()
    run, place, last = "", 0, None
    for row in found:
        if row.status in _PAGES:
            known.add(row.digest)
        elif row.mime != _REVISIT or row.digest not in known:
            continue
        at = _time(row.stamp)
        if at is None:
            continue
        listed = Listed(at, row.stamp, row.url, row.digest)
        if row.digest != run or not row.digest:
            if last is not None:
                yield last
            run, place, last = row.digest, 0, None
        place += 1
        if place <= 2:  # noqa: PLR2004 - the first two
            yield listed
        else:
            last = listed
    if last is not None:
        yield last


def _time(text: str) -> datetime | None:
    try:
        return (
            datetime.strptime(text, _STAMP).replace(tzinfo=UTC) if _DIGITS.fullmatch(text) else None
        )
    except ValueError:
        return None
