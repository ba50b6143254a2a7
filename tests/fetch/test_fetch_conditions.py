from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from fetch_servers import FakeTime, redirect, reply, source
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.fetch.failures import retry_after
from monitor.model.capture import Capture, NotModified, Validators

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from fetch_servers import Site

    from monitor.fetch import Fetcher

    OpenSite = Callable[..., Site]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MODIFIED = "Mon, 05 Jan 2026 10:00:00 GMT"


def _versioned(sock: socket.socket, head: bytes) -> bool:
    matches = b'if-none-match: "v1"' in head.lower()
    validators = ('ETag: "v1"', f"Last-Modified: {MODIFIED}")
    if matches:
        sock.sendall("\r\n".join(["HTTP/1.1 304 Not Modified", *validators, "", ""]).encode())
    else:
        sock.sendall(reply(b"terms", "200 OK", *validators))
    return True


def test_validators_come_back_as_not_modified(
    fetcher: Fetcher, open_site: OpenSite, time: FakeTime
) -> None:
    """The validators of a capture ask for a page only if it changed."""
    site = open_site({"/": _versioned})
    capture = fetcher.fetch(source(site.url("/")))
    assert isinstance(capture, Capture)
    assert capture.validators == Validators('"v1"', MODIFIED)
    again = fetcher.fetch(source(site.url("/")), capture.validators)
    assert again == NotModified(site.url("/"), time.now())
    assert site.headers(1)["if-modified-since"] == MODIFIED
    assert site.connections == 1


def test_without_validators_the_request_is_plain(fetcher: Fetcher, open_site: OpenSite) -> None:
    """A full GET says who asks and what it can read, and nothing else."""
    site = open_site({"/": reply(b"terms")})
    fetcher.fetch(source(site.url("/")), Validators())
    assert site.headers(0).keys() == {"host", "accept", "accept-encoding", "user-agent"}
    assert site.headers(0)["user-agent"].startswith("policy-monitor/")


def test_a_date_is_not_asked_of_another_address(fetcher: Fetcher, open_site: OpenSite) -> None:
    """After a redirect only the ETag is sent: an older page elsewhere is not the same page."""
    site = open_site({"/": redirect("/moved"), "/moved": reply(b"terms")})
    fetcher.fetch(source(site.url("/")), Validators('"v1"', MODIFIED))
    assert "if-modified-since" in site.headers(0)
    assert "if-modified-since" not in site.headers(1)
    assert site.headers(1)["if-none-match"] == '"v1"'


def test_an_unasked_not_modified_is_a_failure(fetcher: Fetcher, open_site: OpenSite) -> None:
    """A 304 without validators would otherwise look like a page."""
    site = open_site({"/": b"HTTP/1.1 304 Not Modified\r\n\r\n"})
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(source(site.url("/")))
    assert caught.value.kind == "status"


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        ("404 Not Found", True),
        ("410 Gone", True),
        ("401 Unauthorized", False),
        ("403 Forbidden", False),
        ("429 Too Many Requests", False),
        ("451 Unavailable For Legal Reasons", False),
        ("500 Internal Server Error", False),
        ("503 Service Unavailable", False),
        ("999 Request Denied", False),
        ("202 Accepted", False),
        ("206 Partial Content", False),
        ("300 Multiple Choices", False),
    ],
)
def test_other_statuses_are_failures(
    fetcher: Fetcher,
    open_site: OpenSite,
    status: str,
    permanent: bool,  # noqa: FBT001
) -> None:
    """A status that brings no page is a failure, lasting only where the page is gone."""
    site = open_site({"/": reply(b"<h1>Sorry</h1>", status, "Retry-After: 120")})
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(source(site.url("/")))
    error = caught.value
    assert (error.kind, error.status) == ("status", int(status[:3]))
    assert error.permanent is permanent
    assert error.retry_after == timedelta(minutes=2)
    assert status[:3] in str(error)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
        ("Sunday, 01-Mar-26 12:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 11:00:00 GMT", None),
        ("Sun, 01 Mar 2099 12:00:00 GMT", 86_400),
        ("9" * 400, 86_400),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("١٢", None),
    ],
)
def test_retry_after_is_bounded(value: str | None, seconds: int | None) -> None:
    """Seconds and dates are read; nonsense is ignored, and a day is the longest wait."""
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(value, NOW) == expected


@given(st.text(max_size=60))
def test_any_retry_after_is_safe(value: str) -> None:
    """Whatever a server says, the wait is between nothing and a day."""
    wait = retry_after(value, NOW)
    assert wait is None or timedelta(0) <= wait <= timedelta(days=1)
