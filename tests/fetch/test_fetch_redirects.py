from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fetch_servers import PUBLIC, redirect, reply, source

from monitor.errors import FetchError
from monitor.fetch import Fetcher, Limits
from monitor.model.capture import Capture, Hop

if TYPE_CHECKING:
    from collections.abc import Callable

    from fetch_servers import MappedNetwork, Site

    OpenSite = Callable[..., Site]


def _failure(fetcher: Fetcher, url: str, **fields: object) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(source(url, **fields))
    return caught.value


def test_hops_are_recorded(fetcher: Fetcher, open_site: OpenSite) -> None:
    """Every redirect is noted as it was, and the capture names the address that answered."""
    site = open_site(
        {
            "/a": redirect("/b?x=1", "301 Moved Permanently"),
            "/c": reply(b"terms"),
        }
    )
    site.pages["/b"] = redirect(f"//127.0.0.1:{site.port}/c", "308 Permanent Redirect")
    capture = fetcher.fetch(source(site.url("/a#part")))
    assert isinstance(capture, Capture)
    assert capture.body == b"terms"
    assert capture.url == site.url("/a#part")
    assert capture.final_url == site.url("/c#part")
    assert capture.hops == (
        Hop(site.url("/a#part"), 301, "/b?x=1"),
        Hop(site.url("/b?x=1#part"), 308, f"//127.0.0.1:{site.port}/c"),
    )


def test_one_connection_serves_redirects_within_a_host(
    fetcher: Fetcher, open_site: OpenSite
) -> None:
    """The bodies of redirects are read, so that no second connection is needed."""
    site = open_site({"/a": reply(b"moved", "302 Found", "Location: /b"), "/b": reply(b"terms")})
    fetcher.fetch(source(site.url("/a")))
    assert site.connections == 1


def test_a_loop_is_named(fetcher: Fetcher, open_site: OpenSite) -> None:
    """Redirects that come back to an address end at once."""
    site = open_site({"/a": redirect("/b"), "/b": redirect("/a")})
    error = _failure(fetcher, site.url("/a"))
    assert error.kind == "redirect_loop"
    assert not error.permanent
    assert len(site.requests) == 2


def test_a_hundred_redirects_are_too_many(
    open_fetcher: Callable[..., Fetcher], open_site: OpenSite
) -> None:
    """Redirects stop at the limit though every address is another one."""
    site = open_site({f"/{n}": redirect(f"/{n + 1}") for n in range(100)})
    error = _failure(open_fetcher(Limits(redirects=7)), site.url("/0"))
    assert error.kind == "redirect_loop"
    assert "7 redirects" in str(error)
    assert len(site.requests) == 8


def test_a_site_may_wait_for_its_cookie(fetcher: Fetcher, open_site: OpenSite) -> None:
    """A redirect to the same address that sets a cookie is no loop, and the cookie ends with it."""

    def page(sock: object, head: bytes) -> bool:
        seen = b"seen=1" in head
        sock.sendall(reply(b"terms") if seen else redirect("/a", "302 Found", "Set-Cookie: seen=1"))
        return True

    site = open_site({"/a": page})
    for _ in range(2):
        capture = fetcher.fetch(source(site.url("/a")))
        assert isinstance(capture, Capture)
        assert capture.body == b"terms"
    assert "cookie" not in site.headers(2)


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://example.com/",
        "javascript:alert(1)",
        "data:text/html,hello",
        "gopher://127.0.0.1:11211/_stats",
        "https://[::1",
        "http://host:99999/",
        "http://host:0/",
        "http://xn--/",
        "unix:/var/run/docker.sock",
        "view-source:http://example.com",
        "\x1b]0;title\x07://x",
    ],
)
def test_a_redirect_must_lead_to_http(fetcher: Fetcher, open_site: OpenSite, location: str) -> None:
    """Other schemes and broken addresses are a named failure, quoted harmlessly."""
    site = open_site({"/a": redirect(location)})
    error = _failure(fetcher, site.url("/a"))
    assert error.kind in {"bad_redirect", "protocol"}  # a control character breaks HTTP itself
    assert str(error).isprintable()


def test_a_redirect_without_location_is_named(fetcher: Fetcher, open_site: OpenSite) -> None:
    """A redirect that leads nowhere is not a page."""
    site = open_site({"/a": reply(b"?", "302 Found")})
    assert _failure(fetcher, site.url("/a")).kind == "bad_redirect"


def test_secrets_stay_with_their_host(
    open_fetcher: Callable[..., Fetcher], open_site: OpenSite, mapped: MappedNetwork
) -> None:
    """Logins and headers of a source go to its own origin only; its language goes everywhere."""
    mapped.names = {"own.test": [["127.0.0.1"]], "other.test": [["127.0.0.1"]]}
    site = open_site({"/b": reply(b"terms")})
    site.pages["/a"] = redirect(f"http://me:too@other.test:{site.port}/b")
    headers = (("X-Token", "secret"), ("Cookie", "id=1"), ("Accept-Language", "de"))
    url = f"http://user:pass@own.test:{site.port}/a"
    capture = open_fetcher(network=mapped.network()).fetch(source(url, headers=headers))
    assert isinstance(capture, Capture)
    first, second = site.headers(0), site.headers(1)
    assert first["x-token"] == "secret"
    assert first["authorization"] == "Basic dXNlcjpwYXNz"
    assert first["cookie"] == "id=1"
    assert first["accept-language"] == second["accept-language"] == "de"
    assert not {"x-token", "authorization", "cookie"} & second.keys()
    assert "pass" not in capture.url
    assert "too" not in capture.final_url


def test_a_public_host_cannot_redirect_inside(
    open_fetcher: Callable[..., Fetcher], open_site: OpenSite, mapped: MappedNetwork
) -> None:
    """Each hop is checked: a redirect to a private address is refused before it is connected to."""
    mapped.names = {"public.test": [[PUBLIC]]}
    inside = open_site({"/": reply(b"secret")})
    site = open_site({"/a": redirect(inside.url("/"))})
    error = _failure(
        open_fetcher(network=mapped.network()),
        f"http://public.test:{site.port}/a",
        allow_private=False,
    )
    assert error.kind == "forbidden_address"
    assert error.permanent
    assert inside.connections == 0
    assert mapped.connected == [PUBLIC]
