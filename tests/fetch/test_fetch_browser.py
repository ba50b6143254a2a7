"""Pages that need a browser, in the system's own Chromium."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser_pages import FOLDED, POLICY, SENTENCE, application, page
from fetch_servers import PUBLIC, MappedNetwork, Site, redirect, reply, source

import monitor
from monitor.errors import FetchError
from monitor.fetch import Fetcher, Limits
from monitor.fetch.browser import Browser

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable, Iterator

LACKING = Browser(MappedNetwork().network()).missing
NEEDS_BROWSER = pytest.mark.skipif(bool(LACKING), reason=f"no browser: {LACKING}")


@pytest.fixture(scope="module")
def net() -> MappedNetwork:
    """Make a network whose names the tests decide."""
    names = {"site.example": [[PUBLIC]], "inside.example": [["10.0.0.7"]]}
    return MappedNetwork(names)


@pytest.fixture(scope="module")
def browsing(net: MappedNetwork, usual_context: ssl.SSLContext) -> Iterator[Fetcher]:
    """Open one fetcher, and with it one browser, for all tests."""
    limits = Limits(host_spacing=timedelta(), user_agent="policy-monitor/test")
    with Fetcher(
        limits, clock=lambda: datetime.now(UTC), ssl_context=usual_context, network=net.network()
    ) as fetcher:
        yield fetcher


def _text(body: bytes) -> str:
    return monitor.extract(body, charset="utf-8").text


@NEEDS_BROWSER
def test_application_is_captured_as_its_scripts_make_it(
    browsing: Fetcher, open_site: Callable[..., Site]
) -> None:
    """The body is the page as it stands in the end; address, hops and headers are noted as ever."""
    site = open_site(application() | {"/old": redirect("/policy")})
    headers = (("Authorization", "Bearer 1"), ("Accept-Language", "de"))
    capture = browsing.render(source(site.url("/old"), headers=headers))
    text = _text(capture.body)
    assert text.startswith("# Privacy Policy\nLast updated: 4 May 2026")
    assert "That is rule 8." in text
    assert (capture.url, capture.final_url) == (site.url("/old"), site.url("/policy"))
    assert [(hop.status, hop.location) for hop in capture.hops] == [(302, "/policy")]
    assert capture.rendered_by.startswith("Chromium/")
    assert not capture.validators
    asked = {path: site.headers(number) for number, path in enumerate(site.paths())}
    assert asked["/old"]["user-agent"].endswith(" policy-monitor/test")
    assert asked["/policy"]["authorization"] == "Bearer 1"
    assert "authorization" not in asked["/app.js"]
    assert asked["/app.js"]["accept-language"] == "de"


@NEEDS_BROWSER
def test_hidden_text_is_shown_and_nothing_that_leads_away_is_followed(
    browsing: Fetcher, open_site: Callable[..., Site]
) -> None:
    """Accordions, lazy text, shadow roots and frames are read; a consent dialog is not."""
    site = open_site(
        {
            "/policy": page(f"<html lang=en><body>{FOLDED}</body></html>"),
            "/frame": page(
                f"<body><p>Said in a frame. {SENTENCE} {SENTENCE} {SENTENCE}</p></body>"
            ),
        }
    )
    text = _text(browsing.render(source(site.url("/policy"))).body)
    for place in ("a details element", "the first button", "the second button", "a shadow root",
                  "far down the page", "a frame"):  # fmt: skip
        assert f"Said {'behind' if 'button' in place else 'in'} {place}" in text.replace(
            "Said far", "Said in far"
        )
    assert "cookies" not in text
    assert "/elsewhere" not in site.paths()


@NEEDS_BROWSER
def test_page_reaches_no_private_network(
    browsing: Fetcher, net: MappedNetwork, open_site: Callable[..., Site]
) -> None:
    """Names, numbers, frames and names that change their mind are refused where they connect."""
    secret = open_site({"/secret": page("the secret")})
    net.connected.clear()
    net.names["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    hosts = ("127.0.0.1", "localhost", "inside.example", "[::1]", "rebind.example")
    urls = [f"http://{host}:{secret.port}/secret" for host in hosts]
    script = f"""var urls = {urls!r}; for (var url of urls.concat([urls[4]])) {{
      fetch(url, {{mode: 'no-cors'}}).then(() => document.body.append(' reached ')).catch(() => 0);
      var frame = document.createElement('iframe'); frame.src = url; document.body.append(frame);
    }}"""
    site = open_site(application(script=script))
    url = site.url("/policy", "site.example")
    capture = browsing.render(source(url, allow_private=False))
    assert "That is rule 8." in _text(capture.body)
    private = {"127.0.0.1", "10.0.0.7", "::1"}
    assert not private & set(net.connected)
    with pytest.raises(FetchError) as caught:
        browsing.render(source(secret.url("/secret"), allow_private=False))
    assert caught.value.kind == "forbidden_address"


def _hang(sock: socket.socket, _: bytes) -> None:
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>It begins")
    with suppress(OSError):
        sock.recv(1)


@NEEDS_BROWSER
@pytest.mark.parametrize("path", ["/endless", "/busy"])
def test_page_that_never_finishes_delays_nobody(
    browsing: Fetcher, open_site: Callable[..., Site], path: str
) -> None:
    """It is given up when its time is over, while others are loaded beside it."""
    busy = page("<body><script>setTimeout(() => { for (;;); }, 10)</script>")
    site = open_site({"/endless": _hang, "/busy": busy})
    other = open_site(application())
    browsing.render(source(other.url("/policy")))
    failed: list[FetchError] = []

    def wait() -> None:
        with pytest.raises(FetchError) as caught:
            browsing.render(source(site.url(path), timeout=timedelta(seconds=2)))
        failed.append(caught.value)

    waiting = threading.Thread(target=wait)
    began = time.monotonic()
    waiting.start()
    capture = browsing.render(source(other.url("/policy")))
    assert "That is rule 8." in _text(capture.body)
    waiting.join()
    assert [error.kind for error in failed] == ["timeout"]
    assert time.monotonic() - began < 20


@NEEDS_BROWSER
def test_nobody_waits_for_the_browser_without_end(browsing: Fetcher) -> None:
    """Where pages that take all their time have all places, others fail and are tried again."""
    from monitor.fetch.browser.engine import PLACES  # needs what a browser needs

    engine = browsing._browser.engine()
    with ExitStack() as others:
        for _ in range(PLACES):
            others.enter_context(engine.place(timedelta(seconds=10)))
        with pytest.raises(FetchError, match="too many pages wait") as caught:
            others.enter_context(engine.place(timedelta(seconds=0.05)))
    assert (caught.value.kind, caught.value.permanent) == ("timeout", False)
    with engine.place(timedelta()):
        pass


@NEEDS_BROWSER
def test_files_and_errors_have_their_names(
    browsing: Fetcher, open_site: Callable[..., Site]
) -> None:
    """A download, a missing page and a page of thousands of requests are failures that say so."""
    many = page("<body><script>for (let n = 0; n < 5000; n++) fetch('/x' + n)</script>")
    saved = "Content-Disposition: attachment; filename=policy.html"
    site = open_site(
        {
            "/zip": reply(b"PK\3\4", "200 OK", "Content-Type: application/zip"),
            "/saved": page(POLICY, saved),
            "/many": many,
        }
    )
    kinds = {}
    for path in ("/zip", "/saved", "/many", "/gone"):
        with pytest.raises(FetchError) as caught:
            browsing.render(source(site.url(path)))
        kinds[path] = (caught.value.kind, caught.value.status)
    assert kinds == {
        "/zip": ("download", None),
        "/saved": ("download", None),
        "/many": ("too_large", None),
        "/gone": ("status", 404),
    }
    assert len(site.requests) < 2000


@NEEDS_BROWSER
def test_what_is_no_page_but_can_be_read_is_fetched_as_it_is(
    browsing: Fetcher, open_site: Callable[..., Site]
) -> None:
    """A PDF or a text needs no browser, whatever the source says."""
    site = open_site(
        {
            "/pdf": reply(b"%PDF-1.4", "200 OK", "Content-Type: application/pdf"),
            "/text": reply(b"Terms", "200 OK", "Content-Type: text/plain"),
        }
    )
    for path, body in (("/pdf", b"%PDF-1.4"), ("/text", b"Terms")):
        capture = browsing.render(source(site.url(path)))
        assert (capture.body, capture.rendered_by) == (body, "")


@NEEDS_BROWSER
def test_robots_txt_is_obeyed_on_the_way(browsing: Fetcher, open_site: Callable[..., Site]) -> None:
    """An address that a page leads to by script is asked for only where that is allowed."""
    rules = reply(b"User-agent: *\nDisallow: /private", "200 OK", "Content-Type: text/plain")
    leading = page("<body><script>location = '/private/terms'</script>")
    site = open_site({"/robots.txt": rules, "/start": leading, "/private/terms": page(POLICY)})
    with pytest.raises(FetchError) as caught:
        browsing.render(source(site.url("/start"), robots=True))
    assert caught.value.kind == "robots"
    assert "/private/terms" not in site.paths()


@NEEDS_BROWSER
def test_browser_that_is_killed_is_started_again(
    browsing: Fetcher, open_site: Callable[..., Site]
) -> None:
    """Also in the middle of a page, which is then loaded once more."""
    killed: list[int] = []

    def kill_first(sock: socket.socket, _: bytes) -> bool:
        if not killed:
            killed.extend(_browsers())
            for number in killed:
                os.kill(number, signal.SIGKILL)
        sock.sendall(application()["/app.js"])
        return True

    site = open_site(application() | {"/app.js": kill_first})
    capture = browsing.render(source(site.url("/policy")))
    assert "That is rule 8." in _text(capture.body)
    assert killed
    assert not set(killed) & set(_browsers())


def _browsers() -> list[int]:
    """Return the browser processes that this one has started, by way of the driver."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    drivers = children.get(os.getpid(), [])
    return [number for driver in drivers for number in children.get(driver, [])]


@pytest.mark.parametrize("playwright", [True, False])
def test_missing_browser_says_what_to_install(
    open_fetcher: Callable[..., Fetcher],
    monkeypatch: pytest.MonkeyPatch,
    *,
    playwright: bool,
) -> None:
    """The extra and the program are each named where they are missing."""
    if playwright and find_spec("playwright") is None:
        pytest.skip("playwright is not installed")
    if not playwright:
        monkeypatch.setattr("monitor.fetch.browser.find_spec", lambda _: None)
    fetcher = open_fetcher(browser="no-such-browser")
    with pytest.raises(
        FetchError, match="MONITOR_BROWSER" if playwright else "pip install"
    ) as caught:
        fetcher.fetch(source("https://site.example/policy", fetcher="browser"))
    assert caught.value.kind == "browser"
