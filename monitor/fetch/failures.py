"""Every way a fetch fails, as a `FetchError` whose message says what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import httpx

from monitor.errors import FetchError
from monitor.fetch.address import ForbiddenAddressError, ResolveError
from monitor.fetch.stream import TlsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.errors import FetchKind

_LONGEST_RETRY: Final = timedelta(days=1)
_HEADERS_TOO_LARGE: Final = 431
_OVERSIZED: Final = "{} sends more headers than a page needs"
_MOVED: Final = "look for the policy's new address and correct the source's url"
_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_ADVICE: Final = {
    401: "it wants a login; set the headers it needs, or watch a public address",
    403: "the site or an intermediary refuses this program; ask the publisher, or try less often",
    404: f"the page is gone; {_MOVED}",
    410: f"the page is gone for good; {_MOVED}",
    429: "too many requests; check this site's sources less often",
}


def transport_failure(error: httpx.TransportError, url: httpx.URL) -> FetchError:
    """Say what a failed exchange with a server means for the check."""
    kind, message, permanent = _read(error, url.host)
    return FetchError(kind, message, permanent=permanent)


def _read(error: httpx.TransportError, host: str) -> tuple[FetchKind, str, bool]:
    reading: tuple[FetchKind, str, bool]
    match error:
        case ForbiddenAddressError():
            reading = "forbidden_address", str(error), True
        case ResolveError():
            advice = "check the spelling of the address, and this machine's DNS"
            reading = "dns", f"{error}: {advice}", False
        case TlsError():
            advice = "the site has to mend it; a private authority is trusted through SSL_CERT_FILE"
            reading = "tls", f"{_printable(error)}; {advice}", False
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            reading = "timeout", f"{host} did not accept a connection in time", False
        case httpx.TimeoutException():
            advice = "a slow site can be given a longer timeout"
            reading = "timeout", f"{host} did not answer in time; {advice}", False
        case httpx.ConnectError():
            reading = "connect", f"no connection to {host}: {_printable(error)}", False
        case httpx.LocalProtocolError():
            advice = "correct the source's headers"
            reading = (
                "protocol",
                f"this request cannot be sent: {_printable(error)}; {advice}",
                True,
            )
        case _ if _is_oversized(error):
            reading = "too_large", _OVERSIZED.format(host), True
        case _:
            reading = "protocol", f"{host} broke off or broke HTTP: {_printable(error)}", False
    return reading


def oversized_headers(host: str) -> FetchError:
    """Refuse a response for the size of its headers."""
    return FetchError("too_large", _OVERSIZED.format(host), permanent=True)


def no_turn(host: str) -> FetchError:
    """Say that others were at the host for too long."""
    return FetchError(
        "timeout", f"too many checks lead to {host}: its turn did not come in time; tried again"
    )


def status_failure(response: httpx.Response, url: httpx.URL, now: datetime) -> FetchError:
    """Say what a status other than success means for the check."""
    status = response.status_code
    try:
        phrase = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = str(status)
    advice = _ADVICE.get(status)
    if advice is None:
        advice = "the site is in trouble" if status >= 500 else "that is not a page"  # noqa: PLR2004
    return FetchError(
        "status",
        f"{url.host} answered {phrase}: {advice}",
        permanent=status in _GONE,
        retry_after=retry_after(response.headers.get("retry-after"), now),
        status=status,
    )


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read a Retry-After header, seconds or HTTP date, as a wait of at most a day."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        # More digits than these are longer than a day anyhow, and too long for a timedelta.
        return min(timedelta(seconds=int(text[:12])), _LONGEST_RETRY)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    wait = moment - now
    return min(wait, _LONGEST_RETRY) if wait > timedelta(0) else None


def _printable(error: Exception) -> str:
    # What a server said is quoted here, and ends in a terminal or an e-mail.
    return str(error).encode("ascii", "backslashreplace").decode("ascii")[:200]


def _is_oversized(error: BaseException) -> bool:
    return any(
        getattr(cause, "error_status_hint", 0) == _HEADERS_TOO_LARGE
        or type(cause).__name__ == "DenialOfServiceError"
        for cause in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    # httpcore keeps the original exception as its argument and cuts the chain of causes.
    while error is not None:
        yield error
        inner = error.args[0] if error.args else None
        error = error.__cause__ or (inner if isinstance(inner, BaseException) else None)
